import http from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decoded, fail } from '../test/values.ts';
import { encodeAttributes } from './encode-attributes.ts';
import { encodeLogRecord } from './encode-log-record.ts';
import { describeHttpParts } from './http-parts.ts';
import { defaultEncodeLimits } from './limits.ts';
import { type PlainValue, toPlainValue } from './plain-value.ts';
import { safeText, withoutHttpParts } from './without-http-parts.ts';

/** As axios leaves it behind; what real ones look like is held by `packages/e2e/test/http-errors.test.ts`. */
const config = {
  transformRequest: [null],
  xsrfCookieName: 'XSRF-TOKEN',
  headers: { authorization: 'SECRET' },
  data: 'SECRET',
  params: { key: 'SECRET' },
  method: 'post',
  baseURL: 'https://me:SECRET@api.example.com',
  url: '/orders?token=SECRET',
};
const error = { message: 'no', name: 'Error', code: 'ERR_BAD_RESPONSE', config, request: { _header: 'SECRET' } };
const where = { method: 'POST', url: 'https://api.example.com/orders' };

describe('what hangs on errors of HTTP clients', () => {
  it.each<[string, object, PlainValue]>([
    ['a configuration', config, where],
    ['one sent again by axios-retry', { ...config, 'axios-retry': { retryCount: 2 } }, { ...where, retries: 2 }],
    ['a copy of an error', error, { message: 'no', name: 'Error', code: 'ERR_BAD_RESPONSE', ...where }],
    [
      'a response',
      { status: 503, headers: {}, data: 'SECRET', config, request: { x: 'SECRET' } },
      { status: 503, ...where },
    ],
    [
      'a request of node:http',
      {
        _header: 'GET /a?SECRET HTTP/1.1\r\nHost: h:81\r\nauthorization: SECRET',
        outputData: [],
        path: '/a?SECRET',
        protocol: 'http:',
      },
      { url: 'http://h:81/a' },
    ],
    ['a response of node:http', { rawHeaders: ['a', 'SECRET'], httpVersion: '1.1', statusCode: 404 }, { status: 404 }],
    [
      'a request to a server',
      { rawHeaders: ['a', 'SECRET'], httpVersion: '1.1', method: 'GET', url: '/a?SECRET' },
      { method: 'GET', url: '/a' },
    ],
    [
      'a request that follows redirects',
      { _options: { method: 'GET', auth: 'SECRET' }, _redirectCount: 1, _currentUrl: 'http://a/b?SECRET' },
      { method: 'GET', url: 'http://a/b' },
    ],
    ['an error about a URL', { code: 'ERR_INVALID_URL', input: 'a?SECRET' }, { code: 'ERR_INVALID_URL', input: 'a' }],
  ])('%s', (_what, part, told) => {
    expect(toPlainValue(decoded(part))).toStrictEqual(told);
    expect(toPlainValue(decoded([{ part }]))).toStrictEqual([{ part: told }]);
    expect(toPlainValue(decoded(new Map(Object.entries(part))))).toStrictEqual(told);
    expect(withoutHttpParts({ part })).toEqual({ part: told });
    const attributes = encodeAttributes(part, defaultEncodeLimits);
    expect(attributes.bytes.toString()).not.toContain('SECRET');
    expect(recordOf(part)).not.toContain('SECRET');
  });

  it('shows no more of them when it has to be cut', () => {
    const padded = { ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 'SECRET'])), ...config };
    expect(toPlainValue(decoded(padded, { maxItems: 4 }))).toStrictEqual(where);
  });

  it('says of a real agent and a socket what they are', () => {
    expect(toPlainValue(decoded(new http.Agent()))).toStrictEqual({ type: 'Agent' });
    const socket = Object.assign(Object.create({}), { connecting: false, _host: 'a', _handle: null });
    expect(toPlainValue(decoded(socket))).toBe('[Socket]');
  });

  it('tells of objects of fetch where they went', () => {
    const request = new Request('http://a/b?SECRET', { headers: { authorization: 'SECRET' } });
    expect(toPlainValue(decoded(request))).toStrictEqual({ method: 'GET', url: 'http://a/b' });
    expect(toPlainValue(decoded(request.headers))).toBe('[Headers]');
  });

  it('tells of an error of fetch about a URL with a user where it leads, also as a console prints it', async () => {
    const error: unknown = await fetch('https://me:SECRET@a.example/b?SECRET').catch((reason: unknown) => reason);
    expect(inspect(error)).toContain('SECRET');
    const text = safeText(inspect, [error]);
    for (const told of [text, JSON.stringify(decoded(error)), JSON.stringify(decoded({ error }))]) {
      expect(told).not.toContain('SECRET');
      expect(told).toContain('https://a.example/b');
    }
  });

  it('tells of what calls itself a Response no status that is no number', () => {
    const response: Record<string | symbol, unknown> = Object.create({ [Symbol.toStringTag]: 'Response' });
    Object.assign(response, { status: response, url: 'http://a/b?SECRET' });
    expect(toPlainValue(decoded(response))).toStrictEqual({ url: 'http://a/b' });
    expect(toPlainValue(decoded({ _header: '', outputData: [], statusCode: response }))).toStrictEqual({});
  });

  it.each([
    { config: { headers: { a: 1 } }, request: {}, response: { data: 1 } },
    { headers: { a: 'b' }, method: 'GET', url: '/a?b' },
    { input: 'a?b', code: 'ENOENT' },
    { transformRequest: [1] },
  ])('leaves %j as it is', (value) => {
    expect(describeHttpParts(value)).toBeUndefined();
    expect(toPlainValue(decoded(value))).toStrictEqual(value);
  });

  it.each<[string, (inner: unknown) => object, (copy: object) => readonly unknown[]]>([
    ['an array', (inner) => [inner, inner], (copy) => Object.values(copy)],
    ['an object', (inner) => ({ a: inner, b: inner }), (copy) => Object.values(copy)],
    [
      'a Map',
      (inner) => new Map([1, 2].map((key) => [key, inner])),
      (copy) => [...(copy as Map<number, object>).values()],
    ],
    ['a Set', (inner) => new Set([inner, [inner]]), (copy) => [...(copy as Set<unknown>)].flat()],
  ])('copies what stands twice in %s once, as each level would double the copies', (_what, wrap, valuesOf) => {
    const [first, second] = valuesOf(withoutHttpParts(wrap(wrap(1))) as object);
    expect(first).toBeTypeOf('object');
    expect(second).toBe(first);
  });

  it('is asked of hostile objects without harm', () => {
    const hostile = new Proxy({ config: {} }, { has: fail });
    expect(toPlainValue(decoded(hostile))).toStrictEqual({ config: {} });
  });
});

function recordOf(attributes: object): string {
  const bytes = Buffer.alloc(4096);
  const record = { timeMs: 1, timeNanos: 0, observedTimeMs: 1, observedTimeNanos: 0, severityNumber: 9 };
  const rest = { severityText: '', body: 'x', exception: undefined, bound: undefined, eventName: '' };
  const end = encodeLogRecord(bytes, 0, { ...record, ...rest, attributes, traceId: '', spanId: '', traceFlags: 0 });
  return bytes.toString('utf8', 0, end);
}
