import { describe, expect, it } from 'vitest';
import { toSafeUrl } from './safe-url.ts';

describe('what is told of a URL', () => {
  it.each<[unknown, string | undefined]>([
    ['https://me:secret@api.example.com:8443/orders/7?token=secret#secret', 'https://api.example.com:8443/orders/7'],
    [new URL('http://me:secret@a/b?c'), 'http://a/b'],
    ['/orders?token=secret', '/orders'],
    ['orders#secret', 'orders'],
    ['data:text/plain;base64,c2VjcmV0', 'data:'],
    ['blob:https://a/secret', 'blob:'],
    ['http://me:sec/ret@no host/', 'http://…'],
    ['http://me:sec?ret@host:x', 'http://…'],
    ['me:secret@host/', 'me:'],
    ['::secret@host', '…'],
    ['http://a:b:c/d?token=secret', 'http://a:b:c/d'],
    ['', ''],
    [undefined, undefined],
    [7, undefined],
  ])('%s', (url, told) => {
    expect(toSafeUrl(url)).toBe(told);
  });

  it.each<[unknown, unknown, string | undefined]>([
    ['/orders?a', 'http://a:1/api/', 'http://a:1/api/orders'],
    ['orders', 'http://a:1/api?secret', 'http://a:1/api'],
    ['', 'http://a:1/api', 'http://a:1/api'],
    ['http://b/c?d', 'http://a', 'http://b/c'],
    ['//b/c?d', 'http://a', '//b/c'],
    [undefined, 'http://me:secret@a/?b', 'http://a/'],
  ])('%s on %s', (url, base, told) => {
    expect(toSafeUrl(url, base)).toBe(told);
  });
});
