import type { Clock, Timer } from '@logflume/delivery';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves time on by `ms` ≥ 0, running what is due on the way in the order it is due, each followed by whatever it sets
   * off. A timer set on the way runs too if it is due by then.
   */
  advance(ms: number): Promise<void>;
  /** Runs what waits for the running JavaScript to end, and what that sets off, without moving time. */
  settle(): Promise<void>;
  /**
   * Lets `ms` ≥ 0 pass in which nothing runs, as when the process is stopped or the machine sleeps; what became due in
   * them runs late, all of it at the new time.
   */
  suspend(ms: number): Promise<void>;
  /** Jumps the wall clock alone, as a correction of the system's time does. */
  shiftWall(ms: number): void;
  /** Timers neither run nor cancelled: after a `close` there must be none. */
  readonly pendingTimers: number;
  /** Those of them that keep a process alive. */
  readonly holdingTimers: number;
  /** When the next timer is due, on the monotonic clock; `Infinity` without one. */
  readonly nextTimerMs: number;
}

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly holds: boolean;
  readonly callback: () => void;
}

/** @param start - monotonic time and wall time to begin with, in milliseconds. */
export function createManualClock(start: { readonly nowMs?: number; readonly wallMs?: number } = {}): ManualClock {
  let nowMs = start.nowMs ?? 0;
  let wallOffsetMs = (start.wallMs ?? Date.UTC(2026, 0, 1)) - nowMs;
  let order = 0;
  const timers = new Set<Pending>();
  let soon: (() => void)[] = [];

  function set(delayMs: number, callback: () => void, holds: boolean): Timer {
    if (!(delayMs >= 0 && delayMs <= MAX_DELAY_MS)) {
      throw new RangeError(`a delay must be 0 … ${MAX_DELAY_MS} ms, got ${delayMs}: a real timer would fire at once`);
    }
    const pending = { atMs: nowMs + delayMs, order: order++, holds, callback };
    timers.add(pending);
    return { cancel: () => void timers.delete(pending) };
  }

  function next(): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of timers) {
      if (first === undefined || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  }

  async function settle(): Promise<void> {
    await drainMicrotasks();
    while (soon.length > 0) {
      const callbacks = soon;
      soon = [];
      for (const callback of callbacks) callback();
      await drainMicrotasks();
    }
  }

  return {
    nowMs: () => nowMs,
    wallMs: () => nowMs + wallOffsetMs,
    after: (delayMs, callback) => set(delayMs, callback, false),
    holdFor: (delayMs, callback) => set(delayMs, callback, true),
    soon: (callback) => void soon.push(callback),
    settle,
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let timer = next(); timer !== undefined && timer.atMs <= untilMs; timer = next()) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.atMs);
        timer.callback();
        await settle();
      }
      nowMs = untilMs;
    },
    async suspend(ms) {
      nowMs += ms;
      await this.advance(0);
    },
    shiftWall(ms) {
      wallOffsetMs += ms;
    },
    get pendingTimers() {
      return timers.size;
    },
    get holdingTimers() {
      return [...timers].filter((timer) => timer.holds).length;
    },
    get nextTimerMs() {
      return next()?.atMs ?? Number.POSITIVE_INFINITY;
    },
  };
}

/** Longest delay a Node.js timer takes; a longer one fires after 1 ms. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The next-tick queue is served once the microtask queue is empty, however long a chain of promises runs there. */
function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}
