import type { Clock } from '../../src/index.ts';
import { systemClock } from '../../src/system-clock.ts';

/** The system's time, some times as fast: what happens every ten seconds need not be waited for. */
export function createFastClock(times: number): Clock {
  return {
    nowMs: () => systemClock.nowMs() * times,
    wallMs: systemClock.wallMs,
    after: (delayMs, callback) => systemClock.after(delayMs / times, callback),
    holdFor: (delayMs, callback) => systemClock.holdFor(delayMs / times, callback),
    soon: systemClock.soon,
  };
}
