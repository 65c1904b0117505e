import { createDevBackend } from '@logflume/dev-backend';
import { NextRequest } from 'next/server.js';
import { expect, it, vi } from 'vitest';

// The application's own modules, called as Next calls them. Next itself is left out: to compile this application costs it
// ten seconds of CPU in development and more for production. `npm start` runs it.
it('has a record of what handlers and the proxy answer, with what was thrown', async () => {
  await using backend = await createDevBackend();
  vi.stubEnv('LOGFLUME_ENDPOINTS', backend.url);
  const load = (file: string) => import(new URL(file, import.meta.url).href);
  const { GET } = await load('../app/api/users/[id]/route.js');
  const { proxy } = await load('../proxy.js');
  const { onRequestError } = await load('../instrumentation.js');
  vi.unstubAllEnvs();

  const ask = async (path: string) => {
    const request = new NextRequest(`http://shop.example${path}`);
    const passed = await proxy(request);
    if (passed.headers.get('x-middleware-next') === null) return passed;
    const id = path.split('/').at(-1);
    return GET(new NextRequest(request), { params: Promise.resolve({ id }) });
  };
  expect(await (await ask('/api/users/7')).json()).toEqual({ id: '7' });
  expect((await ask('/old')).headers.get('location')).toBe('http://shop.example/api/users/7');
  const thrown: unknown = await ask('/api/users/13').catch((error: unknown) => error);
  const context = { routerKind: 'App Router', routePath: '/api/users/[id]', routeType: 'route' };
  onRequestError(thrown, { path: '/api/users/13', method: 'GET', headers: {} }, context);

  const records = await backend.waitFor(3);
  const told = records.map(({ severityText, body }) => `${severityText} ${body}`).sort();
  expect(told).toEqual(['ERROR GET /api/users/13 500', 'INFO GET /api/users/7 200', 'INFO GET /old 307']);
  expect(records.find(({ body }) => body === 'GET /api/users/7 200')?.attributes).toMatchObject({
    'http.route': '/api/users/:id',
    'user.id': '7',
  });
  expect(records.find(({ severityText }) => severityText === 'ERROR')?.attributes).toMatchObject({
    'exception.message': 'no such user',
    'user.id': '13',
  });
});
