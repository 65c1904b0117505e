import type { Clock } from '../clock.ts';
import { defaults } from '../defaults.ts';
import type { ExitLimits } from './at-exit.ts';
import type { ExitParticipant } from './exit-hooks.ts';

export interface ExitParticipantParts {
  readonly clock: Clock;
  /** What the whole end of the process may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Part of it a flush in `beforeExit` may take, 0 … 1. */
  readonly flushShare: number;
  /** Records taken so far. */
  readonly accepted: () => number;
  readonly hasPending: () => boolean;
  /** Never rejects. */
  readonly flush: (timeoutMs: number) => Promise<unknown>;
  /** Brings everything to safety; synchronous, never throws. */
  readonly settle: (limits: ExitLimits) => void;
}

/** Of a short time the fallback gets a quarter at most: a judgement, as a live reader takes 10 MB in 18 ms. */
const FALLBACK_PART = 4;

/** How one delivery shares the time of the process's end: with a flush before it, and with the other deliveries. */
export function createExitParticipant(parts: ExitParticipantParts): ExitParticipant {
  const { clock, timeoutMs, accepted, hasPending } = parts;
  let flushedAtEnd = -1;
  let flushSpentMs = 0;
  return {
    hasPending,
    async beforeExit() {
      // Fires again after every flush: one that could not deliver everything is repeated for new records alone.
      if (!hasPending() || accepted() === flushedAtEnd) return;
      flushedAtEnd = accepted();
      const startMs = clock.nowMs();
      await parts.flush(timeoutMs * parts.flushShare);
      flushSpentMs = clock.nowMs() - startMs;
    },
    atExit(spentMs, waiting) {
      // A flush that has just failed was a part of this exit's time.
      const goneMs = spentMs + (accepted() === flushedAtEnd ? flushSpentMs : 0);
      const fallbackMs = Math.min(defaults.exitFallbackTimeoutMs, timeoutMs / FALLBACK_PART);
      // A share for each: an endpoint that does not answer must not use up what the next delivery needs. The fallback is
      // one stream for all of them: its time is kept free once.
      const shareMs = (timeoutMs - goneMs - fallbackMs) / (waiting + 1);
      parts.settle({ workerMs: Math.min(defaults.exitWorkerTimeoutMs, shareMs), fallbackMs });
    },
  };
}
