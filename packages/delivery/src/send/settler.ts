import type { Clock } from '../clock.ts';
import type { FallbackOutput } from '../fallback/fallback-output.ts';
import type { FlushWaiters } from '../lifecycle/flush-waiters.ts';
import type { DropReason } from '../outcome.ts';
import type { BacklogFeed } from '../storage/backlog-feed.ts';
import type { JobStore } from '../storage/job-store.ts';
import { storageOf } from '../storage/storage-rules.ts';
import type { Endpoint } from './endpoint.ts';
import type { Job } from './job.ts';
import type { JobList } from './job-list.ts';

export interface SettlerParts {
  readonly clock: Clock;
  readonly jobs: JobList;
  readonly store: JobStore;
  readonly backlog: BacklogFeed;
  readonly fallback: FallbackOutput;
  readonly waiters: FlushWaiters;
  readonly release: (records: number, bytes: number) => void;
}

/** The end of jobs: tells everybody who holds something of them, and hands what nobody took to the last stop. */
export class Settler {
  readonly #parts: SettlerParts;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** The records are in the ledger: lets go of everything else. */
  settle(job: Job): void {
    const { store, backlog, waiters, release } = this.#parts;
    this.#leave(job);
    release(job.batch.records, store.settle(job));
    backlog.settled(job);
    waiters.settled(job);
  }

  /** The job goes on as others: its halves, or a shorter form. */
  replace(job: Job, parts: readonly Job[]): void {
    this.#leave(job);
    this.#parts.backlog.replaced(job, parts);
    this.#parts.waiters.replaced(job, parts);
  }

  /** Fallback, else a counted drop. Does no I/O for a job in memory: it may run inside a log call. */
  giveUp(job: Job, reason: DropReason): void {
    const { fallback, store } = this.#parts;
    if (job.state === 'settled') return;
    this.#leave(job);
    const lines = store.printable(job);
    if (lines === undefined) fallback.lose(job.batch.records, 'corrupt');
    else fallback.take(lines, job.batch.records, reason);
    this.settle(job);
  }

  /** Gives up every job that is not on disk, and ends every flush. */
  giveUpAll(reason: DropReason): void {
    const { jobs, store, waiters } = this.#parts;
    for (const job of jobs.all()) if (!store.isOnDisk(job)) this.giveUp(job, reason);
    waiters.releaseAll();
  }

  /** As `giveUpAll`, inside the exit handler: written now or never. */
  giveUpAllSync(reason: DropReason, deadlineMs: number): void {
    const { clock, fallback, jobs, store } = this.#parts;
    const endMs = clock.nowMs() + deadlineMs;
    for (const job of jobs.all()) {
      if (store.isOnDisk(job)) continue;
      const lines = store.printable(job);
      if (lines === undefined) fallback.lose(job.batch.records, reason);
      else fallback.takeSync(lines, job.batch.records, reason, Math.max(0, endMs - clock.nowMs()));
      this.settle(job);
    }
  }

  /** What stood on disk is not what was written. */
  corrupt(job: Job): void {
    this.#parts.fallback.lose(job.batch.records, 'corrupt');
    this.settle(job);
  }

  /** A frame is deleted to make room: what is on disk alone is given up, what is in memory as well goes on there. */
  evict(job: Job): void {
    const { jobs, store } = this.#parts;
    if (job.state === 'settled') return;
    if (storageOf(job) === 'spooled') this.giveUp(job, 'spool_full');
    else {
      jobs.change(job, () => {
        store.lose(job);
        job.wasEvicted = true;
      });
    }
  }

  /** Keeps a copy of a batch that no server takes: as a dead letter, or else as lines. */
  bury(job: Job, endpoint: Endpoint, reason: string): void {
    const { fallback, store } = this.#parts;
    if (this.buryPart(job, endpoint, reason)) return;
    const lines = store.printable(job);
    if (lines !== undefined) fallback.copy(lines, job.batch.records);
  }

  /** As `bury`, without lines. @returns whether it is kept. */
  buryPart(job: Job, endpoint: Endpoint, reason: string): boolean {
    const { status, text = '' } = job.lastReply ?? {};
    return this.#parts.store.bury(job, endpoint.label, { status, text: text || reason });
  }

  #leave(job: Job): void {
    this.#parts.jobs.remove(job);
    job.state = 'settled';
  }
}
