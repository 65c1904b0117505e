import type { Clock, Timer } from '../clock.ts';

/** How often the event loop is felt after a watch has begun: a block that is shorter may go unnoticed. */
const BEAT_MS = 250;

/** The longer an attempt takes, the less a short block says about it: a request that hangs for days costs no beats. */
const BEAT_GROWTH = 1.1;
const MAX_BEAT_MS = 60_000;

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
  #beatMs = 0;
  #dueMs = 0;
  #totalMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins to watch; every watch is to be ended. */
  watch(): LagWatch {
    if (this.#watchers++ === 0 || this.#beatMs > BEAT_MS) this.#restart();
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

  #restart(): void {
    if (this.#watchers > 1) this.#totalMs = this.#lateMs();
    this.#timer?.cancel();
    this.#beat(BEAT_MS);
  }

  #beat(beatMs: number): void {
    this.#beatMs = beatMs;
    this.#dueMs = this.#clock.nowMs() + beatMs;
    this.#timer = this.#clock.after(beatMs, () => {
      this.#totalMs = this.#lateMs();
      this.#beat(Math.min(MAX_BEAT_MS, beatMs * BEAT_GROWTH));
    });
  }
}

/** Whether an attempt says nothing about its endpoint, as for the better part of its time nobody here was listening. Pure. */
export function isVoid(lateMs: number, tookMs: number): boolean {
  return lateMs > MIN_VOID_MS && lateMs * 2 > tookMs;
}
