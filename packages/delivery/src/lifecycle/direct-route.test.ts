import { describe, expect, it } from 'vitest';
import { isDirectRoute } from './direct-route.ts';

const proxy = 'http://proxy:3128';

describe('isDirectRoute', () => {
  it.each([
    ['http://a/', {}, true],
    ['http://a/', { http_proxy: proxy }, false],
    ['http://a/', { HTTP_PROXY: proxy }, false],
    ['http://a/', { https_proxy: proxy }, true],
    ['https://a/', { https_proxy: proxy }, false],
    ['https://a/', { ALL_PROXY: proxy }, false],
    ['http://a/', { http_proxy: '' }, true],
    ['http://a/', { http_proxy: '', HTTP_PROXY: proxy }, false],
    ['http://a/', { HTTP_PROXY: proxy, no_proxy: '', NO_PROXY: 'a' }, true],
    ['http://a/', { http_proxy: proxy, no_proxy: '*' }, true],
    ['http://a/', { http_proxy: proxy, NO_PROXY: 'b, A' }, true],
    ['http://a.b.svc/', { http_proxy: proxy, no_proxy: 'localhost .svc' }, true],
    ['http://a.b.svc/', { http_proxy: proxy, no_proxy: '*.svc' }, true],
    ['http://a.b.svc/', { http_proxy: proxy, no_proxy: 'svc' }, false],
    ['http://ab/', { http_proxy: proxy, no_proxy: 'b' }, false],
    ['http://a:4318/', { http_proxy: proxy, no_proxy: 'a:4318' }, true],
    ['http://a:4318/', { http_proxy: proxy, no_proxy: 'a:80' }, false],
    ['http://a/', { http_proxy: proxy, no_proxy: 'a:80' }, true],
    ['https://a/', { https_proxy: proxy, no_proxy: 'a:443' }, true],
    ['http://[::1]:4318/', { http_proxy: proxy, no_proxy: '[::1]' }, true],
    ['http://10.1.2.3/', { http_proxy: proxy, no_proxy: '10.0.0.0/8' }, false],
  ])('to %s with %j: %s', (url, env, expected) => {
    expect(isDirectRoute(url, env)).toBe(expected);
  });
});
