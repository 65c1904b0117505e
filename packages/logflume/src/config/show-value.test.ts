import { describe, expect, it } from 'vitest';
import { describeKind, showList, showValue } from './show-value.ts';

describe('showValue', () => {
  it.each<[unknown, string]>([
    ['localhost:4318', '"localhost:4318"'],
    ['opentelemetry-collector.monitoring.svc:4318', '"opentelemetry-collector.monitoring.svc:4318"'],
    ['two\nlines', '"two\\nlines"'],
    ['\u009b31m \u2028', '"\\u009b31m \\u2028"'],
    ['http://user:s3cret@host/v1/logs', '"http://…@host/v1/logs"'],
    ['http://user:p@ss/w?rd#1@host/v1/logs', '"http://…@host/v1/logs"'],
    ['user:s3cret@host:4318', '"…@host:4318"'],
    ['http://host/v1/logs?api_key=s3cret', '"http://host/v1/logs?…"'],
    ['http://host/v1/logs#s3cret', '"http://host/v1/logs#…"'],
    ['https://in.example.com/receiver/ZaVnC4dhaV1EnFE7cXk0', '"https://in.example.com/receiver/…"'],
    ['dXNlcjpwYXNzd29yZA1234567890==', '"…"'],
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ token: 's3cret' }, 'an object'],
    [['s3cret'], 'an array'],
    [() => 's3cret', 'a function'],
    [Symbol('s3cret'), 'a symbol'],
    [10n, 'a bigint'],
  ])('shows %o as %s', (value, expected) => {
    expect(showValue(value)).toBe(expected);
  });

  it('cuts a long text without leaving half a character', () => {
    expect(showValue(`${'ab '.repeat(26)}x😀 and more`)).toBe(`"${'ab '.repeat(26)}x…"`);
  });
});

describe('showList', () => {
  it('shows three values and counts the others', () => {
    expect(showList(['a', 'b', 'c', 'd', 'e'])).toBe('"a", "b", "c" and 2 more');
  });
});

describe('describeKind', () => {
  it('says nothing of the value', () => {
    expect(describeKind('s3cret')).toBe('a string');
  });
});
