import type { EndpointSample } from '../outcome.ts';

/** States of an endpoint's circuit breaker. */
export type EndpointState =
  /** Takes traffic. */
  | 'closed'
  /** Ejected; nothing is sent until `untilMs`. */
  | 'open'
  /** One real batch is on its way as a probe. */
  | 'half-open'
  /** The server asked for silence until `untilMs` (Retry-After). */
  | 'paused'
  /** No longer in the list. */
  | 'gone';

/** Successes and failures within one second. */
interface Second {
  readonly second: number;
  readonly successes: number;
  readonly failures: number;
}

export interface Health {
  readonly state: EndpointState;
  /** When an open or paused endpoint may be probed, on the monotonic clock; 0 otherwise. */
  readonly untilMs: number;
  /**
   * The same for an ejected endpoint while no other takes traffic either: there is nothing to protect the traffic from,
   * and logs stay dark until somebody asks.
   */
  readonly offlineUntilMs: number;
  readonly consecutiveFailures: number;
  /** The k of the ejection time `1 s · 2^k`; falls by one per healthy ten seconds, so flapping keeps it long. */
  readonly ejections: number;
  readonly healthySinceMs: number;
  /** The last thirty seconds, oldest first. */
  readonly recent: readonly Second[];
}

export const initialHealth: Health = {
  state: 'closed',
  untilMs: 0,
  offlineUntilMs: 0,
  consecutiveFailures: 0,
  ejections: 0,
  healthySinceMs: 0,
  recent: [],
};

const WINDOW_SECONDS = 30;
const TRIP_CONSECUTIVE = 3;
const TRIP_MIN_REQUESTS = 5;
const TRIP_SUCCESS_RATIO = 0.8;
const EJECTION_BASE_MS = 1000;
const EJECTION_CAP_MS = 60_000;
/** The cap while all endpoints are out: 8 to 16 seconds of darkness after an outage of 25 were measured without it. */
const OFFLINE_CAP_MS = 5000;
const HOLD_MS = 60_000;
const HEALTHY_STEP_MS = 10_000;
/** A shortage of ours ends in the same millisecond: probing again at once would be a busy loop. */
const UNDECIDED_PROBE_MS = 1000;

/**
 * The next state of an endpoint after one finished attempt. Pure; the table is in docs/decisions/0005.
 *
 * @param random - uniform in [0, 1); called at most once.
 */
export function afterAttempt(health: Health, sample: EndpointSample, nowMs: number, random: () => number): Health {
  if (health.state === 'gone') return health;
  switch (sample.kind) {
    case 'none':
      return health.state === 'half-open' ? openUntil(health, nowMs + UNDECIDED_PROBE_MS) : health;
    case 'success':
      return afterSuccess(health, nowMs);
    case 'hold':
      return afterHold(health, nowMs);
    case 'failure':
      return afterFailure(health, nowMs, random);
    case 'backpressure':
      return sample.retryAfterMs === undefined
        ? afterFailure(health, nowMs, random)
        : afterPause(health, nowMs + sample.retryAfterMs * (1 + random() * 0.1), nowMs);
  }
}

/**
 * The next state of an endpoint to which nothing could be sent for want of something of ours that every batch lacks: one of
 * them finds out in a second whether it is there. Pure.
 */
export function afterNothingSent(health: Health, nowMs: number): Health {
  const tookTraffic = health.state === 'closed' || health.state === 'half-open';
  return tookTraffic ? openUntil(health, nowMs + UNDECIDED_PROBE_MS) : health;
}

/**
 * When an open or paused endpoint takes one batch as a probe, on the monotonic clock; `Infinity` in any other state.
 * Pure.
 *
 * @param isOffline - whether no endpoint takes traffic; a pause the server asked for is kept even then.
 */
export function probeDueMs(health: Health, isOffline: boolean): number {
  if (health.state === 'paused') return health.untilMs;
  if (health.state !== 'open') return Number.POSITIVE_INFINITY;
  return isOffline ? Math.min(health.untilMs, health.offlineUntilMs) : health.untilMs;
}

