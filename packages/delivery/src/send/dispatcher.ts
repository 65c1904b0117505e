import type { Random, Timer } from '../clock.ts';
import type { DiagnosticSink } from '../diagnostics.ts';
import type { FallbackOutput } from '../fallback/fallback-output.ts';
import type { Ledger } from '../ledger.ts';
import type { BatchOutcome, DropReason } from '../outcome.ts';
import { type LaneName, type SealedBatch, splitBatch } from '../queue/batch.ts';
import { type AttemptParts, attempt } from './attempt.ts';
import type { Endpoint, EndpointPool } from './endpoint-pool.ts';
import { createJob, type Job, nextJob } from './job.ts';
import { fullBudget, type RetryBudget, type RetrySettings, refill, retryDelayMs } from './retry.ts';

export interface DispatchSettings extends RetrySettings {
  /** A batch older than this, in memory, goes to the fallback. */
  readonly maxAgeMs: number;
  /** How often a 500 is tried again. */
  readonly maxServerErrorRetries: number;
  /** Ceiling of the random delay before a backlog is sent after an outage, so that many clients do not return at once. */
  readonly drainDelayMs: number;
}

/** The entrance as the dispatcher sees it: where batches come from, and who is told that they are settled. */
export interface BatchSource {
  sealDue(nowMs: number, all?: boolean): SealedBatch | undefined;
  nextSealMs(): number;
  release(records: number, bytes: number): void;
}

export interface DispatcherParts extends AttemptParts {
  readonly random: Random;
  readonly pool: EndpointPool;
  readonly endOf: (bytes: Uint8Array, at: number) => number;
  readonly ledger: Ledger;
  readonly fallback: FallbackOutput;
  readonly report: DiagnosticSink;
  readonly source: BatchSource;
}

/** Somebody who waits until certain jobs are settled. */
interface Waiter {
  readonly jobs: Set<Job>;
  readonly done: () => void;
}

