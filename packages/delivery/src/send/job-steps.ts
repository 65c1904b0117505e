import type { DiagnosticSink } from '../diagnostics.ts';
import type { Ledger } from '../ledger.ts';
import type { BatchOutcome } from '../outcome.ts';
import type { LaneName } from '../queue/batch.ts';
import type { ExpiryWatch } from '../storage/expiry-watch.ts';
import type { JobStore } from '../storage/job-store.ts';
import type { OpenBatches, Storekeeper } from '../storage/storekeeper.ts';
import { type BookParts, bookOutcome, bookOversize } from './book-outcome.ts';
import type { Endpoint } from './endpoint.ts';
import type { Job } from './job.ts';
import type { JobList } from './job-list.ts';
import { inherit } from './job-order.ts';
import type { Pace } from './pace.ts';
import type { Settler } from './settler.ts';

export type StepRules = Pick<BookParts, 'maxServerErrorRetries' | 'bisects'>;

export interface JobStepsParts {
  readonly jobs: JobList;
  readonly store: JobStore;
  readonly keeper: Storekeeper;
  readonly settler: Settler;
  readonly pace: Pace;
  readonly expiry: ExpiryWatch;
  readonly ledger: Ledger;
  readonly report: DiagnosticSink;
  readonly rules: StepRules;
  readonly source: Pick<OpenBatches, 'excessBytes'>;
  /** Frees bytes in memory for a job of this lane, if it can. */
  readonly makeRoom: (bytes: number, lane: LaneName) => unknown;
  /** A batch was taken, or most of it. Must not throw. */
  readonly onTaken: () => void;
  /** A job came up in the place of another. */
  readonly onNew: (job: Job) => void;
}

/** What becomes of a job after an attempt: it ends, waits, or goes on as its halves or in a shorter form. */
export class JobSteps {
  readonly #parts: JobStepsParts;
  readonly #bookParts: BookParts;

  constructor(parts: JobStepsParts) {
    this.#parts = parts;
    const { ledger, report, rules, settler } = parts;
    const { maxServerErrorRetries, bisects } = rules;
    const bury = settler.bury.bind(settler);
    const buryPart = settler.buryPart.bind(settler);
    this.#bookParts = { ledger, report, maxServerErrorRetries, bisects, bury, buryPart };
  }

  /** Takes an outcome into the ledger, and the step that follows from it. */
  apply(job: Job, outcome: BatchOutcome, endpoint: Endpoint): void {
    const { pace, settler, onTaken } = this.#parts;
    job.lastEndpoint = endpoint;
    switch (bookOutcome(job, outcome, endpoint, this.#bookParts)) {
      case 'taken':
        pace.succeeded();
        onTaken();
        return settler.settle(job);
      case 'refused':
        return settler.settle(job);
      case 'wait':
        return this.wait(job, pace.retryAtMs(job));
      case 'split':
        return this.split(job);
      case 'shorten':
        return this.#shorten(job, endpoint);
    }
  }

  /** @param forDisk - the disk did not answer: nobody takes the job before it is due. */
  wait(job: Job, dueMs: number, forDisk = false): void {
    const { jobs, keeper, expiry, source } = this.#parts;
    jobs.change(job, () => {
      keeper.takeBack(job);
      job.state = 'waiting';
      job.dueMs = dueMs;
      job.waitsForDisk = forDisk;
    });
    expiry.add(job);
    // Its place on disk may have gone to others while it was sent from there, and they filled the memory.
    if (source.excessBytes > 0) this.#parts.makeRoom(source.excessBytes, job.batch.lane);
  }

  split(job: Job): void {
    const { store, settler } = this.#parts;
    const halves = store.halve(job);
    if (halves === undefined) return settler.giveUp(job, 'oversize');
    this.#replace(job, halves);
  }

  /** Cuts the text of a record that is too large for an endpoint, once. */
  #shorten(job: Job, endpoint: Endpoint): void {
    const { store, settler, report } = this.#parts;
    const shorter = job.isCut ? undefined : store.shorten(job);
    if (shorter !== undefined) {
      const message = `${endpoint.label} refuses a record of ${job.batch.bytes} bytes as too large: its text was cut`;
      report({ kind: 'recordReduced', message });
      return this.#replace(job, [shorter]);
    }
    bookOversize(job, endpoint, this.#bookParts);
    settler.settle(job);
  }

  #replace(job: Job, successors: readonly Job[]): void {
    const { settler, keeper, onNew } = this.#parts;
    inherit(job, successors);
    settler.replace(job, successors);
    for (const successor of successors) {
      keeper.admit(successor);
      onNew(successor);
    }
  }
}
