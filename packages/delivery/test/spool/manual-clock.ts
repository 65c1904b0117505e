import type { Clock, Timer } from '../../src/clock.ts';

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that moves when a test says so. */
export class ManualClock implements Clock {
  #nowMs = 1000;
  #order = 0;
  #pending: Pending[] = [];
  /** Wall clock minus monotonic clock; set it to make the wall clock jump. */
  wallOffsetMs = 1_800_000_000_000;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.wallOffsetMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const entry = { atMs: this.#nowMs + delayMs, order: this.#order++, callback };
    this.#pending.push(entry);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== entry);
      },
    };
  }

  holdFor(delayMs: number, callback: () => void): Timer {
    return this.after(delayMs, callback);
  }

  soon(callback: () => void): void {
    this.after(0, callback);
  }

  /** Timers that are set and not due. */
  get pendingTimers(): number {
    return this.#pending.length;
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#pending
        .filter((entry) => entry.atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      if (due === undefined) break;
      this.#pending = this.#pending.filter((entry) => entry !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.callback();
    }
    this.#nowMs = untilMs;
  }

  /** Lets work that is due run, and what it waits for, until a promise settles. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const done = promise.finally(() => {
      isSettled = true;
    });
    while (!isSettled) {
      this.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return done;
  }
}
