import { describe, expect, it } from 'vitest';
import { type RunSummary, simulate } from './simulate.ts';

const only = process.env['SEED'];
const seeds = only === undefined ? Array.from({ length: 2000 }, (_, seed) => seed) : [Number(only)];

describe('the engine, over simulated time, network and chance', () => {
  it(`keeps its promises in ${only === undefined ? '2,000 random lives' : `the life of seed ${only}`}`, async () => {
    const runs: RunSummary[] = [];
    for (const seed of seeds) runs.push(await simulate(seed));
    if (only !== undefined) return;
    const sum = (of: (run: RunSummary) => number): number => runs.reduce((total, run) => total + of(run), 0);
    // A simulation in which nothing happens proves nothing.
    expect(sum(({ stats }) => stats.accepted)).toBeGreaterThan(100_000);
    expect(sum(({ stats }) => stats.delivered)).toBeGreaterThan(10_000);
    expect(sum(({ stats }) => stats.rejected)).toBeGreaterThan(1000);
    expect(sum(({ stats }) => stats.fallback)).toBeGreaterThan(1000);
    expect(sum(({ fallbackLines }) => fallbackLines)).toBeGreaterThan(1000);
    for (const reason of ['queue_full', 'oversize', 'fallback_failed', 'closed'] as const) {
      expect(sum(({ stats }) => stats.dropped.byReason[reason])).toBeGreaterThan(10);
    }
    expect(sum(({ expired }) => expired)).toBeGreaterThan(100);
    expect(sum(({ duplicates }) => duplicates)).toBeGreaterThan(100);
    expect(sum(({ splits }) => splits)).toBeGreaterThan(100);
    expect(sum(({ closed }) => Number(closed))).toBeGreaterThan(100);
    expect(sum(({ requests }) => requests)).toBeGreaterThan(20_000);
  }, 60_000);
});
