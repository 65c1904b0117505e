import type { Clock, Timer } from '../clock.ts';

/** How often the event loop is felt while somebody watches: a block that is shorter may go unnoticed. */
const BEAT_MS = 250;

/** Less is no block: timers are never quite in time. */
const MIN_LATE_MS = 50;

/** Less than this changes no judgement. */
const MIN_VOID_MS = 100;

export interface LagWatch {
  /** By how many milliseconds the loop was late since the watch began. */
  lateMs(): number;
  end(): void;
}

/**
 * Measures how late the event loop was while attempts are under way: what a blocked application did not read in time is
 * not the endpoint's fault. The timer runs while somebody watches, and never keeps the process alive.
 */
export class LoopLag {
  readonly #clock: Clock;
  #watchers = 0;
  #timer: Timer | undefined;
  #dueMs = 0;
  #totalMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins to watch; every watch is to be ended. */
  watch(): LagWatch {
    if (this.#watchers++ === 0) this.#beat();
    const beforeMs = this.#lateMs();
    return {
      lateMs: () => this.#lateMs() - beforeMs,
      end: () => {
        if (--this.#watchers === 0) this.#timer?.cancel();
      },
    };
  }

  /** So far, a beat that is overdue included: an answer may be read before it. */
  #lateMs(): number {
    const overdueMs = this.#clock.nowMs() - this.#dueMs;
    return this.#totalMs + (overdueMs > MIN_LATE_MS ? overdueMs : 0);
  }

  #beat(): void {
    this.#dueMs = this.#clock.nowMs() + BEAT_MS;
    this.#timer = this.#clock.after(BEAT_MS, () => {
      this.#totalMs = this.#lateMs();
      this.#beat();
    });
  }
}

/** Whether an attempt says nothing about its endpoint, as for the better part of its time nobody here was listening. Pure. */
export function isVoid(lateMs: number, tookMs: number): boolean {
  return lateMs > MIN_VOID_MS && lateMs * 2 > tookMs;
}
