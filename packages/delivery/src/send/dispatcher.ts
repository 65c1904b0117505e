import { setMaxListeners } from 'node:events';
import type { Random } from '../clock.ts';
import type { DiagnosticSink } from '../diagnostics.ts';
import type { FallbackOutput } from '../fallback/fallback-output.ts';
import type { Ledger } from '../ledger.ts';
import { FlushWaiters } from '../lifecycle/flush-waiters.ts';
import type { BatchOutcome } from '../outcome.ts';
import type { LaneName, SealedBatch } from '../queue/batch.ts';
import type { BacklogFeed } from '../storage/backlog-feed.ts';
import { ExpiryWatch } from '../storage/expiry-watch.ts';
import type { JobStore, Recalled } from '../storage/job-store.ts';
import type { AgeLimits } from '../storage/storage-rules.ts';
import { type OpenBatches, Storekeeper } from '../storage/storekeeper.ts';
import { type AttemptParts, type AttemptResult, attempt, type NotSent } from './attempt.ts';
import type { Endpoint } from './endpoint.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { createJob, type Job } from './job.ts';
import { JobList } from './job-list.ts';
import { JobSteps, type StepRules } from './job-steps.ts';
import { nextWakeMs } from './next-wake.ts';
import { Pace, type PaceSettings } from './pace.ts';
import { MIN_DELAY_MS } from './retry.ts';
import { Settler } from './settler.ts';
import { closeTransport } from './transport-end.ts';
import { WakeTimer } from './wake-timer.ts';

export interface DispatchSettings extends PaceSettings, StepRules {
  /** A batch older than the limit of where it is kept goes to the fallback. */
  readonly maxAge: AgeLimits;
  readonly lingerMs: number;
  /** Whether one request is under way at a time, and the batches of a lane go in their order. */
  readonly isOrdered: boolean;
}

/** The entrance as the dispatcher sees it: where batches come from, and who is told that they are settled. */
export interface BatchSource extends OpenBatches {
  release(records: number, bytes: number): void;
}

export interface DispatcherParts extends AttemptParts {
  readonly random: Random;
  readonly pool: EndpointPool;
  readonly store: JobStore;
  readonly backlog: BacklogFeed;
  readonly ledger: Ledger;
  readonly fallback: FallbackOutput;
  readonly report: DiagnosticSink;
  readonly source: BatchSource;
  /** A batch was taken, or most of it. Must not throw. */
  readonly onDelivered: () => void;
}

/** Before a disk that does not answer is read again. */
const DISK_RETRY_MS = 1000;

