import { describe, expect, it } from 'vitest';
import { type PathRule, parseEndpointUrl } from './endpoint-url.ts';

describe('parseEndpointUrl', () => {
  it.each<[string, PathRule, string]>([
    ['http://h:4318', 'default', 'http://h:4318/v1/logs'],
    ['http://h:4318/', 'default', 'http://h:4318/v1/logs'],
    ['http://h:4318/otlp', 'default', 'http://h:4318/otlp'],
    ['http://h:4318/otlp/', 'default', 'http://h:4318/otlp/'],
    ['HTTPS://Host.Example', 'default', 'https://host.example/v1/logs'],
    ['http://[::1]:4318', 'default', 'http://[::1]:4318/v1/logs'],
    ['http://h?key=1', 'default', 'http://h/v1/logs?key=1'],
    ['http://h:4318', 'base', 'http://h:4318/v1/logs'],
    ['http://h:4318/', 'base', 'http://h:4318/v1/logs'],
    ['http://h:4318/otlp', 'base', 'http://h:4318/otlp/v1/logs'],
    ['http://h:4318/otlp/', 'base', 'http://h:4318/otlp/v1/logs'],
    ['http://h:4318/?k=1', 'base', 'http://h:4318/v1/logs?k=1'],
    ['http://h:4318/v1/logs', 'base', 'http://h:4318/v1/logs/v1/logs'],
    ['http://h:4318', 'final', 'http://h:4318/'],
    ['http://h:4318/any?k=1', 'final', 'http://h:4318/any?k=1'],
    ['http://h/x#part', 'final', 'http://h/x'],
  ])('makes of %j with the path rule %s %j', (text, rule, url) => {
    expect(parseEndpointUrl(text, rule)).toEqual({ kind: 'ok', value: { url, authorization: undefined } });
  });

  it('turns user info into an Authorization header', () => {
    const value = { url: 'http://h/v1/logs', authorization: `Basic ${btoa('me:p@ss')}` };
    expect(parseEndpointUrl('http://me:p%40ss@h', 'default')).toEqual({ kind: 'ok', value });
  });

  it('takes user info as written when its escapes are broken', () => {
    const parsed = parseEndpointUrl('http://me:50%@h', 'default');
    expect(parsed).toMatchObject({ value: { authorization: `Basic ${btoa('me:50%')}` } });
  });

  it.each([
    ['localhost:4318', 'write "http://localhost:4318"'],
    ['locahost:4318', 'write "http://localhost:4318"'],
    ['collector', 'write "http://collector"'],
    ['//h:4318/x', 'write "http://h:4318/x"'],
    ['10.0.0.1:4318', 'write "http://10.0.0.1:4318"'],
    ['me:pw@h:4318', 'write "http://" or "https://" in front of it'],
    ['h\n:4318', 'write "http://" or "https://" in front of it'],
    ['grpc://h:4317', undefined],
    ['ftp://h', undefined],
    ['http://', undefined],
    ['http://h:99999', undefined],
    ['not a url', undefined],
    ['https://http://h:4318', 'write "http://" or "https://" once'],
    ['dns+http://h', 'dns+http:// is not available in this version'],
    ['SRV+https://h', 'srv+http:// is not available in this version'],
    ['http://$(NODE_IP):4318', 'the variable it refers to is not defined before it'],
  ])('refuses %j', (text, hint) => {
    expect(parseEndpointUrl(text, 'final')).toEqual({ kind: 'bad', bad: { expected: 'an http(s) URL', hint } });
  });
});
