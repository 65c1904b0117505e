import { setMaxListeners } from 'node:events';
import type { Random, Timer } from '../clock.ts';
import type { DiagnosticSink } from '../diagnostics.ts';
import type { FallbackOutput } from '../fallback/fallback-output.ts';
import type { Ledger } from '../ledger.ts';
import { FlushWaiters } from '../lifecycle/flush-waiters.ts';
import type { BatchOutcome, DropReason } from '../outcome.ts';
import { type LaneName, type SealedBatch, splitBatch } from '../queue/batch.ts';
import { MAX_TIMER_MS } from '../system-clock.ts';
import { type AttemptParts, type AttemptResult, attempt } from './attempt.ts';
import { type BookParts, bookOutcome } from './book-outcome.ts';
import type { Endpoint, EndpointPool } from './endpoint-pool.ts';
import { createJob, type Job } from './job.ts';
import { JobList } from './job-list.ts';
import { nextWakeMs } from './next-wake.ts';
import {
  fullBudget,
  MIN_DELAY_MS,
  nextTokenMs,
  type RetryBudget,
  type RetrySettings,
  refill,
  retryDelayMs,
  spend,
} from './retry.ts';

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
  /** A batch was taken, or most of it. Must not throw. */
  readonly onDelivered: () => void;
}

/** Share of the time that is left to those who wait in a flush that one sleep may take. */
const HURRIED_SLEEP_SHARE = 0.25;

