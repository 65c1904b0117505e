import { describe, expect, it } from 'vitest';
import { readContainerLog, toContainerLog } from '../compare/container-log.js';

const pieces = (text: string, bytes: number): readonly string[] =>
  toContainerLog(Buffer.from(text), bytes)
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^\S+ /, ''));

describe('the log of a container runtime', () => {
  it.each([
    ['a line of the longest length in one', 'x'.repeat(16_384), ['stdout F'], 16_384],
    ['one byte more in two', 'x'.repeat(16_385), ['stdout P', 'stdout F'], 16_384],
    ['three pieces with CRI-O', 'x'.repeat(16_385), ['stdout P', 'stdout P', 'stdout F'], 8192],
  ])('has %s', (_, line, heads, bytes) => {
    expect(pieces(`${line}\n`, bytes).map((piece) => piece.slice(0, 8))).toEqual(heads);
  });

  it('keeps what has no line feed as a piece that waits for the rest', () => {
    expect(pieces('a\nb', 16_384)).toEqual(['stdout F a', 'stdout P b']);
    expect(readContainerLog(toContainerLog(Buffer.from('a\nb'), 16_384))).toEqual(['a']);
  });

  it.each([3, 5, 16])('is read back whole, though %i bytes cut characters', (bytes) => {
    const lines = ['é€😀'.repeat(10), '', 'stdout P no head', ' leading'];
    expect(readContainerLog(toContainerLog(Buffer.from(`${lines.join('\n')}\n`), bytes))).toEqual(lines);
  });
});
