import { describe, expect, it } from 'vitest';
import { addAttempt, type Concurrency, initialConcurrency } from './concurrency.ts';

const MAX = 8;

/** What a link sees of a request when it arrives. */
interface Arrival {
  /** Requests being served, this one included. */
  readonly inFlight: number;
  /** Requests that were served within the last second. */
  readonly perSecond: number;
  readonly random: () => number;
  readonly nowMs: number;
}

/** How a link treats a request: a deferred one is answered at once with back-pressure, and sent again. */
type Link = (arrival: Arrival) => { readonly rttMs: number; readonly ok: boolean };

interface Load {
  /** Batches a second; far more than any of these links can take unless given. */
  readonly perSecond?: number;
  readonly seconds?: number;
}

/** Means over the last four fifths of a run. */
interface Seen {
  readonly limit: number;
  readonly inFlight: number;
  /** Of successes, in milliseconds. */
  readonly rttMs: number;
  readonly refusedRatio: number;
  readonly deliveredPerSecond: number;
}

function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Sends batches over a link under the limit, millisecond by millisecond in virtual time. */
function drive(link: Link, { perSecond = 1000, seconds = 120 }: Load = {}): Seen {
  const random = sequence(7);
  let state: Concurrency = initialConcurrency;
  let flying: { startMs: number; endMs: number; ok: boolean }[] = [];
  let recentMs: number[] = [];
  let waiting = 0;
  const warmMs = seconds * 200;
  const sums = { limit: 0, inFlight: 0, rttMs: 0, ok: 0, refused: 0 };
  for (let nowMs = 0; nowMs < seconds * 1000; nowMs++) {
    const ended = flying.filter(({ endMs }) => endMs <= nowMs);
    for (const { startMs, ok } of ended) {
      const reachedLimit = flying.length >= state.limit;
      flying = flying.filter(({ endMs }) => endMs > nowMs);
      const successMs = ok ? nowMs - startMs : undefined;
      state = addAttempt(state, { successMs, backpressure: !ok, reachedLimit }, nowMs, MAX);
      if (!ok) waiting++;
      if (nowMs < warmMs) continue;
      if (ok) sums.ok++;
      else sums.refused++;
      sums.rttMs += successMs ?? 0;
    }
    waiting += perSecond / 1000;
    while (flying.length < state.limit && waiting >= 1) {
      waiting--;
      recentMs = recentMs.filter((ms) => ms > nowMs - 1000);
      const served = flying.filter(({ ok }) => ok).length + 1;
      const { rttMs, ok } = link({ inFlight: served, perSecond: recentMs.length, random, nowMs });
      if (ok) recentMs.push(nowMs);
      flying.push({ startMs: nowMs, endMs: nowMs + Math.max(1, Math.round(rttMs)), ok });
    }
    if (nowMs < warmMs) continue;
    sums.limit += state.limit;
    sums.inFlight += flying.length;
  }
  const measuredMs = seconds * 1000 - warmMs;
  return {
    limit: sums.limit / measuredMs,
    inFlight: sums.inFlight / measuredMs,
    rttMs: sums.rttMs / sums.ok,
    refusedRatio: sums.refused / (sums.ok + sums.refused),
    deliveredPerSecond: (sums.ok * 1000) / measuredMs,
  };
}

/** Bounds of the means, lower and upper. */
type Range = readonly [number, number];

interface Expected {
  readonly limit: Range;
  readonly inFlight: Range;
  readonly rttMs: Range;
  readonly deliveredPerSecond: Range;
  readonly refusedRatio: Range;
}

const nobody: Range = [0, 0];

describe('the concurrency limit on', () => {
  it.each<[string, Link, Load, Expected]>([
    [
      'a constant link under full load grows to its maximum',
      () => ({ rttMs: 100, ok: true }),
      {},
      { limit: [7.9, 8], inFlight: [7.9, 8], rttMs: [99, 102], deliveredPerSecond: [78, 80], refusedRatio: nobody },
    ],
    [
      'a constant link under little load grows no further than what is used',
      () => ({ rttMs: 100, ok: true }),
      { perSecond: 20 },
      { limit: [2, 4], inFlight: [1.9, 2.1], rttMs: [99, 102], deliveredPerSecond: [19, 20], refusedRatio: nobody },
    ],
    [
      'a link that defers what is above its rate lets nearly that rate through',
      ({ perSecond }) => (perSecond < 40 ? { rttMs: 100, ok: true } : { rttMs: 100, ok: false }),
      { perSecond: 100 },
      { limit: [1, 6], inFlight: [1, 6], rttMs: [99, 102], deliveredPerSecond: [25, 40], refusedRatio: [0.01, 0.5] },
    ],
    [
      'a link that drops what is above its concurrency settles about there',
      ({ inFlight }) => ({ rttMs: 100, ok: inFlight <= 4 }),
      {},
      {
        limit: [3, 5.5],
        inFlight: [3, 5.5],
        rttMs: [99, 102],
        deliveredPerSecond: [30, 40],
        refusedRatio: [0.02, 0.25],
      },
    ],
    [
      'a link with 30 % jitter stays near its maximum',
      ({ random }) => ({ rttMs: 100 * (0.7 + 0.6 * random()), ok: true }),
      {},
      { limit: [6.5, 8], inFlight: [6.5, 8], rttMs: [95, 105], deliveredPerSecond: [62, 84], refusedRatio: nobody },
    ],
    [
      'a link with an exponential tail stays usable (F36)',
      ({ random }) => ({ rttMs: 50 - 50 * Math.log(1 - random()), ok: true }),
      {},
      { limit: [5, 8], inFlight: [5, 8], rttMs: [90, 110], deliveredPerSecond: [45, 88], refusedRatio: nobody },
    ],
    [
      'a link with a shallow knee gets as much through as at the knee',
      ({ inFlight }) => ({ rttMs: 100 + 20 * Math.max(0, inFlight - 4), ok: true }),
      {},
      { limit: [3.5, 8], inFlight: [3.5, 8], rttMs: [99, 182], deliveredPerSecond: [35, 46], refusedRatio: nobody },
    ],
    [
      'a link that only queues keeps its queue short (F34)',
      ({ inFlight }) => ({ rttMs: 500 * inFlight, ok: true }),
      {},
      { limit: [1, 3.5], inFlight: [1, 3.5], rttMs: [450, 1800], deliveredPerSecond: [1.7, 2.1], refusedRatio: nobody },
    ],
    [
      'a link that becomes slower again and again backs off each time',
      ({ nowMs }) => ({ rttMs: 100 * 1.5 ** Math.floor(nowMs / 20_000), ok: true }),
      {},
      { limit: [1.5, 5], inFlight: [1.5, 5], rttMs: [150, 400], deliveredPerSecond: [8, 25], refusedRatio: nobody },
    ],
    [
      'a slow link that is wide enough is used',
      () => ({ rttMs: 2000, ok: true }),
      {},
      { limit: [7, 8], inFlight: [7, 8], rttMs: [1999, 2001], deliveredPerSecond: [3.5, 4], refusedRatio: nobody },
    ],
  ])('%s', (_what, link, load, expected) => {
    const seen = drive(link, load);
    for (const name of ['limit', 'inFlight', 'rttMs', 'deliveredPerSecond', 'refusedRatio'] as const) {
      const [min, max] = expected[name];
      expect(seen[name], name).toBeGreaterThanOrEqual(min);
      expect(seen[name], name).toBeLessThanOrEqual(max);
    }
  });
});
