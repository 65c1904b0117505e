import { describe, expect, it } from 'vitest';
import { oneOf, parseBoolean, parseEnum, parseInteger, parseMilliseconds } from './env-values.ts';

const ok = (value: unknown) => ({ kind: 'ok', value });

describe('parseBoolean', () => {
  it.each([
    ['true', true],
    ['TRUE', true],
    ['False', false],
  ])('reads %j as %j', (text, value) => {
    expect(parseBoolean(text)).toEqual(ok(value));
  });

  it.each(['1', 'yes', 'on', '0', 'tru'])('does not read %j', (text) => {
    expect(parseBoolean(text)).toMatchObject({ kind: 'bad' });
  });
});

describe('parseInteger', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['007', 7],
    ['2147483647', 2_147_483_647],
  ])('reads %j as %j', (text, value) => {
    expect(parseInteger(0)(text)).toEqual(ok(value));
  });

  it.each(['-1', '2147483648', '1e3', '0x10', '5.5', '+5', '1_000', '١', 'Infinity', 'NaN', '9'.repeat(400)])(
    'does not read %j, as Number() would',
    (text) => {
      expect(parseInteger(0)(text)).toMatchObject({ kind: 'bad' });
    },
  );

  it('refuses 0 where a positive number is wanted', () => {
    expect(parseInteger(1)('0')).toMatchObject({ kind: 'bad', bad: { expected: 'an integer, 1 … 2147483647' } });
  });
});

describe('parseMilliseconds', () => {
  it('reads whole milliseconds, 0 included', () => {
    expect([parseMilliseconds()('0'), parseMilliseconds()('10000')]).toEqual([ok(0), ok(10_000)]);
  });

  it('refuses more than its limit', () => {
    const bad = { expected: 'whole milliseconds, 0 … 60000' };
    expect(parseMilliseconds(60_000)('60001')).toMatchObject({ kind: 'bad', bad });
  });

  it('tells who wrote seconds what to write', () => {
    expect(parseMilliseconds()('10s')).toMatchObject({ kind: 'bad', bad: { hint: 'write "10000"' } });
  });
});

describe('parseEnum', () => {
  const parse = parseEnum(['round-robin', 'failover']);

  it('reads a word in any case', () => {
    expect(parse('Round-Robin')).toEqual(ok('round-robin'));
  });

  it('recognises a typing mistake', () => {
    const bad = { expected: '"round-robin" or "failover"', hint: 'write "round-robin"' };
    expect(parse('roundrobin')).toEqual({ kind: 'bad', bad });
  });
});

describe('oneOf', () => {
  it('lists words as a sentence does', () => {
    expect([oneOf(['a']), oneOf(['a', 'b']), oneOf(['a', 'b', 'c'])]).toEqual(['"a"', '"a" or "b"', '"a", "b" or "c"']);
  });
});
