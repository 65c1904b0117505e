import { expect, it } from 'vitest';
import { expectEventful, RUNS_OF_A_FILE, runMany } from './many-runs.ts';

it('the engine keeps its promises in 10,000 random runs with odd seeds (INV-1, INV-4, INV-6, INV-7)', async () => {
  const runs = await runMany(1);
  expect(runs.length).toBe(RUNS_OF_A_FILE);
  expectEventful(runs);
}, 600_000);