/**
 * Takes sealed batches to endpoints: chooses the next job and endpoint, carries out attempts, and acts on what the pure
 * functions beside it decide. Every effect of sending is started here.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #settings: DispatchSettings;
  readonly #jobs = new Set<Job>();
  readonly #waiters = new Set<Waiter>();
  #budget: RetryBudget = fullBudget;
  #timer: Timer | undefined;
  #timerMs = Number.POSITIVE_INFINITY;
  #soon = false;
  #abort = new AbortController();
  /** Set while a flush or close waits: until when sleeping is worth while. */
  #hurryUntilMs = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(parts: DispatcherParts, settings: DispatchSettings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  /** Batches on their way, for the exit hook. */
  get unsettled(): ReadonlySet<Job> {
    return this.#jobs;
  }

  /** Takes a sealed batch; sends nothing yet, as this may run inside a log call. */
  add(batch: SealedBatch): Job {
    const job = createJob(batch);
    this.#jobs.add(job);
    this.#pumpSoon();
    return job;
  }

  /** Looks for work again in `delayMs`, or before. */
  wakeIn(delayMs: number): void {
    this.#wakeAt(this.#parts.clock.nowMs() + delayMs);
  }

  /** Gives up the oldest batches that may go for a record of `lane`, until `bytes` are free. */
  makeRoom(bytes: number, lane: LaneName): boolean {
    let freed = 0;
    for (const victim of ['low', 'high'] as const) {
      if (victim === 'high' && lane === 'low') break;
      for (const job of this.#jobs) {
        if (freed >= bytes) return true;
        if (job.batch.lane !== victim || job.state === 'inFlight') continue;
        freed += job.batch.bytes;
        this.#giveUp(job, 'queue_full');
      }
    }
    return freed >= bytes;
  }

  /**
   * Seals what is open and waits until everything pending now is settled, or `deadlineMs` on the monotonic clock.
   * Sleeps that would outlast the deadline are cut short meanwhile.
   *
   * @param closing - ejected endpoints are asked once more, before their time.
   */
  async drain(deadlineMs: number, closing = false): Promise<void> {
    const { clock, pool, source } = this.#parts;
    for (let batch = source.sealDue(clock.nowMs(), true); batch; batch = source.sealDue(clock.nowMs(), true)) {
      this.add(batch);
    }
    if (this.#jobs.size === 0) return;
    if (closing) pool.hastenProbes();
    this.#hurry(deadlineMs);
    await new Promise<void>((resolve) => {
      const timer = clock.holdFor(Math.max(0, deadlineMs - clock.nowMs()), () => waiter.done());
      const waiter: Waiter = {
        jobs: new Set(this.#jobs),
        done: () => {
          timer.cancel();
          this.#waiters.delete(waiter);
          if (this.#waiters.size === 0) this.#hurryUntilMs = Number.POSITIVE_INFINITY;
          resolve();
        },
      };
      this.#waiters.add(waiter);
      this.#pumpSoon();
    });
  }

  /** Ends every attempt and takes no more work; what is unsettled stays in `unsettled`. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#abort.abort();
    this.#parts.transport.close();
  }

  /** Hands a batch to the last stop: fallback, else a counted drop. */
  giveUpAll(reason: DropReason): void {
    for (const job of bySeverity(this.#jobs)) this.#giveUp(job, reason);
  }

  /** As `giveUpAll`, inside the exit handler: written now or never. */
  giveUpAllSync(reason: DropReason, deadlineMs: number): void {
    const { clock, fallback } = this.#parts;
    const endMs = clock.nowMs() + deadlineMs;
    for (const job of bySeverity(this.#jobs)) {
      fallback.takeSync(job.batch.runs, job.batch.records, reason, Math.max(0, endMs - clock.nowMs()));
      this.#settle(job);
    }
  }

  /** Takes a batch as settled by other means: the exit worker. */
  settleAs(job: Job, outcome: BatchOutcome, endpoint: Endpoint): void {
    this.#apply(job, outcome, endpoint);
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
      this.#startWhatCan();
    } catch (error) {
      this.#reportBug(error);
      this.wakeIn(1000);
    }
  }

  /** Starts every attempt that can start now, then sets the timer for what comes next. */
  #startWhatCan(): void {
    const { clock, pool, source } = this.#parts;
    const nowMs = clock.nowMs();
    this.#expire(nowMs);
    for (;;) {
      const isOffline = pool.isOffline;
      this.#budget = refill(this.#budget, nowMs);
      let job = nextJob(this.#jobs, {
        nowMs,
        mayRetry: isOffline || this.#isHurried || this.#budget.tokens >= 1,
        anyWaiting: isOffline,
      });
      // A full batch goes first; an open one is sealed only when there is a slot for it, so batches grow under load.
      const hasWork = job !== undefined || source.nextSealMs() <= nowMs;
      const endpoint = hasWork ? pool.take(job?.lastEndpoint) : undefined;
      if (endpoint === undefined) break;
      if (job === undefined) {
        const batch = source.sealDue(nowMs);
        if (batch === undefined) break;
        job = createJob(batch);
        this.#jobs.add(job);
      }
      this.#start(job, endpoint);
    }
    if (this.#isHurried && this.#isHopeless()) for (const waiter of this.#waiters) waiter.done();
    this.#wakeForNext(nowMs);
  }

  get #isHurried(): boolean {
    return this.#hurryUntilMs !== Number.POSITIVE_INFINITY;
  }

  /** Whether nothing can be sent before the deadline of those who wait: they need not wait for it. */
  #isHopeless(): boolean {
    const { pool } = this.#parts;
    if (pool.endpoints.some((endpoint) => endpoint.inFlight > 0)) return false;
    return pool.isOffline && pool.nextProbeMs() > this.#hurryUntilMs;
  }

  #start(job: Job, endpoint: Endpoint): void {
    const { pool } = this.#parts;
    if (job.batch.bytes > endpoint.maxBatchBytes && job.batch.records > 1) {
      pool.finish(endpoint, { kind: 'none' }, 0, '');
      endpoint.attempts--;
      this.#split(job);
      return;
    }
    if (job.attempts > 0 && !pool.isOffline) this.#budget = { ...this.#budget, tokens: this.#budget.tokens - 1 };
    job.state = 'inFlight';
    job.attempts++;
    void this.#attempt(job, endpoint);
  }

  /** Never rejects: a bug of ours counts as a failed attempt and is reported. */
  async #attempt(job: Job, endpoint: Endpoint): Promise<void> {
    const { pool } = this.#parts;
    const result = await attempt(job, endpoint, this.#parts, this.#abort.signal).catch((error: unknown) => {
      this.#reportBug(error);
      const batch: BatchOutcome = { kind: 'retry', reason: 'internal error', isServerError: false };
      return { outcome: { batch, endpoint: { kind: 'failure' as const } }, rttMs: 0 };
    });
    const wasOffline = pool.isOffline;
    pool.finish(endpoint, result.outcome.endpoint, result.rttMs, reasonOf(result.outcome.batch));
    // The deadline of a close may have settled the batch meanwhile; a late answer changes nothing then.
    if (job.state === 'inFlight') this.#apply(job, result.outcome.batch, endpoint);
    if (wasOffline && !pool.isOffline) this.#recovered();
    this.#pump();
  }

  #apply(job: Job, outcome: BatchOutcome, endpoint: Endpoint): void {
    const { ledger, report, fallback } = this.#parts;
    const { records } = job.batch;
    job.lastEndpoint = endpoint;
    switch (outcome.kind) {
      case 'delivered':
        ledger.delivered += records;
        endpoint.delivered += records;
        if (outcome.warning !== '') this.#warn(endpoint, outcome.warning);
        return this.#succeeded(job);
      case 'partial': {
        const rejected = Math.min(records, outcome.rejectedRecords);
        ledger.rejected += rejected;
        ledger.delivered += records - rejected;
        endpoint.delivered += records - rejected;
        this.#reportRejected(endpoint, rejected, outcome.message || 'the server gave no reason');
        return this.#succeeded(job);
      }
      case 'retry':
        if (outcome.isServerError && ++job.serverErrors > this.#settings.maxServerErrorRetries) {
          return this.#apply(job, { kind: 'dead', reason: outcome.reason }, endpoint);
        }
        return this.#waitFor(job);
      case 'hold':
        return this.#waitFor(job);
      case 'split':
        endpoint.maxBatchBytes = Math.min(endpoint.maxBatchBytes, Math.max(1, job.batch.bytes >> 1));
        if (records > 1) return this.#split(job);
        ledger.drop('oversize', 1);
        report({
          kind: 'recordsDropped',
          reason: 'oversize',
          records: 1,
          message: `${endpoint.label} refuses a record of ${job.batch.bytes} bytes as too large (HTTP 413)`,
        });
        fallback.copy(job.batch.runs, 1);
        return this.#settle(job);
      case 'dead':
        ledger.rejected += records;
        this.#reportRejected(endpoint, records, outcome.reason);
        fallback.copy(job.batch.runs, records);
        return this.#settle(job);
    }
  }

  #succeeded(job: Job): void {
    this.#budget = refill(this.#budget, this.#parts.clock.nowMs(), 1);
    this.#settle(job);
  }

  /** The way is open again: nobody sleeps longer than the jitter that keeps a fleet from returning at once. */
  #recovered(): void {
    const { clock, random } = this.#parts;
    const latestMs = clock.nowMs() + random.next() * this.#settings.drainDelayMs;
    for (const job of this.#jobs) if (job.state === 'waiting') job.dueMs = Math.min(job.dueMs, latestMs);
  }

  #waitFor(job: Job): void {
    const { clock, random } = this.#parts;
    const nowMs = clock.nowMs();
    const delayMs = retryDelayMs(job.attempts - 1, this.#settings, () => random.next());
    job.state = 'waiting';
    job.dueMs = Math.min(nowMs + delayMs, Math.max(nowMs + 50, this.#hurryMs(nowMs)));
  }

  /** During a flush a sleep takes at most a quarter of what is left. */
  #hurryMs(nowMs: number): number {
    return nowMs + (this.#hurryUntilMs - nowMs) / 4;
  }

  #hurry(deadlineMs: number): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#hurryUntilMs = Math.min(this.#hurryUntilMs, deadlineMs);
    for (const job of this.#jobs) if (job.state === 'waiting') job.dueMs = Math.min(job.dueMs, this.#hurryMs(nowMs));
  }

  #split(job: Job): void {
    const halves = splitBatch(job.batch, this.#parts.endOf);
    if (halves === undefined) return;
    this.#jobs.delete(job);
    job.state = 'settled';
    for (const half of halves) {
      const next = { ...createJob(half), attempts: 0, serverErrors: job.serverErrors };
      this.#jobs.add(next);
      for (const waiter of this.#waiters) if (waiter.jobs.has(job)) waiter.jobs.add(next);
    }
    for (const waiter of this.#waiters) waiter.jobs.delete(job);
    this.#pumpSoon();
  }

  #settle(job: Job): void {
    if (job.state === 'settled') return;
    job.state = 'settled';
    this.#jobs.delete(job);
    this.#parts.source.release(job.batch.records, job.batch.bytes);
    for (const waiter of this.#waiters) {
      if (waiter.jobs.delete(job) && waiter.jobs.size === 0) waiter.done();
    }
  }

  #giveUp(job: Job, reason: DropReason): void {
    this.#parts.fallback.take(job.batch.runs, job.batch.records, reason);
    this.#settle(job);
  }

  #expire(nowMs: number): void {
    for (const job of this.#jobs) {
      if (job.state !== 'inFlight' && nowMs - job.batch.openedMs > this.#settings.maxAgeMs)
        this.#giveUp(job, 'expired');
    }
  }

  #wakeForNext(nowMs: number): void {
    const { pool, source } = this.#parts;
    let nextMs = Number.POSITIVE_INFINITY;
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const job of this.#jobs) {
      if (job.state === 'waiting') nextMs = Math.min(nextMs, job.dueMs);
      if (job.state !== 'inFlight') oldestMs = Math.min(oldestMs, job.batch.openedMs);
    }
    const hasWork = nextMs !== Number.POSITIVE_INFINITY || oldestMs !== Number.POSITIVE_INFINITY;
    if (source.nextSealMs() > nowMs) nextMs = Math.min(nextMs, source.nextSealMs());
    // While all endpoints are out only a probe can start: due batches have nowhere to go before.
    if (pool.isOffline) nextMs = pool.nextProbeMs();
    else if (hasWork) nextMs = Math.min(nextMs, pool.nextProbeMs());
    // A due retry without a token looks again soon; anything else due now is waiting for a slot, whose end pumps.
    if (nextMs <= nowMs) nextMs = nowMs + 100;
    this.#wakeAt(Math.min(nextMs, oldestMs + this.#settings.maxAgeMs + 1));
  }

  #wakeAt(atMs: number): void {
    if (this.#stopped || atMs === Number.POSITIVE_INFINITY || atMs >= this.#timerMs) return;
    this.#timer?.cancel();
    this.#timerMs = atMs;
    this.#timer = this.#parts.clock.after(Math.max(0, atMs - this.#parts.clock.nowMs()), () => {
      this.#timerMs = Number.POSITIVE_INFINITY;
      this.#timer = undefined;
      this.#pump();
    });
  }

  #reportRejected(endpoint: Endpoint, records: number, reason: string): void {
    this.#parts.report({
      kind: 'recordsRejected',
      url: endpoint.label,
      records,
      message: `${endpoint.label} refused ${records} records: ${reason}`,
    });
  }

  #reportBug(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#parts.report({ kind: 'internalError', message: `a bug in the delivery engine: ${text}; please report it` });
  }

  #warn(endpoint: Endpoint, text: string): void {
    this.#parts.report({
      kind: 'serverWarning',
      url: endpoint.label,
      message: `${endpoint.label} took the records and says: ${text}`,
    });
  }
}

function reasonOf(outcome: BatchOutcome): string {
  return 'reason' in outcome ? outcome.reason : '';
}

/** WARN and above first: what is bounded at the last stop goes to them. */
function bySeverity(jobs: Iterable<Job>): Job[] {
  const all = [...jobs];
  return [...all.filter((job) => job.batch.lane === 'high'), ...all.filter((job) => job.batch.lane === 'low')];
}
