import { NextResponse } from 'next/server.js';
import { access } from './access.js';

export const proxy = access.wrapProxy((request) =>
  request.nextUrl.pathname === '/old'
    ? NextResponse.redirect(new URL('/api/users/7', request.url))
    : NextResponse.next(),
);
