import type { Job } from '../send/job.ts';
import type { JobStore } from './job-store.ts';
import { type AgeLimits, expiresAtMs } from './storage-rules.ts';

/** Knows when the next job is too old, so that nobody looks at all of them before. */
export class ExpiryWatch {
  readonly #store: JobStore;
  readonly #limits: AgeLimits;
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(store: JobStore, limits: AgeLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  /** When to look again, on the monotonic clock. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** A job came, came back, or is kept elsewhere from now on. */
  add(job: Job): void {
    this.#nextMs = Math.min(this.#nextMs, this.#atMs(job) + 1);
  }

  /** Those of `jobs` that are too old; what is under way is left to its answer. */
  expired(jobs: () => readonly Job[], nowMs: number): readonly Job[] {
    if (nowMs < this.#nextMs) return [];
    this.#nextMs = Number.POSITIVE_INFINITY;
    return jobs().filter((job) => {
      if (job.state === 'inFlight') return false;
      const isExpired = nowMs > this.#atMs(job);
      if (!isExpired) this.add(job);
      return isExpired;
    });
  }

  #atMs(job: Job): number {
    return expiresAtMs(job.batch.openedMs, this.#store.isOnDisk(job), this.#limits);
  }
}
