import type { SealedBatch } from '../queue/batch.ts';
import type { Endpoint } from './endpoint-pool.ts';

/** A sealed batch on its way: what the dispatcher remembers of it. */
export interface Job {
  readonly batch: SealedBatch;
  /**
   * - `ready`: goes out as soon as an endpoint has a slot.
   * - `waiting`: not before `dueMs`.
   * - `inFlight`: an attempt is under way.
   * - `settled`: in the ledger.
   */
  state: 'ready' | 'waiting' | 'inFlight' | 'settled';
  dueMs: number;
  attempts: number;
  /** 500s so far: they are tried a few times, then the batch is dead. */
  serverErrors: number;
  lastEndpoint: Endpoint | undefined;
  /** The framed and compressed body, made once before the first attempt. */
  body: SealedBody | undefined;
}

export interface SealedBody {
  readonly bytes: Uint8Array;
  /** The `Content-Encoding`, `''` for none. */
  readonly encoding: string;
}

export function createJob(batch: SealedBatch): Job {
  return {
    batch,
    state: 'ready',
    dueMs: 0,
    attempts: 0,
    serverErrors: 0,
    lastEndpoint: undefined,
    body: undefined,
  };
}

/** When a job may go out. */
export interface JobRules {
  readonly nowMs: number;
  /** `false` while the retry budget is empty. */
  readonly mayRetry: boolean;
  /** Takes even a waiting job that is not due: for the probe of an endpoint when all are out. */
  readonly anyWaiting: boolean;
}

/**
 * The job an endpoint with a free slot should get. Pure.
 *
 * Severe records go first; within a lane fresh batches before retries that are due, each oldest first, so that live
 * traffic stays fresh beside a backlog.
 */
export function nextJob(jobs: Iterable<Job>, rules: JobRules): Job | undefined {
  let best: Job | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const job of jobs) {
    const rank = rankOf(job, rules);
    if (rank < bestRank) {
      best = job;
      bestRank = rank;
    }
  }
  return best;
}

function rankOf(job: Job, { nowMs, mayRetry, anyWaiting }: JobRules): number {
  const lane = job.batch.lane === 'high' ? 0 : 2;
  if (job.state === 'ready') return lane;
  if (job.state !== 'waiting') return Number.POSITIVE_INFINITY;
  if (anyWaiting) return 4;
  return mayRetry && nowMs >= job.dueMs ? lane + 1 : Number.POSITIVE_INFINITY;
}
