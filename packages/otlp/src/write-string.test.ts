import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeVarint } from './wire.ts';
import { cutText, toWellFormedText, writeString } from './write-string.ts';

/** Around the threshold between the loop and the native writer, and where a length prefix grows. */
const LENGTHS = [0, 1, 2, 41, 42, 43, 47, 48, 49, 63, 64, 126, 127, 128, 129, 5461, 5462, 8191, 8192, 16_383, 16_384];

const UNITS: readonly [string, string][] = [
  ['ASCII', 'a'],
  ['NUL', '\0'],
  ['DEL', '\x7f'],
  ['two-byte', 'é'],
  ['three-byte', '世'],
  ['four-byte', '🎉'],
  ['lone high surrogate', '\ud83c'],
  ['lone low surrogate', '\udf89'],
];

describe('writeString', () => {
  describe.each(UNITS)('of %s characters', (_name, unit) => {
    it.each(LENGTHS)('writes %d of them, alone and behind ASCII, into exactly the bytes they need', (count) => {
      for (const text of [unit.repeat(count), `${'x'.repeat(count)}${unit}`, `${unit}${'x'.repeat(count)}`]) {
        expectExactFit(text);
      }
    });
  });

  it('writes any text, lone surrogates as U+FFFD, and says exactly when it does not fit', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 200 }), (units) => {
        expectExactFit(String.fromCharCode(...units));
      }),
      { numRuns: 500 },
    );
  });

  it('does not look at a text of which one byte a unit would not fit', () => {
    const bytes = Buffer.alloc(64);
    const text = 'x'.repeat(500_000_000);
    const startedMs = performance.now();
    expect(writeString(bytes, 0, text)).toBeGreaterThan(64);
    const spentMs = performance.now() - startedMs;
    Buffer.byteLength(text);
    expect(spentMs).toBeLessThan((performance.now() - startedMs) / 2);
  });
});

describe('cutText', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abc', 2, 'ab'],
    ['abc', 0, ''],
    ['', 0, ''],
    ['a🎉', 2, 'a'],
    ['a🎉', 3, 'a🎉'],
    ['a🎉b', 3, 'a🎉'],
    ['🎉', 1, ''],
    ['\udf89\udf89', 1, '\udf89'],
  ])('cuts %j after %d units to %j', (text, maxUnits, cut) => {
    expect(cutText(text, maxUnits)).toBe(cut);
  });
});

describe('toWellFormedText', () => {
  it.each([
    ['', ''],
    ['a🎉世', 'a🎉世'],
    ['\ud83c', '\ufffd'],
    ['a\udf89\ud83cb', 'a\ufffd\ufffdb'],
    ['\ud83c🎉', '\ufffd🎉'],
  ])('of %j is %j', (text, wellFormed) => {
    expect(toWellFormedText(text)).toBe(wellFormed);
    expect(toWellFormedText(text)).toBe(Buffer.from(text).toString());
  });
});

function expectExactFit(text: string): void {
  const content = Buffer.from(text);
  const prefix = Buffer.alloc(5);
  const expected = Buffer.concat([prefix.subarray(0, writeVarint(prefix, 0, content.length)), content]);
  const exact = Buffer.alloc(2 + expected.length);
  expect(writeString(exact, 2, text)).toBe(exact.length);
  expect(exact.subarray(2).equals(expected)).toBe(true);
  // One byte short, with the next owner's bytes behind: nothing is written there.
  const shared = Buffer.alloc(exact.length + 16, 0xee);
  const short = shared.subarray(0, exact.length - 1);
  expect(writeString(short, 2, text)).toBeGreaterThan(short.length);
  expect(shared.subarray(short.length).every((byte) => byte === 0xee)).toBe(true);
}
