import { describe, expect, it } from 'vitest';
import { parseLine } from './parse-line.ts';

describe('parseLine', () => {
  it.each(['', 'text', '[1]', '"text"', '12', 'null', '{"a":1', '{"a":1}{"b":2}'])('takes %j for no line', (line) => {
    expect(parseLine(line)).toBeUndefined();
  });

  it('reads a line with either end', () => {
    expect(parseLine('{"a":1}\n')).toEqual({ a: 1 });
    expect(parseLine('{"a":1}\r\n')).toEqual({ a: 1 });
  });

  it.each([
    ['12345678901234567890', '12345678901234567890'],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9007199254740991', 9007199254740991],
    ['1234567890123456.5', 1234567890123456.5],
    ['1e30', 1e30],
    ['0.009007199254758952', 0.009007199254758952],
    ['-12.9007199254758952e+12', Number('-12.9007199254758952e+12')],
    ['1e-0000000000000000001', 0.1],
    ['1'.repeat(400), '1'.repeat(400)],
  ])('keeps %s exact', (text, value) => {
    const { top, list, deep } = parseLine(`{"top":${text},"list":[${text}],"deep":{"a":${text}}}`) ?? {};
    expect({ top, list, deep }).toStrictEqual({ top: value, list: [value], deep: { a: value } });
  });

  it('keeps an integer exact wherever in the line it begins', () => {
    for (let pad = 0; pad < 40; pad++) {
      const key = 'k'.repeat(pad);
      expect(parseLine(`{"${key}":9007199254740993}`), String(pad)).toEqual({ [key]: 9007199254740993n });
    }
  });

  it('leaves digits inside text alone, escapes and all', () => {
    const text = 'a:12345678901234567890, "quoted 12345678901234567890" \\';
    const line = JSON.stringify({ text, [text]: 1, trace: '00000000000000010000000000000002' });
    expect(parseLine(`${line.slice(0, -1)},"big":12345678901234567}`)).toEqual({
      text,
      [text]: 1,
      trace: '00000000000000010000000000000002',
      big: 12345678901234567n,
    });
  });

  it('reads a line of many megabytes with escapes and large integers', () => {
    const text = '\\"1234567890123456789\n'.repeat(300_000);
    expect(parseLine(`{"text":${JSON.stringify(text)},"big":12345678901234567}`)).toEqual({
      text,
      big: 12345678901234567n,
    });
  });
});
