import os from 'node:os';

/** Every default number of the engine; the reasons are in docs/decisions/0006. */
export interface DeliveryDefaults {
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxSocketAgeMs: number;
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
  readonly maxRecordBytes: number;
  readonly lingerMs: number;
  readonly urgentLingerMs: number;
  readonly maxQueueBytes: number;
  readonly queueReserveRatio: number;
  readonly retryBaseDelayMs: number;
  readonly retryMaxDelayMs: number;
  readonly retryMaxAgeMs: number;
  readonly maxServerErrorRetries: number;
  readonly drainDelayMs: number;
  readonly maxConcurrency: number;
  readonly exitTimeoutMs: number;
  readonly exitWorkerTimeoutMs: number;
  readonly exitFallbackTimeoutMs: number;
}

export const defaults: Readonly<DeliveryDefaults> = Object.freeze({
  timeoutMs: 10_000,
  connectTimeoutMs: 3000,
  maxSocketAgeMs: 5 * 60_000,
  maxBatchRecords: 4000,
  maxBatchBytes: 960 * 1024,
  maxRecordBytes: 256 * 1024,
  lingerMs: 200,
  urgentLingerMs: 20,
  maxQueueBytes: 64 * 1024 * 1024,
  queueReserveRatio: 0.25,
  retryBaseDelayMs: 500,
  retryMaxDelayMs: 30_000,
  retryMaxAgeMs: 15 * 60_000,
  maxServerErrorRetries: 3,
  drainDelayMs: 5000,
  maxConcurrency: 8,
  exitTimeoutMs: 5000,
  exitWorkerTimeoutMs: 3000,
  exitFallbackTimeoutMs: 250,
});

/** The queue's budget: 64 MiB, or an eighth of the memory the process may use (cgroup limit or RAM) where that is less. */
export function defaultQueueBytes(memoryBytes: number = availableMemoryBytes()): number {
  return Math.min(defaults.maxQueueBytes, Math.floor(memoryBytes / 8));
}

function availableMemoryBytes(): number {
  const total = os.totalmem();
  // Node answers 0, undefined or an absurd number where there is no cgroup limit, depending on its version.
  const constrained: unknown = process.constrainedMemory?.();
  return typeof constrained === 'number' && constrained > 0 ? Math.min(constrained, total) : total;
}