/**
 * Takes sealed batches to endpoints: chooses the next job and endpoint, carries out attempts, and acts on what the pure
 * functions beside it decide. Every effect of sending is started here.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #settings: DispatchSettings;
  readonly #bookParts: BookParts;
  readonly #jobs = new JobList();
  readonly #waiters: FlushWaiters;
  #budget: RetryBudget = fullBudget;
  #timer: Timer | undefined;
  #timerMs = Number.POSITIVE_INFINITY;
  #soon = false;
  #abort = new AbortController();
  #stopped = false;

  constructor(parts: DispatcherParts, settings: DispatchSettings) {
    this.#parts = parts;
    this.#settings = settings;
    const { ledger, fallback, report } = parts;
    this.#bookParts = { ledger, fallback, report, maxServerErrorRetries: settings.maxServerErrorRetries };
    this.#waiters = new FlushWaiters(parts.clock);
    // Every attempt under way listens, eight for each endpoint; Node would warn of a leak at eleven.
    setMaxListeners(0, this.#abort.signal);
  }

  /** Batches not settled yet, WARN and above first. */
  get unsettled(): readonly Job[] {
    return this.#jobs.all();
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

  /**
   * Gives up the oldest batches that may go for a record of `lane`, until `bytes` are free. Nothing is given up in vain:
   * where all of them would not be enough, all of them stay.
   */
  makeRoom(bytes: number, lane: LaneName): boolean {
    const victims: readonly LaneName[] = lane === 'high' ? ['low', 'high'] : ['low'];
    if (victims.reduce((sum, victim) => sum + this.#jobs.idleBytes(victim), 0) < bytes) return false;
    let freed = 0;
    for (const victim of victims) {
      for (let job = this.#jobs.oldestIdle(victim); job && freed < bytes; job = this.#jobs.oldestIdle(victim)) {
        freed += job.batch.bytes;
        this.#giveUp(job, 'queue_full');
      }
    }
    return true;
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
    for (let batch = source.sealDue(nowMs, true); batch; batch = source.sealDue(nowMs, true)) this.add(batch);
    if (this.#jobs.size === 0) return;
    if (closing && pool.isOffline) pool.hastenProbes();
    const settled = this.#waiters.waitFor(this.#jobs.all(), deadlineMs);
    for (const job of [...this.#jobs.waiting]) this.#jobs.waits(job, Math.min(job.dueMs, this.#latestSleepMs(nowMs)));
    this.#pumpSoon();
    await settled;
  }

  /** Ends every attempt and takes no more work; what is unsettled stays in `unsettled`. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#abort.abort();
    this.#parts.transport.close();
  }

  /** Hands every batch to the last stop: fallback, else a counted drop. */
  giveUpAll(reason: DropReason): void {
    for (const job of this.#jobs.all()) this.#giveUp(job, reason);
  }

  /** As `giveUpAll`, inside the exit handler: written now or never. */
  giveUpAllSync(reason: DropReason, deadlineMs: number): void {
    const { clock, fallback } = this.#parts;
    const endMs = clock.nowMs() + deadlineMs;
    for (const job of this.#jobs.all()) {
      fallback.takeSync(job.batch.runs, job.batch.records, reason, Math.max(0, endMs - clock.nowMs()));
      this.#settle(job);
    }
  }

  /** Takes the outcome of an attempt that was made elsewhere: by the exit worker. */
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
      const { clock, pool } = this.#parts;
      const nowMs = clock.nowMs();
      this.#expire(nowMs);
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
    this.#budget = refill(this.#budget, nowMs);
    const anyWaiting = pool.isOffline;
    const mayRetry = anyWaiting || this.#isHurried || this.#budget.tokens >= 1;
    let job = this.#jobs.next({ nowMs, mayRetry, anyWaiting });
    // A full batch goes first; an open one is sealed only when there is a slot for it, so batches grow under load.
    if (job === undefined && source.nextSealMs() > nowMs) return false;
    const endpoint = pool.take(job?.lastEndpoint);
    if (endpoint === undefined) return false;
    if (job === undefined) {
      const batch = source.sealDue(nowMs);
      if (batch !== undefined) {
        job = createJob(batch);
        this.#jobs.add(job);
      }
    }
    if (job === undefined) pool.putBack(endpoint);
    else this.#start(job, endpoint);
    return job !== undefined;
  }

  #start(job: Job, endpoint: Endpoint): void {
    const { pool } = this.#parts;
    if (job.batch.bytes > endpoint.maxBatchBytes && job.batch.records > 1) {
      pool.putBack(endpoint);
      this.#split(job);
      return;
    }
    // First attempts and probes are free.
    if (job.attempts > 0 && endpoint.health.state === 'closed') this.#budget = spend(this.#budget);
    this.#jobs.started(job);
    job.attempts++;
    void this.#attempt(job, endpoint);
  }

  /** Never rejects: a bug of ours counts as a server error, which is only tried a few times, and is reported. */
  async #attempt(job: Job, endpoint: Endpoint): Promise<void> {
    const { pool } = this.#parts;
    const result = await attempt(job, endpoint, this.#parts, this.#abort.signal).catch((error: unknown) => {
      this.#reportBug(error);
      return internalError;
    });
    const wasOffline = pool.isOffline;
    if (result === undefined) this.#notSent(job, endpoint);
    else this.#ended(job, endpoint, result);
    if (wasOffline && !pool.isOffline) this.#recovered();
    this.#pump();
  }

  #ended(job: Job, endpoint: Endpoint, { outcome, rttMs }: AttemptResult): void {
    this.#parts.pool.finish(endpoint, outcome.endpoint, rttMs, reasonOf(outcome.batch));
    // The deadline of a close may have settled the batch meanwhile; a late answer changes nothing then.
    if (job.state === 'inFlight') this.#apply(job, outcome.batch, endpoint);
  }

  #notSent(job: Job, endpoint: Endpoint): void {
    this.#parts.pool.putBack(endpoint);
    if (job.state !== 'inFlight') return;
    job.attempts--;
    this.#jobs.waits(job, this.#parts.clock.nowMs() + MIN_DELAY_MS);
  }

  #apply(job: Job, outcome: BatchOutcome, endpoint: Endpoint): void {
    job.lastEndpoint = endpoint;
    switch (bookOutcome(job, outcome, endpoint, this.#bookParts)) {
      case 'taken':
        this.#budget = refill(this.#budget, this.#parts.clock.nowMs(), 1);
        this.#parts.onDelivered();
        return this.#settle(job);
      case 'refused':
        return this.#settle(job);
      case 'wait':
        return this.#waitFor(job);
      case 'split':
        return this.#split(job);
    }
  }

  /** The way is open again: nobody sleeps longer than the jitter that keeps a fleet from returning at once. */
  #recovered(): void {
    const { clock, random } = this.#parts;
    const latestMs = clock.nowMs() + random.next() * this.#settings.drainDelayMs;
    for (const job of [...this.#jobs.waiting]) this.#jobs.waits(job, Math.min(job.dueMs, latestMs));
  }

  #waitFor(job: Job): void {
    const { clock, random } = this.#parts;
    const nowMs = clock.nowMs();
    const delayMs = retryDelayMs(job.attempts - 1, this.#settings, () => random.next());
    this.#jobs.waits(job, Math.min(nowMs + delayMs, Math.max(nowMs + MIN_DELAY_MS, this.#latestSleepMs(nowMs))));
  }

  get #isHurried(): boolean {
    return this.#waiters.firstDeadlineMs !== Number.POSITIVE_INFINITY;
  }

  #latestSleepMs(nowMs: number): number {
    return nowMs + (this.#waiters.firstDeadlineMs - nowMs) * HURRIED_SLEEP_SHARE;
  }

  #split(job: Job): void {
    const halves = splitBatch(job.batch, this.#parts.endOf);
    if (halves === undefined) return;
    this.#jobs.remove(job);
    job.state = 'settled';
    const parts = halves.map((half) => ({ ...createJob(half), serverErrors: job.serverErrors }));
    for (const part of parts) this.#jobs.add(part);
    this.#waiters.replaced(job, parts);
    this.#pumpSoon();
  }

  #settle(job: Job): void {
    if (job.state === 'settled') return;
    this.#jobs.remove(job);
    job.state = 'settled';
    this.#parts.source.release(job.batch.records, job.batch.bytes);
    this.#waiters.settled(job);
  }

  #giveUp(job: Job, reason: DropReason): void {
    this.#parts.fallback.take(job.batch.runs, job.batch.records, reason);
    this.#settle(job);
  }

  #expire(nowMs: number): void {
    for (const lane of ['high', 'low'] as const) {
      let job = this.#jobs.oldestIdle(lane);
      for (; job && nowMs - job.batch.openedMs > this.#settings.maxAgeMs; job = this.#jobs.oldestIdle(lane)) {
        this.#giveUp(job, 'expired');
      }
    }
  }

  #wakeForNext(nowMs: number): void {
    const { pool, source } = this.#parts;
    const oldestMs = Math.min(this.#oldestIdleMs('high'), this.#oldestIdleMs('low'));
    this.#wakeAt(
      nextWakeMs({
        nowMs,
        hasReady: this.#jobs.hasReady,
        waiting: this.#jobs.waiting,
        nextSealMs: source.nextSealMs(),
        hasFreeSlot: pool.hasFreeSlot,
        nextProbeMs: pool.nextProbeMs(),
        anyWaiting: pool.isOffline,
        nextTokenMs: this.#isHurried ? nowMs : nextTokenMs(this.#budget),
        nextExpiryMs: oldestMs + this.#settings.maxAgeMs + 1,
      }),
    );
  }

  #oldestIdleMs(lane: LaneName): number {
    return this.#jobs.oldestIdle(lane)?.batch.openedMs ?? Number.POSITIVE_INFINITY;
  }

  #wakeAt(atMs: number): void {
    if (this.#stopped || atMs === Number.POSITIVE_INFINITY || atMs >= this.#timerMs) return;
    this.#timer?.cancel();
    this.#timerMs = atMs;
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(0, atMs - this.#parts.clock.nowMs()));
    this.#timer = this.#parts.clock.after(delayMs, () => {
      this.#timerMs = Number.POSITIVE_INFINITY;
      this.#timer = undefined;
      this.#pump();
    });
  }

  #reportBug(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#parts.report({ kind: 'internalError', message: `a bug in the delivery engine: ${text}; please report it` });
  }
}

const internalError: AttemptResult = {
  outcome: { batch: { kind: 'retry', reason: 'internal error', isServerError: true }, endpoint: { kind: 'none' } },
  rttMs: 0,
};

function reasonOf(outcome: BatchOutcome): string {
  return 'reason' in outcome ? outcome.reason : '';
}
