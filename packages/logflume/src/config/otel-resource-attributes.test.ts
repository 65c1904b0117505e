import { describe, expect, it } from 'vitest';
import { parseAttributes, parseResourceAttributes } from './otel-resource-attributes.ts';

describe('parseResourceAttributes', () => {
  it.each([
    ['a=b', { a: 'b' }],
    [' a = b ,, c=d,', { a: 'b', c: 'd' }],
    ['a=', { a: '' }],
    ['k%2Cey=v%3Dx%20y', { 'k,ey': 'v=x y' }],
    ['n=1', { n: '1' }],
    ['a=1,a=2', { a: '2' }],
    ['__proto__=x', JSON.parse('{"__proto__":"x"}')],
  ])('reads %j', (text, attributes) => {
    expect(parseResourceAttributes(text)).toEqual({ kind: 'ok', value: new Map(Object.entries(attributes)) });
  });

  it.each(['a=b,c', 'a=b,=c', 'a=b,c=d=e', 'a=b,c=%zz', 'a=b,%=c'])('discards the whole of %j', (text) => {
    const expected = 'key=value pairs separated by commas, percent-encoded';
    expect(parseResourceAttributes(text)).toEqual({
      kind: 'bad',
      bad: { expected, got: 'something else in entry 2 of 2' },
    });
  });

  it('counts a pair Kubernetes left unexpanded as absent', () => {
    const parsed = parseResourceAttributes('k8s.pod.name=$(POD_NAME),a=b');
    expect(parsed).toMatchObject({
      kind: 'partly',
      value: new Map([['a', 'b']]),
      bad: { got: 'one in "k8s.pod.name"' },
    });
    expect(parseResourceAttributes('k8s.pod.name=$(POD_NAME)')).toMatchObject({ kind: 'bad' });
  });
});

describe('parseAttributes', () => {
  it.each([
    ['a=b,c=d%20e', { a: 'b', c: 'd e' }],
    ['{"a":1,"b":{"c":true}}', { a: 1, b: { c: true } }],
  ])('reads %j', (text, value) => {
    expect(parseAttributes(text)).toEqual({ kind: 'ok', value });
  });

  it('repeats nothing of what is no JSON', () => {
    const parsed = parseAttributes('{"token":"s3cret"');
    expect(parsed).toMatchObject({ kind: 'bad', bad: { got: 'something that begins with "{" and is no JSON' } });
  });
});
