import { defaultQueueBytes, defaults } from './defaults.ts';
import { LogflumeError } from './errors.ts';
import type { DeliveryOptions } from './options.ts';
import type { QueueSettings } from './queue/record-queue.ts';
import type { DispatchSettings } from './send/dispatcher.ts';
import type { EndpointTarget } from './send/endpoint-pool.ts';

/** Options with every blank filled, checked. */
export interface ResolvedDeliveryOptions {
  readonly targets: readonly EndpointTarget[];
  readonly queue: QueueSettings;
  readonly dispatch: DispatchSettings;
  readonly timeoutMs: number;
  readonly exitTimeoutMs: number;
}

/** The smallest queue that still holds a few batches. */
const MIN_QUEUE_BYTES = 64 * 1024;

/** The largest request every kind of receiver takes; asked for more, this much is used. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/** A longer timer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Checks the options and fills the blanks. Pure.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION`, naming the option, what was expected and what came.
 */
export function resolveDeliveryOptions<R>(options: DeliveryOptions<R>): ResolvedDeliveryOptions {
  const { batch = {}, retry = {}, exit = {} } = options;
  const maxQueueBytes = inRange('queue.maxBytes', options.queue?.maxBytes ?? defaultQueueBytes(), MIN_QUEUE_BYTES);
  // A small queue gets small batches: a quarter of it may be in one batch, an eighth in one record.
  const maxBatchBytes = Math.min(
    inRange('batch.maxBytes', batch.maxBytes ?? defaults.maxBatchBytes, 1),
    MAX_REQUEST_BYTES,
    maxQueueBytes >> 2,
  );
  return {
    targets: resolveTargets(options.endpoints),
    queue: {
      maxBytes: maxQueueBytes,
      reserveRatio: defaults.queueReserveRatio,
      maxBatchRecords: inRange('batch.maxRecords', batch.maxRecords ?? defaults.maxBatchRecords, 1),
      maxBatchBytes,
      maxRecordBytes: Math.min(defaults.maxRecordBytes, maxQueueBytes >> 3),
      lingerMs: inRange('batch.lingerMs', batch.lingerMs ?? defaults.lingerMs, 0, MAX_TIMER_MS),
      urgentLingerMs: Math.min(defaults.urgentLingerMs, batch.lingerMs ?? defaults.lingerMs),
    },
    dispatch: {
      baseDelayMs: inRange('retry.baseDelayMs', retry.baseDelayMs ?? defaults.retryBaseDelayMs, 1),
      maxDelayMs: inRange('retry.maxDelayMs', retry.maxDelayMs ?? defaults.retryMaxDelayMs, 1),
      maxAgeMs: inRange('retry.maxAgeMs', retry.maxAgeMs ?? defaults.retryMaxAgeMs, 1),
      maxServerErrorRetries: inRange(
        'retry.maxServerErrorRetries',
        retry.maxServerErrorRetries ?? defaults.maxServerErrorRetries,
        0,
      ),
      drainDelayMs: defaults.drainDelayMs,
    },
    timeoutMs: inRange('timeoutMs', options.timeoutMs ?? defaults.timeoutMs, 0),
    exitTimeoutMs: inRange('exit.timeoutMs', exit.timeoutMs ?? defaults.exitTimeoutMs, 1),
  };
}

function resolveTargets(endpoints: DeliveryOptions<unknown>['endpoints']): EndpointTarget[] {
  if (endpoints.length === 0) throw invalid('endpoints', 'at least one endpoint', 'none');
  return endpoints.map((endpoint, index) => {
    const url = parseHttpUrl(endpoint.url, `endpoints[${index}].url`);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(endpoint.headers ?? {})) headers[name.toLowerCase()] = value;
    if (url.username !== '' || url.password !== '') {
      const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      headers['authorization'] ??= `Basic ${Buffer.from(credentials).toString('base64')}`;
      url.username = '';
      url.password = '';
    }
    url.hash = '';
    return {
      url: url.href,
      weight: inRange(`endpoints[${index}].weight`, endpoint.weight ?? 1, Number.MIN_VALUE),
      priority: inRange(`endpoints[${index}].priority`, endpoint.priority ?? 0, 0),
      headers,
    };
  });
}

function parseHttpUrl(text: string, option: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid(option, 'an http(s) URL', url === undefined ? 'text that is no URL' : `the scheme ${url.protocol}`);
  }
  return url;
}

function inRange(option: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `a number ≥ ${min}` : `a number in ${min} … ${max}`;
  throw invalid(option, range, String(value));
}

function invalid(option: string, expected: string, got: string): LogflumeError {
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', `${option} must be ${expected}, got ${got}`, {
    details: { option, expected, got },
  });
}
