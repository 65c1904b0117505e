import { inRange, oneOf } from './check-option.ts';
import { defaultQueueBytes, defaults } from './defaults.ts';
import type { DeliveryOptions } from './options.ts';
import { parseEndpoints } from './parse-endpoints.ts';
import type { QueueSettings } from './queue/record-queue.ts';
import type { BalanceMode } from './send/balance.ts';
import type { OtlpRules } from './send/classify.ts';
import type { ConfiguredEndpoint } from './send/configured-endpoint.ts';
import type { DispatchSettings } from './send/dispatcher.ts';
import { HEADER_BYTES } from './spool/segment-format.ts';
import { type ResolvedSpoolOptions, resolveSpoolOptions } from './spool/spool-options.ts';
import { MAX_TIMER_MS } from './system-clock.ts';

/** Options with every blank filled, checked. */
export interface ResolvedDeliveryOptions {
  readonly endpoints: readonly ConfiguredEndpoint[];
  readonly queue: QueueSettings;
  readonly dispatch: DispatchSettings;
  readonly spool: ResolvedSpoolOptions | undefined;
  readonly timeoutMs: number;
  readonly exitTimeoutMs: number;
  readonly balance: BalanceMode;
  readonly fallback: (typeof fallbacks)[number];
  readonly rules: OtlpRules;
}

/** The smallest queue that still holds a few batches. */
const MIN_QUEUE_BYTES = 64 * 1024;

/** Records from here on are on disk when the log call returns, where there is a spool. */
const FATAL_SEVERITY = 21;

/** The largest request every kind of receiver takes; asked for more, this much is used. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const balanceModes: readonly BalanceMode[] = ['least-loaded', 'round-robin', 'failover'];

const answersTo400 = ['reject', 'bisect'] as const;

const fallbacks = ['stderr', 'stdout', 'none'] as const;

/**
 * Checks the options and fills the blanks. Pure.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION`, naming the option, what was expected and what came.
 */
export function resolveDeliveryOptions<R>(options: DeliveryOptions<R>): ResolvedDeliveryOptions {
  const { batch = {}, retry = {}, exit = {} } = options;
  const spool = options.spool === undefined ? undefined : resolveSpoolOptions(options.spool);
  const isStrict = options.strictOtlp === true;
  const isOrdered = options.ordered === true;
  const on400 = oneOf('on400', options.on400 ?? 'reject', answersTo400);
  const maxQueueBytes = inRange(
    'queue.maxBytes',
    options.queue?.maxBytes ?? Math.max(MIN_QUEUE_BYTES, defaultQueueBytes()),
    MIN_QUEUE_BYTES,
  );
  // A small queue gets small batches: a quarter of it may be in one batch, an eighth in one record.
  const maxBatchBytes = Math.min(
    inRange('batch.maxBytes', batch.maxBytes ?? defaults.maxBatchBytes, 1),
    MAX_REQUEST_BYTES,
    Math.floor(maxQueueBytes / 4),
    maxStorableBytes(spool),
  );
  const lingerMs = inRange('batch.lingerMs', batch.lingerMs ?? defaults.lingerMs, 0, MAX_TIMER_MS);
  const memoryMs = inRange('retry.maxAgeMs', retry.maxAgeMs ?? defaults.retryMaxAgeMs, 1);
  return {
    endpoints: parseEndpoints(options.endpoints),
    queue: {
      maxBytes: maxQueueBytes,
      reserveRatio: defaults.queueReserveRatio,
      maxBatchRecords: inRange('batch.maxRecords', batch.maxRecords ?? defaults.maxBatchRecords, 1),
      maxBatchBytes,
      maxRecordBytes: Math.min(defaults.maxRecordBytes, Math.floor(maxQueueBytes / 8)),
      lingerMs,
      urgentLingerMs: Math.min(defaults.urgentLingerMs, lingerMs),
      aloneSeverity: spool === undefined ? Number.POSITIVE_INFINITY : FATAL_SEVERITY,
      isOrdered,
    },
    dispatch: {
      baseDelayMs: inRange('retry.baseDelayMs', retry.baseDelayMs ?? defaults.retryBaseDelayMs, 1),
      maxDelayMs: inRange('retry.maxDelayMs', retry.maxDelayMs ?? defaults.retryMaxDelayMs, 1),
      maxAge: { memoryMs, spoolMs: spool?.maxAgeMs ?? memoryMs },
      lingerMs,
      maxServerErrorRetries: inRange(
        'retry.maxServerErrorRetries',
        retry.maxServerErrorRetries ?? defaults.maxServerErrorRetries,
        0,
      ),
      bisects: on400 === 'bisect' && !isStrict,
      drainDelayMs: defaults.drainDelayMs,
      isOrdered,
    },
    spool,
    timeoutMs: inRange('timeoutMs', options.timeoutMs ?? defaults.timeoutMs, 0, MAX_TIMER_MS),
    exitTimeoutMs: inRange('exit.timeoutMs', exit.timeoutMs ?? defaults.exitTimeoutMs, 1, MAX_TIMER_MS),
    rules: { isStrict },
    balance: oneOf('balance', options.balance ?? 'least-loaded', balanceModes),
    fallback: oneOf('fallback', options.fallback ?? 'stderr', fallbacks),
  };
}

/** Room a body takes beside its records, for resource and scopes: where it is not enough the batch stays in memory. */
const MIN_FRAMING_BYTES = 4096;

/** Bytes of records that fit into one frame even if they cannot be compressed. */
function maxStorableBytes(spool: ResolvedSpoolOptions | undefined): number {
  if (spool === undefined) return Number.POSITIVE_INFINITY;
  const bytes = spool.maxFrameBytes - HEADER_BYTES;
  return Math.max(1, bytes - Math.min(MIN_FRAMING_BYTES, bytes >> 2));
}

/**
 * The time a `flush` or `close` gets. Pure. These never throw, so a number that makes no sense is the default, a negative
 * one 0, and what no timer can wait for is as long as one can.
 */
export function toWaitMs(timeoutMs: number | undefined, defaultMs: number): number {
  if (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs)) return defaultMs;
  return Math.min(MAX_TIMER_MS, Math.max(0, timeoutMs));
}
