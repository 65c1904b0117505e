import type { RecordRun } from '../format.ts';
import type { BatchFacts, SealedBatch } from '../queue/batch.ts';
import type { StoredFrame } from '../spool/stored-frame.ts';
import type { Endpoint } from './endpoint.ts';

/** A sealed batch on its way: what the dispatcher remembers of it. */
export interface Job {
  readonly batch: BatchFacts;
  /**
   * - `storing`: about to be written to disk, before it may go.
   * - `ready`: goes out as soon as an endpoint has a slot.
   * - `waiting`: not before `dueMs`.
   * - `inFlight`: an attempt is under way.
   * - `settled`: in the ledger.
   */
  state: 'storing' | 'ready' | 'waiting' | 'inFlight' | 'settled';
  dueMs: number;
  /** It waits because the disk did not answer: nobody takes it before it is due, as the next answer would be the same. */
  waitsForDisk: boolean;
  attempts: number;
  /** Whether it is the shorter form of a record that was refused as too large. */
  isCut: boolean;
  /** 500s so far: they are tried a few times, then the batch is dead. */
  serverErrors: number;
  lastEndpoint: Endpoint | undefined;
  /** What the last endpoint said, for a dead letter. */
  lastReply: LastReply | undefined;
  /** Its turn, where order is kept. */
  place: JobPlace | undefined;

  // Where its bytes are: see storage/job-store.ts, which alone changes these.

  /** The records as they were logged, until there is a body of them. */
  runs: readonly RecordRun[] | undefined;
  /** The framed and compressed body, made once before the first attempt, while memory holds it. */
  body: SealedBody | undefined;
  /** The chunk of the pool where those bytes stand and nothing else does. */
  chunk: Uint8Array | undefined;
  /** Its place on disk. */
  frame: StoredFrame | undefined;
  /** The place of the batch it was split from, until it has one of its own. */
  parent: SharedFrame | undefined;
  /** Its place on disk was needed for others: it stays in memory, else the two would push each other out without end. */
  wasEvicted: boolean;
  /** What the queue's budget counts for it. */
  countedBytes: number;
}

export interface SealedBody {
  readonly bytes: Uint8Array;
  /** The `Content-Encoding`, `''` for none. */
  readonly encoding: string;
  /** Of a body another format made, in an earlier process. @defaultValue that of our own format */
  readonly contentType?: string | undefined;
}

export interface LastReply {
  /** HTTP status, `undefined` if there was no answer. */
  readonly status: number | undefined;
  readonly text: string;
}

/** Where a job stands among those of its lane that it must not overtake. */
export interface JobPlace {
  /** Of an earlier process: those stand in lines of their own. */
  readonly isEarlier: boolean;
  /** Records in front of it, ever. */
  readonly position: number;
}

/** A frame that is done with when all who hold it are. */
export interface SharedFrame {
  readonly frame: StoredFrame;
  holders: number;
}

export function createJob({ id, lane, records, bytes, openedMs, runs, chunk }: SealedBatch): Job {
  const job = createBodyJob({ id, lane, records, bytes, openedMs }, {});
  job.runs = runs;
  job.chunk = chunk;
  job.countedBytes = bytes;
  return job;
}

/** A batch whose bytes are not in the form of records: on disk, or half of such a one. */
export function createBodyJob(batch: BatchFacts, where: Partial<Pick<Job, 'body' | 'frame' | 'parent'>>): Job {
  return {
    batch,
    state: 'ready',
    dueMs: 0,
    waitsForDisk: false,
    attempts: 0,
    isCut: false,
    serverErrors: 0,
    lastEndpoint: undefined,
    lastReply: undefined,
    place: undefined,
    runs: undefined,
    chunk: undefined,
    body: where.body,
    frame: where.frame,
    parent: where.parent,
    wasEvicted: false,
    countedBytes: 0,
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
  if (anyWaiting && !(job.waitsForDisk && nowMs < job.dueMs)) return 4;
  return mayRetry && nowMs >= job.dueMs ? lane + 1 : Number.POSITIVE_INFINITY;
}