/**
 * Takes sealed batches to endpoints: chooses the next job and endpoint, carries out attempts, and acts on what the pure
 * functions beside it decide. Every effect of sending is started here.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #jobs: JobList;
  readonly #waiters: FlushWaiters;
  readonly #timer: WakeTimer;
  readonly #pace: Pace;
  /** What is written to disk, and when. */
  readonly keeper: Storekeeper;
  /** How jobs end that are not sent. */
  readonly settler: Settler;
  readonly #expiry: ExpiryWatch;
  readonly #steps: JobSteps;
  #soon = false;
  #abort = new AbortController();
  #closing = false;
  #stopped = false;

  constructor(parts: DispatcherParts, settings: DispatchSettings) {
    this.#parts = parts;
    const { clock, random, store, ledger, report } = parts;
    this.#jobs = new JobList(settings.isOrdered);
    const waiters = new FlushWaiters(clock);
    this.#waiters = waiters;
    const { backlog, fallback, pool, source } = parts;
    const release = source.release.bind(source);
    this.settler = new Settler({ clock, jobs: this.#jobs, store, backlog, fallback, waiters, release });
    this.#pace = new Pace({ clock, random, jobs: this.#jobs, waiters }, settings);
    this.#timer = new WakeTimer(clock, () => this.#pump());
    this.#expiry = new ExpiryWatch(store, settings.maxAge);
    this.keeper = new Storekeeper({
      clock,
      store,
      jobs: this.#jobs,
      source,
      lingerMs: settings.lingerMs,
      isOffline: () => pool.isOffline,
      onStored: (job) => this.#added(job),
      onBug: (error) => this.#reportBug(error),
    });
    this.#steps = new JobSteps({
      jobs: this.#jobs,
      store,
      keeper: this.keeper,
      settler: this.settler,
      pace: this.#pace,
      expiry: this.#expiry,
      ledger,
      report,
      rules: settings,
      source,
      makeRoom: (bytes, lane) => this.makeRoom(bytes, lane),
      onTaken: parts.onDelivered,
      onNew: (job) => this.#added(job),
    });
    // Every attempt under way listens, eight for each endpoint; Node would warn of a leak at eleven.
    setMaxListeners(0, this.#abort.signal);
  }

  /** Batches not settled yet, WARN and above first. */
  get unsettled(): readonly Job[] {
    return this.#jobs.all();
  }

  /** Records in requests under way. */
  get inFlightRecords(): number {
    return this.#jobs.inFlightRecords;
  }

  /** Takes a sealed batch; sends nothing yet, as this may run inside a log call. */
  add(batch: SealedBatch): Job {
    const job = createJob(batch);
    this.keeper.admit(job);
    this.#added(job);
    return job;
  }

  /** Takes a batch that is not to be lost with the process: it is on disk, if it can be, when this returns. */
  addNow(batch: SealedBatch): void {
    const job = createJob(batch);
    this.keeper.admitNow(job);
    this.#added(job);
  }

  /** Looks for work again in `delayMs`, or before. */
  wakeIn(delayMs: number): void {
    this.#timer.wakeAt(this.#parts.clock.nowMs() + delayMs);
  }

  /** Looks for work once the running call is done. */
  wakeSoon(): void {
    this.#pumpSoon();
  }

  /** Frees `bytes` in memory for a record of `lane`; see `Storekeeper.makeRoom`. */
  makeRoom(bytes: number, lane: LaneName): boolean {
    return this.keeper.makeRoom(bytes, lane, (job) => this.settler.giveUp(job, 'queue_full'));
  }

  /**
   * Seals what is open and waits until everything pending now is settled, or `deadlineMs` on the monotonic clock.
   * Sleeps that would outlast the deadline are cut short meanwhile.
   *
   * @param closing - if no endpoint takes traffic, the ejected ones are asked once more, before their time.
   */
  async drain(deadlineMs: number, closing = false): Promise<void> {
    const { clock, pool, source } = this.#parts;
    const nowMs = clock.nowMs();
    for (let batch = source.sealOpen(); batch; batch = source.sealOpen()) this.add(batch);
    if (closing) {
      this.#closing = true;
      this.keeper.close();
    }
    // What is left after a close is on disk, for the next process.
    if (this.#jobs.size === 0 || this.#stopped) return;
    if (closing && pool.isOffline) pool.hastenProbes();
    const settled = this.#waiters.waitFor(this.#jobs.all(), deadlineMs);
    this.#pace.hurry(nowMs);
    this.#pumpSoon();
    await settled;
  }

  /**
   * Ends every attempt and takes no more work; what is unsettled stays in `unsettled`.
   *
   * @returns once the transport is closed. Never rejects.
   */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#timer.stop();
    this.#abort.abort();
    return closeTransport(this.#parts.transport);
  }

  /** Takes the outcome of an attempt that was made elsewhere: by the exit worker. */
  settleAs(job: Job, outcome: BatchOutcome, endpoint: Endpoint): void {
    this.#steps.apply(job, outcome, endpoint);
  }

  #pumpSoon(): void {
    if (this.#soon || this.#stopped) return;
    this.#soon = true;
    this.#parts.clock.soon(() => {
      this.#soon = false;
      this.#pump();
    });
  }

  /** Runs from timers and ends of attempts, where whatever is thrown would be the application's uncaught exception. */
  #pump(): void {
    if (this.#stopped) return;
    try {
      const { clock, pool } = this.#parts;
      const nowMs = clock.nowMs();
      this.#feedBacklog();
      this.#expire(nowMs);
      for (const job of this.keeper.sealDue(nowMs)) this.#added(job);
      this.keeper.storeDue(nowMs);
      while (this.#startNext(nowMs));
      if (pool.isOffline && pool.isIdle) this.#waiters.releaseBefore(pool.nextProbeMs());
      this.#wakeForNext(nowMs);
    } catch (error) {
      this.#reportBug(error);
      this.wakeIn(1000);
    }
  }

  /** Starts one attempt if there is a batch and a slot for it. */
  #startNext(nowMs: number): boolean {
    const { pool, source } = this.#parts;
    // A full batch goes first; an open one is sealed only when there is a slot for it, so batches grow under load.
    const maySeal = !this.keeper.sealsAhead && source.nextSealMs(this.#jobs.openLanes) <= nowMs;
    const choice = this.#pace.choose(nowMs, { maySeal, isOffline: pool.isOffline });
    const endpoint = choice && pool.take(choice.job?.lastEndpoint);
    if (choice === undefined || endpoint === undefined) return false;
    this.#pace.took(choice);
    const job = choice.job ?? this.#sealNext(nowMs);
    if (job === undefined) pool.putBack(endpoint);
    else this.#start(job, endpoint);
    return job !== undefined;
  }

  #sealNext(nowMs: number): Job | undefined {
    const batch = this.#parts.source.sealDue(nowMs, this.#jobs.openLanes);
    return batch === undefined ? undefined : this.add(batch);
  }

  #start(job: Job, endpoint: Endpoint): void {
    const { pool, store } = this.#parts;
    let recalled: Recalled = 'inMemory';
    this.#jobs.change(job, () => {
      recalled = store.recall(job);
    });
    if (recalled !== 'inMemory') {
      pool.putBack(endpoint);
      if (recalled === 'corrupt') this.settler.corrupt(job);
      else this.#steps.wait(job, this.#parts.clock.nowMs() + DISK_RETRY_MS, true);
      return;
    }
    if (job.batch.bytes > endpoint.maxBatchBytes && job.batch.records > 1) {
      pool.putBack(endpoint);
      this.#steps.split(job);
      return;
    }
    // First attempts and probes are free.
    const isCharged = job.attempts > 0 && endpoint.health.state === 'closed';
    if (isCharged) this.#pace.charge();
    this.#jobs.started(job);
    job.attempts++;
    void this.#attempt(job, endpoint, isCharged);
  }

  /** Never rejects: a bug of ours counts as a server error, which is only tried a few times, and is reported. */
  async #attempt(job: Job, endpoint: Endpoint, isCharged: boolean): Promise<void> {
    const { pool } = this.#parts;
    const result = await attempt(job, endpoint, this.#parts, this.#abort.signal).catch((error: unknown) => {
      this.#reportBug(error);
      return internalError;
    });
    const wasOffline = pool.isOffline;
    const isSent = typeof result !== 'string';
    if (isCharged && !(isSent && !result.isOwnFault)) this.#pace.refund();
    if (!isSent) this.#notSent(job, endpoint, result);
    else this.#ended(job, endpoint, result);
    if (wasOffline && !pool.isOffline) this.#pace.recovered();
    this.#pump();
  }

  #ended(job: Job, endpoint: Endpoint, { outcome, rttMs, isBodyFree }: AttemptResult): void {
    this.#parts.pool.finish(endpoint, outcome.endpoint, rttMs, reasonOf(outcome.batch));
    // The deadline of a close may have settled the batch meanwhile; a late answer changes nothing then.
    if (job.state !== 'inFlight') return;
    const { chunk } = job;
    this.#steps.apply(job, outcome.batch, endpoint);
    // An earlier attempt may have been cut off with its request still in the hands of the system.
    if (isBodyFree && outcome.batch.kind === 'delivered' && job.attempts === 1) this.#parts.store.recycle(chunk);
  }

  #notSent(job: Job, endpoint: Endpoint, why: NotSent): void {
    const { pool } = this.#parts;
    if (why === 'noHeaders') pool.rest(endpoint, 'headers() has given none yet');
    else pool.putBack(endpoint);
    if (job.state !== 'inFlight') return;
    job.attempts--;
    this.#steps.wait(job, this.#parts.clock.nowMs() + MIN_DELAY_MS);
  }

  #added(job: Job): void {
    this.#expiry.add(job);
    this.#pumpSoon();
  }

  #feedBacklog(): void {
    const { backlog } = this.#parts;
    for (let job = this.#closing ? undefined : backlog.next(); job; job = backlog.next()) {
      this.#jobs.add(job);
      this.#expiry.add(job);
    }
  }

  #expire(nowMs: number): void {
    const expired = this.#expiry.expired(() => this.#jobs.all(), nowMs);
    for (const job of expired) this.settler.giveUp(job, 'expired');
    if (expired.length > 0) this.#pumpSoon();
  }

  #wakeForNext(nowMs: number): void {
    const { pool, source } = this.#parts;
    const hasBacklog = this.#jobs.hasReadyBacklog;
    const sealMs = source.nextSealMs(this.#jobs.openLanes);
    this.#timer.wakeAt(
      nextWakeMs({
        nowMs,
        hasReady: this.#jobs.hasReady || (hasBacklog && this.#pace.mayBacklogBegin(nowMs)),
        waiting: this.#jobs.retries,
        nextReadyMs: hasBacklog ? Math.min(sealMs, this.#pace.backlogFromMs) : sealMs,
        hasFreeSlot: pool.hasFreeSlot,
        nextProbeMs: pool.nextProbeMs(),
        anyWaiting: pool.isOffline,
        nextTokenMs: this.#pace.nextTokenMs(nowMs),
        nextDutyMs: Math.min(
          this.#jobs.size > 0 ? this.#expiry.nextMs : Infinity,
          this.keeper.nextMs(),
          this.keeper.sealsAhead ? source.nextSealMs() : Infinity,
        ),
      }),
    );
  }

  #reportBug(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#parts.report({ kind: 'internalError', message: `a bug in the delivery engine: ${text}; please report it` });
  }
}

const internalError: AttemptResult = {
  outcome: { batch: { kind: 'retry', reason: 'internal error', isServerError: true }, endpoint: { kind: 'none' } },
  rttMs: 0,
  isOwnFault: false,
};

function reasonOf(outcome: BatchOutcome): string {
  return 'reason' in outcome ? outcome.reason : '';
}
