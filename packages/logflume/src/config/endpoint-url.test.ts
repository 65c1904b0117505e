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
    ['dns+http://pods:4318', 'default', 'dns+http://pods:4318/v1/logs'],
    ['DNS+HTTPS://Pods/otlp', 'default', 'dns+https://pods/otlp'],
    ['srv+http://_otlp._tcp.h', 'default', 'srv+http://_otlp._tcp.h/v1/logs'],
    ['srv+https://_otlp-http._tcp.h/x?k=1', 'default', 'srv+https://_otlp-http._tcp.h/x?k=1'],
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
    ['"http://h:4318"', 'write http://h:4318 without quotes'],
    ["'h:4318'", 'write http://h:4318 without quotes'],
    ['"http://h?key=s3cret"', 'write it without quotes'],
    ['"grpc://h"', 'write it without quotes'],
    ['grpc://h:4317', undefined],
    ['ftp://h', undefined],
    ['http://', undefined],
    ['http://h:99999', undefined],
    ['not a url', undefined],
    ['https://http://h:4318', 'write "http://" or "https://" once'],
    ['dns+http://h', 'addresses to look up go into LOGFLUME_ENDPOINTS'],
    ['SRV+https://_a._b.h', 'addresses to look up go into LOGFLUME_ENDPOINTS'],
    ['http://$(NODE_IP):4318', 'the variable it refers to is not defined before it'],
  ])('refuses %j', (text, hint) => {
    expect(parseEndpointUrl(text, 'final')).toEqual({ kind: 'bad', bad: { expected: 'an http(s) URL', hint } });
  });

  it.each([
    ['dns+ftp://h', 'an http(s) URL, or one with dns+ or srv+ in front'],
    ['udp+http://h', 'an http(s) URL, or one with dns+ or srv+ in front'],
    ['dns+h:4318', 'an http(s) URL, or one with dns+ or srv+ in front'],
    ['srv+http://h', 'srv+http://_service._proto.name'],
    ['srv+http://_otlp.h', 'srv+http://_service._proto.name'],
    ['srv+http://_otlp._tcp.h:4318', 'a srv+ URL without a port'],
  ])('refuses %j in a list of ours: expected is %s', (text, expected) => {
    expect(parseEndpointUrl(text, 'default')).toMatchObject({ kind: 'bad', bad: { expected } });
  });

  it('takes user info out of an address to look up too', () => {
    const value = { url: 'dns+http://h/v1/logs', authorization: `Basic ${btoa('me:pw')}` };
    expect(parseEndpointUrl('dns+http://me:pw@h', 'default')).toEqual({ kind: 'ok', value });
  });
});
