import { expect, test } from 'vitest';
import { cutText } from './cut-text.ts';

test.each([
  ['leaves what fits', 'abc', 3, 'abc'],
  ['marks what it cuts', 'abcd', 3, 'abc…'],
  ['keeps a surrogate pair that ends at the limit', 'a😀b', 3, 'a😀…'],
  ['gives up a surrogate pair across the limit', 'a😀b', 2, 'a…'],
  ['can leave nothing but the mark', 'a', 0, '…'],
  ['takes everything without a limit', '😀', Number.POSITIVE_INFINITY, '😀'],
])('cutText %s', (_, text, maxUnits, expected) => {
  expect(cutText(text, maxUnits)).toBe(expected);
});
