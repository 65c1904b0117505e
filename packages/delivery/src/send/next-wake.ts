import type { Job } from './job.ts';

/** What decides when the dispatcher has to look for work again without being told. */
export interface WakeView {
  readonly nowMs: number;
  readonly hasReady: boolean;
  readonly waiting: Iterable<Job>;
  /** When the next batch becomes ready: an open one is to be sealed, a backlog may begin; `Infinity` if none does. */
  readonly nextReadyMs: number;
  /** Whether an endpoint that takes ordinary traffic has a free slot. */
  readonly hasFreeSlot: boolean;
  /** When an endpoint that is out may be probed; `Infinity` when none is. */
  readonly nextProbeMs: number;
  /** With every endpoint out a probe takes any waiting job, due or not. */
  readonly anyWaiting: boolean;
  /** When the retry budget has a token. */
  readonly nextTokenMs: number;
  /** When something is due that needs no slot: a batch is too old, or is to be written to disk; `Infinity` for never. */
  readonly nextDutyMs: number;
}

/** Below this a mistake in the view would be a busy loop. */
const MIN_SLEEP_MS = 1;

/**
 * When to look again, on the monotonic clock; `Infinity` for not before something happens. Pure.
 *
 * A batch needs both a reason to go and a slot to go to: with nothing to send nobody wakes up for a probe, and with no
 * slot nobody wakes up for a batch that is due. The end of an attempt wakes the dispatcher anyway.
 */
export function nextWakeMs(view: WakeView): number {
  let workMs = view.hasReady ? view.nowMs : view.nextReadyMs;
  for (const job of view.waiting) {
    const isProbe = view.anyWaiting && !job.waitsForDisk;
    workMs = Math.min(workMs, isProbe ? view.nowMs : Math.max(job.dueMs, view.nextTokenMs));
  }
  const slotMs = view.hasFreeSlot ? view.nowMs : view.nextProbeMs;
  return Math.max(view.nowMs + MIN_SLEEP_MS, Math.min(Math.max(workMs, slotMs), view.nextDutyMs));
}
