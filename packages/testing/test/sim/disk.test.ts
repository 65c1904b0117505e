import { expect, it } from 'vitest';
import { type SimulationSummary, simulate } from '../../src/index.ts';

it('the engine keeps its promises over a disk that fails, loses power and outlives its processes, in 900 random runs', async () => {
  const runs: SimulationSummary[] = [];
  for (let seed = 0; seed < 900; seed++) runs.push(await simulate(seed, { disk: true }));
  const sum = (of: (run: SimulationSummary) => number): number => runs.reduce((total, run) => total + of(run), 0);
  expect(sum(({ crashes }) => crashes)).toBeGreaterThan(500);
  expect(sum(({ delivered }) => delivered)).toBeGreaterThan(20_000);
  expect(sum(({ duplicates }) => duplicates)).toBeGreaterThan(1000);
  expect(sum(({ segments }) => segments)).toBeGreaterThan(5000);
  expect(sum(({ spoolFull }) => spoolFull)).toBeGreaterThan(100);
  expect(sum(({ diskFailures }) => diskFailures)).toBeGreaterThan(1000);
  expect(sum(({ dropped }) => dropped['crash_window'] ?? 0)).toBeGreaterThan(100);
}, 600_000);
