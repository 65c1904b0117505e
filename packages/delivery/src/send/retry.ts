/** What the retry decision rests on. */
export interface RetrySettings {
  /** First delay's ceiling, in milliseconds > 0. */
  readonly baseDelayMs: number;
  /** Ceiling of every delay, in milliseconds. */
  readonly maxDelayMs: number;
}

/** The floor avoids a retry in the same breath. */
export const MIN_DELAY_MS = 50;

/**
 * The wait before the next attempt: full jitter under an exponential ceiling. Pure.
 *
 * @param retries - retries made so far, integer ≥ 0.
 * @param random - uniform in [0, 1); called once.
 * @returns milliseconds in 50 … `maxDelayMs`.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(retries: number, settings: RetrySettings, random: () => number): number {
  // 2^60 milliseconds is past any ceiling; the cap of the exponent keeps the product finite.
  const ceiling = Math.min(settings.maxDelayMs, settings.baseDelayMs * 2 ** Math.min(retries, 60));
  return Math.max(MIN_DELAY_MS, random() * ceiling);
}

/** Tokens that bound retries to a fraction of the successes, so that retries never become the load. */
export interface RetryBudget {
  readonly tokens: number;
  readonly atMs: number;
}

const BUDGET_CAP = 10;
const BUDGET_PER_SUCCESS = 0.2;
const BUDGET_PER_SECOND = 1;

export const fullBudget: RetryBudget = { tokens: BUDGET_CAP, atMs: 0 };

/** The budget now, after what has been refilled since. Pure. */
export function refill(budget: RetryBudget, nowMs: number, successes = 0): RetryBudget {
  const earned = (Math.max(0, nowMs - budget.atMs) / 1000) * BUDGET_PER_SECOND + successes * BUDGET_PER_SUCCESS;
  return { tokens: Math.min(BUDGET_CAP, budget.tokens + earned), atMs: nowMs };
}

/** Takes the token of one retry. A flush may retry without one: what it did not have is not owed. Pure. */
export function spend(budget: RetryBudget): RetryBudget {
  return { ...budget, tokens: Math.max(0, budget.tokens - 1) };
}

/** Gives back the token of a retry that never left. Pure. */
export function refund(budget: RetryBudget): RetryBudget {
  return { ...budget, tokens: Math.min(BUDGET_CAP, budget.tokens + 1) };
}

/** When there will be a token, at the latest. Pure. */
export function nextTokenMs(budget: RetryBudget): number {
  return budget.atMs + (Math.max(0, 1 - budget.tokens) / BUDGET_PER_SECOND) * 1000;
}
