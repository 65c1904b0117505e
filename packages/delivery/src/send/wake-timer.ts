import type { Clock, Timer } from '../clock.ts';
import { MAX_TIMER_MS } from '../system-clock.ts';

/** One timer for whatever comes next: asked for an earlier time it moves forward, for a later one it stays. */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #timer: Timer | undefined;
  #atMs = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Wakes at `atMs` on the monotonic clock, or before; `Infinity` asks for nothing. */
  wakeAt(atMs: number): void {
    if (this.#stopped || atMs === Number.POSITIVE_INFINITY || atMs >= this.#atMs) return;
    this.#timer?.cancel();
    this.#atMs = atMs;
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(0, atMs - this.#clock.nowMs()));
    this.#timer = this.#clock.after(delayMs, () => {
      this.#atMs = Number.POSITIVE_INFINITY;
      this.#timer = undefined;
      this.#wake();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }
}
