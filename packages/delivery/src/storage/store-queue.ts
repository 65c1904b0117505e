import type { Clock } from '../clock.ts';
import type { Job } from '../send/job.ts';
import type { JobStore } from './job-store.ts';

export interface StoreQueueParts {
  readonly clock: Clock;
  readonly store: JobStore;
  /** Writes the sealed job; it is not called for one that was settled meanwhile. Must not throw. */
  readonly write: (job: Job) => void;
  readonly onBug: (error: unknown) => void;
}

/** Batches compressed at once: the threads of Node's pool, so that each lends a hand and none waits for another. */
const PARALLEL = 4;

/**
 * Jobs on their way to the disk: sealed on the thread pool, a few at a time, and written in about the order they came,
 * WARN and above first. Starts nothing inside a log call.
 */
export class StoreQueue {
  readonly #parts: StoreQueueParts;
  readonly #waiting: Record<'high' | 'low', Job[]> = { high: [], low: [] };
  #active = 0;
  #soon = false;

  constructor(parts: StoreQueueParts) {
    this.#parts = parts;
  }

  /** Whether one more would be begun at once. */
  get hasRoom(): boolean {
    return this.#active + this.#waiting.high.length + this.#waiting.low.length < PARALLEL;
  }

  /** Takes a job in state `storing`. */
  push(job: Job): void {
    this.#waiting[job.batch.lane].push(job);
    if (this.#soon) return;
    this.#soon = true;
    this.#parts.clock.soon(() => {
      this.#soon = false;
      this.#startSome();
    });
  }

  #startSome(): void {
    while (this.#active < PARALLEL) {
      const job = this.#waiting.high.shift() ?? this.#waiting.low.shift();
      if (job === undefined) return;
      if (job.state !== 'storing') continue; // Given up meanwhile, to make room in memory.
      this.#active++;
      void this.#store(job);
    }
  }

  /** Never rejects. */
  async #store(job: Job): Promise<void> {
    const { store, write, onBug } = this.#parts;
    await store.seal(job).catch(onBug); // A format that throws: the attempt meets the same and counts it.
    this.#active--;
    try {
      if (job.state === 'storing') write(job);
    } catch (error) {
      onBug(error);
    }
    this.#startSome();
  }
}
