import type { Clock } from '../clock.ts';
import type { LineSource } from '../fallback/fallback-output.ts';
import {
  type BatchFacts,
  cutRuns,
  deriveBatchId,
  HIGH_LANE_SEVERITY,
  LANE_SEVERITY,
  splitBatch,
} from '../queue/batch.ts';
import { createBodyJob, createJob, type Job, type LastReply, type SealedBody } from '../send/job.ts';
import { type FrameMeta, HEADER_BYTES } from '../spool/segment-format.ts';
import type { Spool } from '../spool/spool.ts';
import type { StoredFrame } from '../spool/stored-frame.ts';
import {
  type BodyCoding,
  compressSync,
  fromFrameEncoding,
  plainBody,
  sealBody,
  toFrameEncoding,
} from './body-coding.ts';
import { type StorageMode, storageOf } from './storage-rules.ts';

export interface JobStoreParts extends BodyCoding {
  readonly clock: Clock;
  readonly endOf: (bytes: Uint8Array, at: number) => number;
  /** Takes back bytes, and gets those that came into memory as a negative number. */
  readonly releaseBytes: (bytes: number) => void;
}

/** What reading a batch back gave: `later` is a disk that does not answer now. */
export type Recalled = 'inMemory' | 'corrupt' | 'later';

/**
 * Where the bytes of each job are: in memory as records or as a body, on disk, or both. Alone in changing that, and in
 * touching the spool. Without a spool everything is `mem`, and no call here touches a disk.
 *
 * A job has its records or its body in memory, not both: they say the same, and a compressed body is a seventh of the
 * size.
 */
export class JobStore {
  readonly mode: StorageMode;
  readonly #parts: JobStoreParts;
  readonly #spool: Spool | undefined;
  /** Whose frame it is; frames of earlier processes that nobody has asked for yet are not in it. */
  readonly #jobs = new WeakMap<StoredFrame, Job>();
  #isClosed = false;
  /** Records of the jobs that are on disk. */
  spooledRecords = 0;

  constructor(parts: JobStoreParts, spool: Spool | undefined) {
    this.mode = spool?.options.mode ?? 'memory';
    this.#parts = parts;
    this.#spool = spool;
  }

  /** Whether a batch may be written now. */
  get takesBatches(): boolean {
    return this.#spool?.takesBatches === true;
  }

  /** Whether a frame may be as large as this job, as far as its size is known. */
  fits(job: Job): boolean {
    const frameBytes = HEADER_BYTES + (job.body?.bytes.length ?? 0);
    return this.#spool !== undefined && !job.wasEvicted && frameBytes <= this.#spool.options.maxFrameBytes;
  }

  isOnDisk(job: Job): boolean {
    return job.frame !== undefined || job.parent !== undefined;
  }

  /** The job of a frame; see `Spool.evict`. */
  jobOf(frame: StoredFrame): Job | undefined {
    return this.#jobs.get(frame);
  }

  /** A batch of an earlier process. */
  recover(frame: StoredFrame): Job {
    const job = createBodyJob(factsOf(frame), { frame });
    this.#jobs.set(frame, job);
    this.spooledRecords += frame.records;
    return job;
  }

