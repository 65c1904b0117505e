import { expect } from 'vitest';
import { type SimulationSummary, simulate } from '../../src/index.ts';

/** Runs of one file; there are two, for two processors. */
export const RUNS_OF_A_FILE = 10_000;

/** Every second seed from `first` on. */
export async function runMany(first: 0 | 1): Promise<SimulationSummary[]> {
  const summaries: SimulationSummary[] = [];
  for (let run = 0; run < RUNS_OF_A_FILE; run++) summaries.push(await simulate(first + 2 * run, { disk: false }));
  return summaries;
}

/** A simulation in which nothing happens proves nothing: fails unless everything that should be tested occurred. */
export function expectEventful(runs: readonly SimulationSummary[]): void {
  const sum = (of: (run: SimulationSummary) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const least = (name: string, of: (run: SimulationSummary) => number, atLeast: number): void =>
    expect(sum(of), name).toBeGreaterThan(atLeast);
  least('accepted', ({ accepted }) => accepted, 300_000);
  least('delivered', ({ delivered }) => delivered, 150_000);
  least('rejected', ({ rejected }) => rejected, 10_000);
  least('fallback', ({ fallback }) => fallback, 10_000);
  least('fallback lines', ({ fallbackLines }) => fallbackLines, 10_000);
  for (const reason of ['queue_full', 'oversize', 'fallback_failed', 'closed']) {
    least(`dropped ${reason}`, ({ dropped }) => dropped[reason] ?? 0, 1000);
  }
  least('expired', ({ expired }) => expired, 1000);
  least('duplicates', ({ duplicates }) => duplicates, 10_000);
  least('splits', ({ splits }) => splits, 1000);
  least('closed', ({ closed }) => Number(closed), 1000);
  least('crashes', ({ crashes }) => crashes, 500);
  least('requests', ({ requests }) => requests, 100_000);
}
