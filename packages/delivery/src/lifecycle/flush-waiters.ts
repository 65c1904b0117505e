import type { Clock } from '../clock.ts';
import type { Job } from '../send/job.ts';

/** Somebody who waits until certain jobs are settled, or a deadline. */
interface Waiter {
  readonly jobs: Set<Job>;
  readonly deadlineMs: number;
  readonly done: () => void;
}

/** Those who wait in a `flush` or `close`. */
export class FlushWaiters {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The first deadline of those who wait; `Infinity` while nobody does. */
  get firstDeadlineMs(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { deadlineMs } of this.#waiters) first = Math.min(first, deadlineMs);
    return first;
  }

  /** Resolves when all of `jobs`, or what they are split into, are settled, at the latest at the deadline. */
  waitFor(jobs: Iterable<Job>, deadlineMs: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = this.#clock.holdFor(Math.max(0, deadlineMs - this.#clock.nowMs()), () => waiter.done());
      const waiter: Waiter = {
        jobs: new Set(jobs),
        deadlineMs,
        done: () => {
          timer.cancel();
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      this.#waiters.add(waiter);
    });
  }

  settled(job: Job): void {
    for (const waiter of this.#waiters) {
      if (waiter.jobs.delete(job) && waiter.jobs.size === 0) waiter.done();
    }
  }

  replaced(job: Job, parts: readonly Job[]): void {
    for (const { jobs } of this.#waiters) {
      if (jobs.delete(job)) for (const part of parts) jobs.add(part);
    }
  }

  /** Lets everybody go: what is pending now stays so. */
  releaseAll(): void {
    for (const waiter of this.#waiters) waiter.done();
  }

  /** Lets those go whose deadline comes before anything can be sent again. */
  releaseBefore(nextChanceMs: number): void {
    for (const waiter of this.#waiters) if (waiter.deadlineMs < nextChanceMs) waiter.done();
  }
}
