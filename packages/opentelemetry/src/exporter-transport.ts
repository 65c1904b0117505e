import {
  patientTimeout,
  type Transport,
  type TransportRequest,
  type TransportResult,
  withoutTracing,
} from '@logflume/delivery';
import { decodeLogsRequest } from '@logflume/otlp';
import type { ForeignLogRecordExporter, SdkLogRecord } from './host.ts';
import { toSdkRecords } from './to-sdk-records.ts';

/** The longest a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * HTTP statuses that mean the same as gRPC codes. Codes that OTLP calls retryable are not here, as any failure is tried
 * again; but for RESOURCE_EXHAUSTED (8), which is so with a `RetryInfo` only, and as 429 is without, too: many servers
 * that limit rates send none. UNKNOWN (2) and INTERNAL (13), which it does not call retryable, are what proxies and
 * libraries say of a broken stream as well, and so are tried a few times, as a 500 is.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
const STATUS_OF_GRPC: Readonly<Record<number, number>> = {
  2: 500,
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  12: 404,
  13: 500,
  16: 401,
};

/** Codes by which libraries of gRPC refuse a message as too large: RESOURCE_EXHAUSTED, and OUT_OF_RANGE in Rust. */
const TOO_LARGE_CODES = new Set([8, 11]);

/** What the libraries for C, C#, Go, Java, Node and Rust say then; no code tells it from a limit of rates. */
const TOO_LARGE = /message (larger than|with a size larger than|exceeds|length too large)/i;

/**
 * Sends batches by an exporter. A failure with the status of an HTTP reply, as OTLP exporters tell it, means what that
 * status means; any other is tried again. Nothing an exporter does rejects or throws here, nor does it end up in a text:
 * its errors may hold addresses and headers.
 */
export function createExporterTransport(exporter: ForeignLogRecordExporter): Transport {
  return {
    send: (request) => send(exporter, request),
    flush: () => quietly(() => exporter.forceFlush?.()),
    close: () => quietly(() => exporter.shutdown()),
  };
}

async function quietly(end: () => Promise<void> | undefined): Promise<void> {
  try {
    await withoutTracing(end);
  } catch {
    // What it took it has answered for; what it loses of that, and why, it tells by means of its own.
  }
}

function send(
  exporter: ForeignLogRecordExporter,
  { body, timeoutMs, signal }: TransportRequest,
): Promise<TransportResult> {
  return new Promise((resolve) => {
    let cancelTimeout: (() => void) | undefined;
    const abort = (): void => settle(failure('ERR_LOGFLUME_ABORTED', 'the export was cut short'));
    const settle = (result: TransportResult): void => {
      cancelTimeout?.();
      signal.removeEventListener('abort', abort);
      resolve(result);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (timeoutMs > 0) {
      const late = failure('ERR_LOGFLUME_TIMEOUT', `the exporter did not answer in ${timeoutMs} ms`);
      cancelTimeout = patientTimeout(Math.min(timeoutMs, MAX_TIMER_MS), () => settle(late));
    }
    try {
      const records: SdkLogRecord[] = toSdkRecords(decodeLogsRequest(body));
      // Nothing, by the interface; one that is written `async` says by a rejection that it threw.
      const answer: unknown = withoutTracing(() => exporter.export(records, (result) => settle(toResult(result))));
      Promise.resolve(answer).catch(() => settle(failure('ERR_LOGFLUME_EXPORTER', 'the exporter threw')));
    } catch {
      settle(failure('ERR_LOGFLUME_EXPORTER', 'the exporter threw'));
    }
  });
}

/** @param result - whatever an exporter calls back with; reading it may throw. */
function toResult(result: unknown): TransportResult {
  try {
    if (Reflect.get(Object(result), 'code') === 0) return reply(200);
    const status = toStatus(Object(Reflect.get(Object(result), 'error')));
    if (status !== undefined) return reply(status);
  } catch {
    // A getter threw: a failure that says nothing of itself.
  }
  return failure('ERR_LOGFLUME_EXPORTER', 'the exporter reports a failure');
}

function toStatus(error: object): number | undefined {
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code !== 'number') return undefined;
  if (code >= 300 && code <= 599) return code;
  if (TOO_LARGE_CODES.has(code) && TOO_LARGE.test(String(Reflect.get(error, 'message')))) return 413;
  return STATUS_OF_GRPC[code];
}

function reply(status: number): TransportResult {
  return {
    kind: 'reply',
    status,
    contentType: 'application/x-protobuf',
    retryAfter: undefined,
    date: undefined,
    body: new Uint8Array(0),
    complete: true,
  };
}

function failure(code: string, message: string): TransportResult {
  return { kind: 'failure', code, message };
}
