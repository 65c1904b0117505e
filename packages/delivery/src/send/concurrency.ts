/**
 * How many requests one endpoint gets at once: additive increase, multiplicative decrease, judged once per mean round
 * trip. Measured per attempt, as measuring around the retries mistakes a deferred request for a slow success.
 *
 * @see https://vector.dev/docs/architecture/arc/
 */
export interface Concurrency {
  /** Requests allowed at once, 1 … `max`. */
  readonly limit: number;
  /** Mean and variance of past rounds, in milliseconds; −1 before the first. */
  readonly meanMs: number;
  readonly variance: number;
  /** The round under way. */
  readonly roundStartMs: number;
  readonly samples: number;
  readonly sumMs: number;
  readonly reachedLimit: boolean;
  readonly backpressure: boolean;
}

/** Starts at one request, which is the slow start. */
export const initialConcurrency: Concurrency = {
  limit: 1,
  meanMs: -1,
  variance: 0,
  roundStartMs: 0,
  samples: 0,
  sumMs: 0,
  reachedLimit: false,
  backpressure: false,
};

const ALPHA = 0.4;
const DECREASE = 0.9;
const DEVIATIONS = 2.5;

export interface ConcurrencySample {
  /** Round trip of a success in milliseconds; `undefined` for anything else. */
  readonly successMs: number | undefined;
  /** A retryable status, a retryable error or a timeout. */
  readonly backpressure: boolean;
  /** Whether the limit was used up while this attempt ran. */
  readonly reachedLimit: boolean;
}

/** Takes one finished attempt and, at the end of a round, moves the limit. Pure. */
export function addAttempt(state: Concurrency, sample: ConcurrencySample, nowMs: number, max: number): Concurrency {
  // Field by field, as on Node 20 a spread beside other fields takes a microsecond and more; so wherever every request comes by.
  const next = {
    limit: state.limit,
    meanMs: state.meanMs,
    variance: state.variance,
    roundStartMs: state.roundStartMs,
    samples: state.samples + (sample.successMs === undefined ? 0 : 1),
    sumMs: state.sumMs + (sample.successMs ?? 0),
    reachedLimit: state.reachedLimit || sample.reachedLimit,
    backpressure: state.backpressure || sample.backpressure,
  };
  const roundMs = Math.max(next.meanMs, 0);
  return nowMs - next.roundStartMs < roundMs ? next : endRound(next, nowMs, max);
}

function endRound(state: Concurrency, nowMs: number, max: number): Concurrency {
  const currentMs = state.samples === 0 ? undefined : state.sumMs / state.samples;
  const averages = currentMs === undefined ? state : addToMean(state, currentMs);
  const slow =
    currentMs !== undefined &&
    state.meanMs >= 0 &&
    currentMs >= state.meanMs + DEVIATIONS * Math.sqrt(state.variance) &&
    currentMs > state.meanMs;
  let { limit } = state;
  if (state.backpressure || slow) limit = Math.max(1, Math.floor(limit * DECREASE));
  else if (state.reachedLimit && currentMs !== undefined && (state.meanMs < 0 || currentMs <= state.meanMs)) {
    limit = Math.min(max, limit + 1);
  }
  const { meanMs, variance } = averages;
  return {
    limit,
    meanMs,
    variance,
    roundStartMs: nowMs,
    samples: 0,
    sumMs: 0,
    reachedLimit: false,
    backpressure: false,
  };
}

function addToMean(state: Concurrency, currentMs: number): { meanMs: number; variance: number } {
  if (state.meanMs < 0) return { meanMs: currentMs, variance: 0 };
  const d = currentMs - state.meanMs;
  return { meanMs: state.meanMs + ALPHA * d, variance: (1 - ALPHA) * (state.variance + ALPHA * d * d) };
}
