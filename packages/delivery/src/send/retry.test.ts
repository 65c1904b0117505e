import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullBudget, nextTokenMs, refill, refund, retryDelayMs, spend } from './retry.ts';

const settings = { baseDelayMs: 500, maxDelayMs: 30_000 };

describe('retryDelayMs', () => {
  it.each([
    [0, 0.5, 250],
    [0, 0.999, 499.5],
    [1, 0.5, 500],
    [5, 0.5, 8000],
    [6, 0.5, 15_000],
    [7, 0.5, 15_000],
    [1e9, 0.5, 15_000],
  ])('after %i retries and a draw of %f: %f ms', (retries, draw, expected) => {
    expect(retryDelayMs(retries, settings, () => draw)).toBeCloseTo(expected);
  });

  it('never retries in the same breath', () => {
    expect(retryDelayMs(0, settings, () => 0)).toBe(50);
  });

  it('stays within its bounds for every draw', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (retries, draw) => {
        const delayMs = retryDelayMs(retries, settings, () => draw);
        return delayMs >= 50 && delayMs <= 30_000;
      }),
    );
  });
});

describe('the retry budget', () => {
  it.each([
    ['starts full', fullBudget, 0, 0, 10],
    ['earns one token a second', { tokens: 0, atMs: 1000 }, 3500, 0, 2.5],
    ['earns a fifth of a token per success', { tokens: 0, atMs: 1000 }, 1000, 3, 0.6],
    ['never holds more than ten', { tokens: 9.9, atMs: 0 }, 60_000, 5, 10],
    ['loses nothing when the clock stands still', { tokens: 4, atMs: 1000 }, 1000, 0, 4],
    ['loses nothing when the clock runs backwards', { tokens: 4, atMs: 1000 }, 500, 0, 4],
  ])('%s', (_title, budget, nowMs, successes, tokens) => {
    expect(refill(budget, nowMs, successes).tokens).toBeCloseTo(tokens);
  });

  it.each([
    [10, 9],
    [1, 0],
    [0.5, 0],
    [0, 0],
  ])('of %f tokens has %f after a retry: a flush that had none owes none', (tokens, left) => {
    expect(spend({ tokens, atMs: 0 }).tokens).toBe(left);
  });

  it.each([
    [1, 1000],
    [0.75, 1250],
    [0, 2000],
  ])('with %f tokens has one at %i ms', (tokens, expected) => {
    expect(nextTokenMs({ tokens, atMs: 1000 })).toBe(expected);
  });

  it.each([
    [0, 1],
    [9.5, 10],
    [10, 10],
  ])('of %f tokens has %f after a retry that never left is given back', (tokens, left) => {
    expect(refund({ tokens, atMs: 0 }).tokens).toBe(left);
  });

  it('allows 0.2 retries per success and one a second in the long run', () => {
    let budget = fullBudget;
    let retries = 0;
    for (let ms = 0; ms < 100_000; ms += 10) {
      budget = refill(budget, ms, 1);
      if (budget.tokens < 1) continue;
      budget = { ...budget, tokens: budget.tokens - 1 };
      retries++;
    }
    expect(retries).toBeGreaterThan(2090);
    expect(retries).toBeLessThanOrEqual(2000 + 100 + 10);
  });
});