/** An ejected endpoint that may be probed from `untilMs` on. */
export function openUntil(health: Health, untilMs: number): Health {
  return { ...health, state: 'open', untilMs, offlineUntilMs: untilMs };
}

export function startProbe(health: Health): Health {
  return { ...health, state: 'half-open' };
}

function afterSuccess(health: Health, nowMs: number): Health {
  // Late successes of requests sent before the ejection do not close it: the probe does.
  if (health.state === 'open' || health.state === 'paused') return record(health, nowMs, true);
  const reopened = health.state === 'half-open';
  const healthySinceMs = reopened || health.healthySinceMs === 0 ? nowMs : health.healthySinceMs;
  const steps = Math.floor((nowMs - healthySinceMs) / HEALTHY_STEP_MS);
  return {
    state: 'closed',
    untilMs: 0,
    offlineUntilMs: 0,
    consecutiveFailures: 0,
    ejections: Math.max(0, health.ejections - steps),
    healthySinceMs: healthySinceMs + steps * HEALTHY_STEP_MS,
    recent: withResult(reopened ? [] : health.recent, nowMs, true),
  };
}

function afterFailure(health: Health, nowMs: number, random: () => number): Health {
  const next = record(health, nowMs, false);
  if (health.state === 'half-open' || (health.state === 'closed' && trips(next))) return eject(next, nowMs, random);
  return next;
}

/** A pause the server asked for stays a pause: an ejection may be cut short by a closing logger, a pause never. */
function afterHold(health: Health, nowMs: number): Health {
  const held = { ...openUntil(health, Math.max(nowMs + HOLD_MS, health.untilMs)), healthySinceMs: nowMs };
  return health.state === 'paused' ? { ...held, state: 'paused' } : held;
}

function afterPause(health: Health, untilMs: number, nowMs: number): Health {
  return {
    ...record(health, nowMs, false),
    state: 'paused',
    untilMs: Math.max(untilMs, health.untilMs),
  };
}

function trips(health: Health): boolean {
  if (health.consecutiveFailures >= TRIP_CONSECUTIVE) return true;
  let successes = 0;
  let failures = 0;
  for (const second of health.recent) {
    successes += second.successes;
    failures += second.failures;
  }
  return successes + failures >= TRIP_MIN_REQUESTS && successes < TRIP_SUCCESS_RATIO * (successes + failures);
}

/** Equal jitter: half of the time is certain, half is chance, so that many clients do not probe at once. */
function eject(health: Health, nowMs: number, random: () => number): Health {
  const fullMs = Math.min(EJECTION_CAP_MS, EJECTION_BASE_MS * 2 ** health.ejections);
  const jitter = (1 + random()) / 2;
  return {
    ...health,
    state: 'open',
    untilMs: nowMs + fullMs * jitter,
    offlineUntilMs: nowMs + Math.min(fullMs, OFFLINE_CAP_MS) * jitter,
    ejections: health.ejections + 1,
  };
}

function record(health: Health, nowMs: number, success: boolean): Health {
  return {
    state: health.state,
    untilMs: health.untilMs,
    offlineUntilMs: health.offlineUntilMs,
    consecutiveFailures: health.consecutiveFailures + (success ? 0 : 1),
    ejections: health.ejections,
    healthySinceMs: health.healthySinceMs,
    recent: withResult(health.recent, nowMs, success),
  };
}

function withResult(seconds: readonly Second[], nowMs: number, success: boolean): Second[] {
  const second = Math.floor(nowMs / 1000);
  const recent = seconds.filter((bucket) => bucket.second > second - WINDOW_SECONDS);
  const last = recent.at(-1);
  const bucket = last?.second === second ? last : { second, successes: 0, failures: 0 };
  if (last === bucket) recent.pop();
  recent.push({
    second,
    successes: bucket.successes + (success ? 1 : 0),
    failures: bucket.failures + (success ? 0 : 1),
  });
  return recent;
}
