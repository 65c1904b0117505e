import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  it.each([
    [4, 4],
    [5, 5],
    [6, 5],
    [0, 0],
  ])('full with five tokens gives %i wanted: %i', (wanted, got) => {
    expect(new TokenBucket(5, 10, 0).take(wanted, 0)).toBe(got);
  });

  it.each([
    ['nothing before a whole token is earned', 99, 0],
    ['one after a tenth of a second', 100, 1],
    ['no more than it holds', 1_000_000, 5],
    ['nothing when the clock runs backwards', -1000, 0],
  ])('empty and refilled at ten a second gives %s', (_what, ms, got) => {
    const bucket = new TokenBucket(5, 10, 0);
    bucket.take(5, 0);
    expect(bucket.take(5, ms)).toBe(got);
  });

  it('keeps what is left of a token', () => {
    const bucket = new TokenBucket(5, 10, 0);
    bucket.take(5, 0);
    expect([150, 200, 250, 300].map((ms) => bucket.take(1, ms))).toEqual([1, 1, 0, 1]);
  });
});
