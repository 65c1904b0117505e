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

/** What an exporter says when it is done. */
interface ForeignResult {
  readonly code: number;
  readonly error?: unknown;
}

/** The longest a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * HTTP statuses for the gRPC codes that stand for good: what is asked for again would be refused again.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
const STATUS_OF_GRPC: Readonly<Record<number, number>> = { 3: 400, 5: 404, 7: 403, 9: 400, 12: 404, 16: 401 };

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
      const answer: unknown = withoutTracing(() =>
        exporter.export(records, (result: ForeignResult) => settle(toResult(result))),
      );
      Promise.resolve(answer).catch(() => settle(failure('ERR_LOGFLUME_EXPORTER', 'the exporter threw')));
    } catch {
      settle(failure('ERR_LOGFLUME_EXPORTER', 'the exporter threw'));
    }
  });
}

function toResult(result: ForeignResult): TransportResult {
  const { code, error } = Object(result) as Partial<ForeignResult>;
  if (code === 0) return reply(200);
  const status: unknown = Reflect.get(Object(error), 'code');
  if (typeof status === 'number') {
    if (status >= 300 && status <= 599) return reply(status);
    const known = STATUS_OF_GRPC[status];
    if (known !== undefined) return reply(known);
  }
  return failure('ERR_LOGFLUME_EXPORTER', 'the exporter reports a failure');
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
