import { describe, expect, it } from 'vitest';
import { systemClock } from '../system-clock.ts';
import type { ExitLimits } from './at-exit.ts';
import { createExitParticipant } from './exit-participant.ts';

/** What the deliveries of one exit get, each of which takes all of its time for requests. */
function limitsOf(count: number, timeoutMs: number): ExitLimits[] {
  const given: ExitLimits[] = [];
  const participant = createExitParticipant({
    clock: systemClock,
    timeoutMs,
    flushShare: 0.85,
    accepted: () => 1,
    hasPending: () => true,
    flush: async () => undefined,
    settle: (limits) => given.push(limits),
  });
  let spentMs = 0;
  for (let waiting = count - 1; waiting >= 0; waiting--) {
    participant.atExit(spentMs, waiting);
    spentMs += given.at(-1)?.workerMs ?? 0;
  }
  return given;
}

describe('the time of an exit', () => {
  it.each([
    [1, 5000, 3000, 250],
    [1, 1000, 750, 250],
    [1, 250, 187.5, 62.5],
    [4, 1000, 187.5, 250],
    [20, 5000, 237.5, 250],
    [40, 5000, 118.75, 250],
  ])('of %i deliveries and %i ms leaves each %d ms for requests', (count, timeoutMs, workerMs, fallbackMs) => {
    expect(limitsOf(count, timeoutMs)).toEqual(
      Array.from({ length: count }, () => ({ workerMs: expect.closeTo(workerMs), fallbackMs })),
    );
  });
});
