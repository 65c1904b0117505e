/** Peak-sensitive moving average of an endpoint's response time. */
export interface Latency {
  /** Milliseconds; 0 before the first sample. */
  readonly costMs: number;
  readonly atMs: number;
}

export const noLatency: Latency = { costMs: 0, atMs: 0 };

/** Time in which an old sample loses all but 1/e of its weight (Finagle's value). */
const DECAY_MS = 10_000;

/** What a failed attempt counts as, at the least: without it a fast failure attracts the traffic. */
export const FAILURE_PENALTY_MS = 5000;

/** Takes one sample: a worse one counts at once, a better one as the old one decays. Pure. */
export function addLatency(latency: Latency, sampleMs: number, nowMs: number): Latency {
  const weight = Math.exp(-Math.max(0, nowMs - latency.atMs) / DECAY_MS);
  const costMs = sampleMs > latency.costMs ? sampleMs : latency.costMs * weight + sampleMs * (1 - weight);
  return { costMs, atMs: nowMs };
}

/** The average now: reading decays as if a sample of 0 had come. Pure. */
export function latencyAt(latency: Latency, nowMs: number): number {
  return latency.costMs * Math.exp(-Math.max(0, nowMs - latency.atMs) / DECAY_MS);
}
