import type { Clock, Random } from '../clock.ts';
import type { FlushWaiters } from '../lifecycle/flush-waiters.ts';
import { whoseTurn } from '../storage/storage-rules.ts';
import type { Job } from './job.ts';
import type { JobList } from './job-list.ts';
import {
  fullBudget,
  MIN_DELAY_MS,
  nextTokenMs,
  type RetryBudget,
  type RetrySettings,
  refill,
  refund,
  retryDelayMs,
  spend,
} from './retry.ts';

export interface PaceSettings extends RetrySettings {
  /** Ceiling of the random delay before a backlog is sent after an outage, so that many clients do not return at once. */
  readonly drainDelayMs: number;
}

export interface PaceParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly jobs: JobList;
  readonly waiters: FlushWaiters;
}

/** What may go next: a job, or an open batch that is worth sealing. */
export interface Choice {
  /** `undefined` for an open batch. */
  readonly job: Job | undefined;
  /** Both live batches and the backlog wanted the slot. */
  readonly isContended: boolean;
  readonly turn: 'live' | 'backlog';
}

/** Share of the time that is left to those who wait in a flush that one sleep may take. */
const HURRIED_SLEEP_SHARE = 0.25;

/** When jobs may go, and whose turn it is: retries within their budget, the backlog beside live batches, both hurried by
 * those who wait in a flush. */
export class Pace {
  readonly #parts: PaceParts;
  readonly #settings: PaceSettings;
  #budget: RetryBudget = fullBudget;
  #backlogFromMs = 0;
  #lastTurn: 'live' | 'backlog' = 'backlog';

  constructor(parts: PaceParts, settings: PaceSettings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  /**
   * The job an endpoint with a free slot should get.
   *
   * @param engine - whether an open batch may be sealed, and whether no endpoint takes traffic: then anything will do
   *   for a probe.
   */
  choose(nowMs: number, engine: { readonly maySeal: boolean; readonly isOffline: boolean }): Choice | undefined {
    const { jobs } = this.#parts;
    this.#budget = refill(this.#budget, nowMs);
    const mayRetry = engine.isOffline || this.#isHurried || this.#budget.tokens >= 1;
    const rules = { nowMs, mayRetry, anyWaiting: engine.isOffline };
    const live = jobs.next(rules);
    const backlog = jobs.nextSpooled(rules, this.mayBacklogBegin(nowMs));
    const hasLive = live !== undefined || engine.maySeal;
    const hasBacklog = backlog !== undefined;
    const turn = whoseTurn({ hasLive, hasBacklog, lastTurn: this.#lastTurn });
    if (turn === 'nobody') return undefined;
    return { job: turn === 'backlog' ? backlog : live, isContended: hasLive && hasBacklog, turn };
  }

  /** The choice got a slot. */
  took({ isContended, turn }: Choice): void {
    if (isContended) this.#lastTurn = turn;
  }

  charge(): void {
    this.#budget = spend(this.#budget);
  }

  refund(): void {
    this.#budget = refund(this.#budget);
  }

  succeeded(): void {
    this.#budget = refill(this.#budget, this.#parts.clock.nowMs(), 1);
  }

  /** The way is open again: nobody sleeps longer than the jitter that keeps a fleet from returning at once. */
  recovered(): void {
    const { clock, random } = this.#parts;
    this.#backlogFromMs = clock.nowMs() + random.next() * this.#settings.drainDelayMs;
    this.#hasten(this.#backlogFromMs);
  }

  /** Somebody waits: sleeps that would outlast that are cut short. */
  hurry(nowMs: number): void {
    this.#hasten(this.#latestSleepMs(nowMs));
  }

  /** When a job that has just failed may go again. */
  retryAtMs(job: Job): number {
    const { clock, random } = this.#parts;
    const nowMs = clock.nowMs();
    const delayMs = retryDelayMs(job.attempts - 1, this.#settings, () => random.next());
    return Math.min(nowMs + delayMs, Math.max(nowMs + MIN_DELAY_MS, this.#latestSleepMs(nowMs)));
  }

  mayBacklogBegin(nowMs: number): boolean {
    return nowMs >= this.#backlogFromMs || this.#isHurried;
  }

  /** When the backlog may begin, on the monotonic clock. */
  get backlogFromMs(): number {
    return this.#backlogFromMs;
  }

  /** When there is a token for a retry. */
  nextTokenMs(nowMs: number): number {
    return this.#isHurried ? nowMs : nextTokenMs(this.#budget);
  }

  get #isHurried(): boolean {
    return this.#parts.waiters.firstDeadlineMs !== Number.POSITIVE_INFINITY;
  }

  #latestSleepMs(nowMs: number): number {
    return nowMs + (this.#parts.waiters.firstDeadlineMs - nowMs) * HURRIED_SLEEP_SHARE;
  }

  #hasten(latestMs: number): void {
    for (const job of this.#parts.jobs.waiting) job.dueMs = Math.min(job.dueMs, latestMs);
  }
}
