import type { Job } from '../send/job.ts';
import type { Spool } from '../spool/spool.ts';
import type { JobStore } from './job-store.ts';

export interface BacklogFeedParts {
  readonly spool: Spool | undefined;
  readonly store: JobStore;
  /** Told of records that are ours from now on. */
  readonly adopt: (records: number) => void;
}

/** Batches of earlier processes that are known here at once: enough for every slot, little in memory. */
const MAX_AHEAD = 32;

/** Takes what earlier processes left from the disk, oldest first, a few batches ahead of those who send. */
export class BacklogFeed {
  readonly #parts: BacklogFeedParts;
  readonly #ahead = new Set<Job>();

  constructor(parts: BacklogFeedParts) {
    this.#parts = parts;
  }

  /** @returns the next batch, `undefined` if there is none now or enough of them are known. */
  next(): Job | undefined {
    const { spool, store, adopt } = this.#parts;
    if (spool === undefined || this.#ahead.size >= MAX_AHEAD) return undefined;
    const step = spool.take();
    if (step.kind !== 'frame') return undefined;
    adopt(step.frame.records);
    const job = store.recover(step.frame);
    this.#ahead.add(job);
    return job;
  }

  settled(job: Job): void {
    this.#ahead.delete(job);
  }

  replaced(job: Job, parts: readonly Job[]): void {
    if (this.#ahead.delete(job)) for (const part of parts) this.#ahead.add(part);
  }
}
