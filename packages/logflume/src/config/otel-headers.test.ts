import { describe, expect, it } from 'vitest';
import { parseHeaders } from './otel-headers.ts';

describe('parseHeaders', () => {
  it.each([
    ['api-key=abc', { 'api-key': 'abc' }],
    ['API-Key=abc,x=y', { 'api-key': 'abc', x: 'y' }],
    [' a = 1 , b = 2 ,', { a: '1', b: '2' }],
    ['authorization=Bearer%20a%2Cb', { authorization: 'Bearer a,b' }],
    ['authorization=Basic dXNlcjpwYXNz==', { authorization: 'Basic dXNlcjpwYXNz==' }],
    ['token=a%0D%0A', { token: 'a' }],
    ['cookie=a;b', { cookie: 'a;b' }],
    ['a=1,A=2', { a: '2' }],
    ['a=1+2', { a: '1+2' }],
    ['__proto__=x', JSON.parse('{"__proto__":"x"}')],
  ])('reads %j', (text, headers) => {
    expect(parseHeaders(text)).toEqual({ kind: 'ok', value: new Map(Object.entries(headers)) });
  });

  it.each([
    ['no equals sign', 's3cret'],
    ['an empty name', '=s3cret'],
    ['an empty value', 's3cret='],
    ['a blank value', 's3cret= '],
    ['a value that is blank once it is cleaned', 's3cret=%20%0A'],
    ['a colon instead', 'Authorization: Bearer s3cret='],
    ['a broken escape', 'a=s3cret%zz'],
    ['a line feed', 'a=s3cret%0d%0aHost:%20x'],
    ['a letter HTTP does not have', 'a=s3cret%E2%82%AC'],
    ['an unexpanded reference', 'a=$(s3cret)'],
  ])('leaves out an entry with %s and does not repeat it', (_, entry) => {
    const parsed = parseHeaders(`good=1,${entry}`);
    expect(parsed).toMatchObject({ kind: 'partly', value: new Map([['good', '1']]) });
    expect(parsed).toMatchObject({ bad: { got: 'something else in entry 2 of 2 (hidden)' } });
    expect(JSON.stringify(parseHeaders(entry))).not.toContain('s3cret');
    expect(parseHeaders(entry)).toMatchObject({ kind: 'bad' });
  });

  it('names all places that are wrong', () => {
    expect(parseHeaders('a,b=1,c')).toMatchObject({ bad: { got: 'something else in entries 1, 3 of 3 (hidden)' } });
  });

  it('does not take a text without entries for headers', () => {
    expect(parseHeaders(',')).toMatchObject({ kind: 'bad' });
  });
});
