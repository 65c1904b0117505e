import { describe, expect, it } from 'vitest';
import { LogflumeError } from './errors.ts';
import { parseEndpoints } from './parse-endpoints.ts';

describe('parseEndpoints', () => {
  it.each([
    ['http://u:p@a/x', 'http://a/x', 'u:p'],
    ['http://u@a/x', 'http://a/x', 'u:'],
    ['http://u%40b:p%3A@a/x', 'http://a/x', 'u@b:p:'],
    ['http://u:100%zz@a/x', 'http://a/x', 'u:100%zz'],
  ])('turns the credentials of %s into a header', (url, bare, credentials) => {
    const [target] = parseEndpoints([{ url }]);
    expect(target?.url).toBe(bare);
    expect(target?.headers['authorization']).toBe(`Basic ${Buffer.from(credentials).toString('base64')}`);
  });

  it('prefers a header that was written to the credentials of the URL, whatever its case', () => {
    const endpoint = { url: 'http://u:p@a/', headers: { Authorization: 'Bearer x' } };
    const [target] = parseEndpoints([endpoint]);
    expect(target?.headers).toEqual({ authorization: 'Bearer x' });
  });

  it('cleans the ends of the values of headers', () => {
    const [target] = parseEndpoints([{ url: 'http://a/', headers: { Token: '\tabc \r\n' } }]);
    expect(target?.headers).toEqual({ token: 'abc' });
  });

  it('refuses a header that HTTP does not allow, and names it without its value', () => {
    const read = () => parseEndpoints([{ url: 'http://a/' }, { url: 'http://b/', headers: { 'X-Tenant': 'ab\ncd' } }]);
    expect(read).toThrow('endpoints[1].headers must be ');
    expect(read).toThrow('got a value of x-tenant with a character that HTTP does not allow');
    expect(read).not.toThrow('ab');
  });

  it('keeps the query of a URL and drops its fragment', () => {
    const [target] = parseEndpoints([{ url: 'http://a/x?token=t#y' }]);
    expect(target?.url).toBe('http://a/x?token=t');
  });

  it.each([
    ['http://a:1/x', 'none', '', 'http://a:1/x'],
    ['dns+http://pods.logs:4318/v1/logs', 'addresses', 'pods.logs', 'http://pods.logs:4318/v1/logs'],
    ['DNS+HTTPS://Pods/', 'addresses', 'pods', 'https://pods/'],
    ['dns+http://[::1]:4318/', 'addresses', '::1', 'http://[::1]:4318/'],
    [
      'srv+http://_otlp._tcp.logs.example/v1/logs',
      'services',
      '_otlp._tcp.logs.example',
      'http://logs.example/v1/logs',
    ],
    ['srv+https://_otlp-http._tcp.logs.example/', 'services', '_otlp-http._tcp.logs.example', 'https://logs.example/'],
  ])('reads %s: lookup %s of %j for %s', (url, lookup, name, target) => {
    expect(parseEndpoints([{ url }])).toMatchObject([{ lookup, name, url: target }]);
  });

  it('keeps credentials out of what tells endpoints apart, and the way they are looked up in it', () => {
    const url = 'dns+http://u:secret@a:4318/x';
    expect(parseEndpoints([{ url }])[0]?.origin).toBe('dns+http://a:4318/x');
  });

  it.each([
    ['udp+http://a', 'the scheme udp+http:'],
    ['dns+ftp://a', 'the scheme ftp:'],
    ['dns+a', 'text that is no URL'],
    ['srv+http://logs.example/', 'another name'],
    ['srv+http://_otlp.logs.example/', 'another name'],
    ['srv+http://_otlp._tcp.logs.example:4318/', 'the port 4318'],
  ])('refuses %s', (url, got) => {
    const read = () => parseEndpoints([{ url: 'http://a' }, { url }]);
    expect(read).toThrow(LogflumeError);
    expect(read).toThrow(`got ${got}`);
    expect(read).toThrow('endpoints[1].url must be ');
  });
});