  /** The body, made once. */
  async seal(job: Job): Promise<SealedBody> {
    if (job.body !== undefined) return job.body;
    const body = await sealBody(job.runs ?? [], this.#parts);
    // The exit handler, or a close, may have been faster.
    if (job.body === undefined) this.#becomeBody(job, body);
    return job.body ?? body;
  }

  /** @param isCompressed - `false` where a log call waits: a single record gains little. */
  sealSync(job: Job, isCompressed = true): SealedBody {
    const { format, compression } = this.#parts;
    if (job.body !== undefined) return job.body;
    const plain: SealedBody = { bytes: format.frame(job.runs ?? []), encoding: '' };
    const body = isCompressed ? compressSync(plain, compression) : plain;
    this.#becomeBody(job, body);
    return body;
  }

  /** Gives back the chunk of a job that is settled, if nobody reads it any more. */
  recycle(chunk: Uint8Array | undefined): void {
    if (chunk !== undefined) this.#parts.pool.giveBack(chunk);
  }

  /** Writes a sealed job. Never throws for trouble with the disk. @returns whether it is on disk now. */
  persist(job: Job): boolean {
    const { body } = job;
    if (job.frame !== undefined || body === undefined) return job.frame !== undefined;
    const encoding = toFrameEncoding(body.encoding);
    if (encoding === undefined) return false;
    const frame = this.#spool?.append(this.#metaOf(job, encoding), body.bytes);
    if (frame === undefined) return false;
    if (!this.isOnDisk(job)) this.spooledRecords += job.batch.records;
    this.#letGoOfParent(job);
    job.frame = frame;
    this.#jobs.set(frame, job);
    job.runs = undefined;
    this.#recount(job);
    return true;
  }

  /** Gives up the copy in memory of a job that is on disk. */
  dropCopy(job: Job): void {
    if (storageOf(job) !== 'both') return;
    job.runs = undefined;
    job.body = undefined;
    job.chunk = undefined;
    this.#recount(job);
  }

  /**
   * Reads a job back that is on disk alone. Its bytes are not counted by the queue's budget: it is about to be sent, and
   * `dropCopy` follows if that fails.
   */
  recall(job: Job): Recalled {
    if (job.frame === undefined || storageOf(job) === 'both') return 'inMemory';
    const found = this.#spool?.read(job.frame);
    switch (found?.kind) {
      case 'payload':
        job.body = toBody(job.frame, found.payload);
        return 'inMemory';
      case 'unavailable':
        return 'later';
      default:
        return 'corrupt';
    }
  }

  /** The place on disk is gone: deleted to make room, or by somebody else. What memory holds stays. */
  lose(job: Job): void {
    if (job.frame === undefined) return;
    job.frame = undefined;
    if (!this.isOnDisk(job)) this.spooledRecords -= job.batch.records;
    this.#recount(job);
  }

  /** A place on disk that went away behind our back counts no more. */
  notice(job: Job): void {
    if (job.frame !== undefined && this.#spool?.holds(job.frame) !== true) this.lose(job);
    if (job.parent === undefined || this.#spool?.holds(job.parent.frame) === true) return;
    job.parent = undefined;
    if (!this.isOnDisk(job)) this.spooledRecords -= job.batch.records;
  }

  /** The job is terminal. @returns the bytes its end frees. */
  settle(job: Job): number {
    const bytes = job.countedBytes;
    if (this.isOnDisk(job)) this.spooledRecords -= job.batch.records;
    if (job.frame !== undefined) this.#settleFrame(job.frame);
    this.#letGoOfParent(job);
    job.frame = undefined;
    job.runs = undefined;
    job.body = undefined;
    job.chunk = undefined;
    job.countedBytes = 0;
    return bytes;
  }

  /** What to print of a job; `undefined` if its bytes cannot be read. */
  printable(job: Job): LineSource | undefined {
    const { format, endOf } = this.#parts;
    const { runs } = job;
    if (runs !== undefined) {
      return { bytes: job.batch.bytes, lines: (most) => format.lines(cutRuns(runs, most, endOf)[0]) };
    }
    if (this.recall(job) !== 'inMemory' || job.body === undefined) return undefined;
    const { body } = job;
    return {
      bytes: body.bytes.length,
      lines() {
        const plain = plainBody(body);
        return plain === undefined ? [] : format.linesOfBody(plain);
      },
    };
  }

  /** Keeps a batch no server takes. @returns whether it is kept: without a spool it is not. */
  bury(job: Job, endpoint: string, reply: LastReply): boolean {
    if (this.#spool === undefined || this.recall(job) !== 'inMemory') return false;
    const body = this.sealSync(job);
    const encoding = toFrameEncoding(body.encoding);
    if (encoding === undefined) return false;
    const reason = { status: reply.status, endpoint, reply: reply.text };
    return this.#spool.deadLetter(this.#metaOf(job, encoding), body.bytes, reason);
  }

  /**
   * Cuts a job in memory in two; the halves hold on to its place on disk until they have their own.
   *
   * @returns `undefined` if it cannot be cut: a single record, bytes that cannot be read.
   */
  halve(job: Job): readonly [Job, Job] | undefined {
    const halves = job.runs === undefined ? this.#halveBody(job) : this.#halveRuns(job);
    if (halves === undefined) return undefined;
    const shared = job.parent ?? (job.frame === undefined ? undefined : { frame: job.frame, holders: 1 });
    if (shared !== undefined) shared.holders++;
    for (const half of halves) {
      half.parent = shared;
      half.serverErrors = job.serverErrors;
    }
    const before = job.countedBytes;
    this.#parts.releaseBytes(before - halves[0].countedBytes - halves[1].countedBytes);
    return halves;
  }

  /**
   * The shorter form of a job of one record, which holds on to the place of the whole on disk until it has its own.
   *
   * @returns `undefined` if there is nothing to cut, or it cannot be read.
   */
  shorten(job: Job): Job | undefined {
    const { format, compression, releaseBytes } = this.#parts;
    const plain = job.runs === undefined ? job.body && plainBody(job.body) : format.frame(job.runs);
    const bytes = plain === undefined ? undefined : format.shortenBody?.(plain);
    if (plain === undefined || bytes === undefined || bytes.length >= plain.length) return undefined;
    const batch = { ...job.batch, id: deriveBatchId(job.batch.id, 'cut'), bytes: bytes.length };
    const body = compressSync({ bytes, encoding: '', contentType: job.body?.contentType }, compression);
    const parent = job.parent ?? (job.frame === undefined ? undefined : { frame: job.frame, holders: 1 });
    const shorter = { ...createBodyJob(batch, { body, parent }), countedBytes: body.bytes.length, isCut: true };
    releaseBytes(job.countedBytes - shorter.countedBytes);
    return shorter;
  }

  /** Records of earlier processes that are counted on disk and were not asked for yet. */
  waitingRecords(): number {
    if (this.#spool === undefined) return 0;
    const { backlogRecords, estimatedRecords } = this.#spool.gauges();
    return backlogRecords - estimatedRecords;
  }

  /** Lets go of the disk; what is on it is left to the next process. What ends afterwards leaves no mark there. */
  close(): void {
    this.#spool?.close();
    this.#isClosed = true;
  }

  /**
   * The body takes the place of the records, unless nobody here could read it back. Their memory is good for the next
   * ones then; were they given to the fallback meanwhile, there are none any more.
   */
  #becomeBody(job: Job, body: SealedBody): void {
    job.body = body;
    if (job.runs === undefined || toFrameEncoding(body.encoding) === undefined) return;
    if (job.chunk !== undefined) this.#parts.pool.giveBack(job.chunk);
    job.chunk = body.encoding === '' ? body.bytes : undefined;
    job.runs = undefined;
  }

  #settleFrame(frame: StoredFrame): void {
    if (!this.#isClosed) this.#spool?.settle(frame);
  }

  #halveRuns(job: Job): readonly [Job, Job] | undefined {
    if (job.runs === undefined) return undefined;
    const halves = splitBatch({ ...job.batch, runs: job.runs }, this.#parts.endOf);
    return halves && [createJob(halves[0]), createJob(halves[1])];
  }

  #halveBody(job: Job): readonly [Job, Job] | undefined {
    const plain = job.body === undefined ? undefined : plainBody(job.body);
    const parts = plain === undefined ? undefined : this.#parts.format.splitBody(plain);
    // Halves that do not add up to the whole would break the ledger.
    if (parts === undefined || parts[0].records + parts[1].records !== job.batch.records) return undefined;
    const toJob = (half: 0 | 1): Job => {
      const { body: bytes, records } = parts[half];
      // Its share of the records: measured with its headers, a half would be too large for what was learned of its whole.
      const share = Math.max(1, Math.floor((job.batch.bytes * records) / job.batch.records));
      const batch = { ...job.batch, id: deriveBatchId(job.batch.id, half), records, bytes: share };
      const body = compressSync({ bytes, encoding: '', contentType: job.body?.contentType }, this.#parts.compression);
      return { ...createBodyJob(batch, { body }), countedBytes: body.bytes.length };
    };
    return [toJob(0), toJob(1)];
  }

  #metaOf(job: Job, encoding: FrameMeta['encoding']): FrameMeta {
    const { clock, format } = this.#parts;
    const { id, records, openedMs, lane } = job.batch;
    const contentType = job.body?.contentType ?? format.contentType;
    const createdMs = clock.wallMs() - (clock.nowMs() - openedMs);
    return { batchId: id, records, createdMs, minSeverity: LANE_SEVERITY[lane], encoding, contentType };
  }

  #letGoOfParent(job: Job): void {
    const { parent } = job;
    job.parent = undefined;
    if (parent !== undefined && --parent.holders === 0) this.#settleFrame(parent.frame);
  }

  #recount(job: Job): void {
    const held = job.runs === undefined ? (job.body?.bytes.length ?? 0) : job.batch.bytes;
    this.#parts.releaseBytes(job.countedBytes - held);
    job.countedBytes = held;
  }
}

function toBody({ encoding, contentType }: StoredFrame, bytes: Uint8Array): SealedBody {
  return { bytes, encoding: fromFrameEncoding(encoding), contentType };
}

/** How much larger records are than a compressed body of them, about: what a later 413 is measured by. */
const COMPRESSION_RATIO = 7;

function factsOf({ batchId, minSeverity, records, payloadBytes, encoding, bornMs }: StoredFrame): BatchFacts {
  return {
    id: batchId,
    lane: minSeverity >= HIGH_LANE_SEVERITY ? 'high' : 'low',
    records,
    bytes: encoding === 'identity' ? payloadBytes : payloadBytes * COMPRESSION_RATIO,
    openedMs: bornMs,
  };
}
