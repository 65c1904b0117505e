import { describe, expect, it } from 'vitest';
import { addAttempt, type Concurrency, initialConcurrency } from './concurrency.ts';

const MAX = 8;

/** What a link does with a request when `inFlight` are being served, itself included; a refused one is not served. */
type Link = (inFlight: number, random: () => number) => { readonly rttMs: number; readonly ok: boolean };

function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Keeps a link as busy as the limit allows, in virtual time; answers what was seen after a warm-up of a fifth. */
function drive(link: Link, { requests = 3000, seed = 7 } = {}) {
  const random = sequence(seed);
  let state: Concurrency = initialConcurrency;
  let nowMs = 0;
  const flying: { endMs: number; startMs: number; ok: boolean }[] = [];
  const limits: number[] = [];
  let refused = 0;
  for (let sent = 0; sent < requests; ) {
    while (flying.length < state.limit && sent < requests) {
      const { rttMs, ok } = link(flying.filter(({ ok: served }) => served).length + 1, random);
      flying.push({ startMs: nowMs, endMs: nowMs + rttMs, ok });
      sent++;
    }
    flying.sort((a, b) => a.endMs - b.endMs);
    const done = flying.shift();
    if (done === undefined) break;
    nowMs = done.endMs;
    const reachedLimit = flying.length + 1 >= state.limit;
    const successMs = done.ok ? nowMs - done.startMs : undefined;
    state = addAttempt(state, { successMs, backpressure: !done.ok, reachedLimit }, nowMs, MAX);
    if (sent > requests / 5) {
      limits.push(state.limit);
      if (!done.ok) refused++;
    }
  }
  const mean = limits.reduce((sum, limit) => sum + limit, 0) / limits.length;
  return { min: Math.min(...limits), mean, max: Math.max(...limits), refusedRatio: refused / limits.length };
}

describe('the concurrency limit', () => {
  it('starts at one', () => {
    expect(initialConcurrency.limit).toBe(1);
  });

  it('reaches its maximum on a constant link and stays there', () => {
    const seen = drive(() => ({ rttMs: 50, ok: true }));
    expect(seen).toMatchObject({ min: 8, max: 8 });
  });

  it('stays high on a link with 10 % jitter', () => {
    const seen = drive((_, random) => ({ rttMs: 50 * (0.9 + 0.2 * random()), ok: true }));
    expect(seen.mean).toBeGreaterThan(5.5);
  });

  it('stays usable on a link whose time varies by half (F36)', () => {
    const seen = drive((_, random) => ({ rttMs: 2000 * (0.5 + random()), ok: true }));
    expect(seen.mean).toBeGreaterThan(2.5);
    expect(seen.min).toBeGreaterThanOrEqual(1);
  });

  it('settles about where requests are refused', () => {
    const seen = drive((inFlight) => ({ rttMs: inFlight <= 4 ? 50 : 25, ok: inFlight <= 4 }));
    expect(seen.mean).toBeGreaterThan(2.5);
    expect(seen.mean).toBeLessThan(5);
    expect(seen.refusedRatio).toBeLessThan(0.2);
  });

  it('keeps off a slow link that only queues: more at once is no faster there (F34)', () => {
    const seen = drive((inFlight) => ({ rttMs: 200 * inFlight, ok: true }));
    expect(seen.mean).toBeLessThan(4);
  });

  it('finds a shallow knee', () => {
    const seen = drive((inFlight) => ({ rttMs: inFlight <= 4 ? 50 : 50 + 25 * (inFlight - 4), ok: true }));
    expect(seen.mean).toBeGreaterThan(2);
    expect(seen.mean).toBeLessThan(7);
  });

  it('does not grow while it is not used up', () => {
    let state = initialConcurrency;
    for (let i = 1; i < 100; i++) {
      state = addAttempt(state, { successMs: 50, backpressure: false, reachedLimit: false }, i * 50, MAX);
    }
    expect(state.limit).toBe(1);
  });

  it('is lowered once per round, however many requests of it are refused', () => {
    let state: Concurrency = { ...initialConcurrency, limit: 8, meanMs: 50, roundStartMs: 1000 };
    for (let i = 0; i < 8; i++) {
      state = addAttempt(state, { successMs: undefined, backpressure: true, reachedLimit: true }, 1050 + i, MAX);
    }
    expect(state.limit).toBe(7);
  });

  it.each([
    [8, 7],
    [7, 6],
    [3, 2],
    [2, 1],
    [1, 1],
  ])('goes from %i to %i on back-pressure', (limit, expected) => {
    const state = { ...initialConcurrency, limit, meanMs: 50, roundStartMs: 0 };
    expect(addAttempt(state, { successMs: undefined, backpressure: true, reachedLimit: true }, 100, MAX).limit).toBe(
      expected,
    );
  });

  it('never leaves its bounds', () => {
    const random = sequence(3);
    let state = initialConcurrency;
    for (let i = 0; i < 5000; i++) {
      const sample = { successMs: random() * 100, backpressure: random() < 0.1, reachedLimit: random() < 0.7 };
      state = addAttempt(state, sample, i * 10, MAX);
      expect(state.limit).toBeGreaterThanOrEqual(1);
      expect(state.limit).toBeLessThanOrEqual(MAX);
    }
  });
});
