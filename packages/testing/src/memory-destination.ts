import { inspect } from 'node:util';
import zlib from 'node:zlib';
import type { Transport, TransportRequest, TransportResult } from '@logflume/delivery';
import {
  decodeLogsRequest,
  encodeLogsResponse,
  isOtlpContentType,
  type OtlpLogRecord,
  type OtlpLogsRequest,
  type OtlpResource,
  type OtlpScope,
  parseOtlpJsonRequest,
} from '@logflume/otlp';

/** A record as it arrived, with what stood above it. */
export interface ArrivedRecord {
  readonly record: OtlpLogRecord;
  readonly scope: OtlpScope | undefined;
  readonly resource: OtlpResource | undefined;
}

/** A backend in memory: hand it over as the `transport` of a destination of a logger, log, flush, and look at what arrived. No socket is opened. */
export interface MemoryDestination extends Transport {
  /** Everything that arrived, the first one first. */
  records(): readonly ArrivedRecord[];
  /** The requests it came in so far, decoded. */
  requests(): readonly OtlpLogsRequest[];
  /** Forgets everything. */
  clear(): void;
  /**
   * Answers every later request with this status instead of taking it; 200 takes them again.
   * @throws TypeError for what is no integer from 200 to 599.
   */
  answerWith(status: number): void;
}

/**
 * Makes a backend in memory for OTLP, protobuf or JSON, compressed by gzip, zstd or not at all.
 *
 * A batch that comes again under the same idempotency key is kept once, as a backend that deduplicates does.
 */
export function createMemoryDestination(): MemoryDestination {
  let requests: OtlpLogsRequest[] = [];
  let ids = new Set<string>();
  let status = 200;
  return {
    async send(request) {
      if (request.signal.aborted) return { kind: 'failure', code: 'ERR_LOGFLUME_ABORTED', message: 'aborted' };
      const type = request.headers['content-type'];
      if (status < 200 || status > 299) return reply(status, type, new Uint8Array());
      const id = request.headers['idempotency-key'];
      if (id === undefined || !ids.has(id)) {
        const decoded = decode(request);
        if (decoded === undefined) return reply(400, type, new Uint8Array());
        requests.push(decoded);
      }
      if (id !== undefined) ids.add(id);
      return reply(status, type, encodeLogsResponse({ rejectedLogRecords: 0, errorMessage: '' }, type ?? ''));
    },
    close: () => undefined,
    records: () => requests.flatMap(recordsOf),
    requests: () => [...requests],
    clear() {
      requests = [];
      ids = new Set();
    },
    answerWith(newStatus) {
      if (!Number.isInteger(newStatus) || newStatus < 200 || newStatus > 599) {
        throw new TypeError(`status must be an integer from 200 to 599, got ${inspect(newStatus)}`);
      }
      status = newStatus;
    },
  };
}

function recordsOf({ resourceLogs = [] }: OtlpLogsRequest): ArrivedRecord[] {
  return resourceLogs.flatMap(({ resource, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope, logRecords = [] }) => logRecords.map((record) => ({ record, scope, resource }))),
  );
}

/** @returns `undefined` for what is not OTLP. */
function decode({ headers, body }: TransportRequest): OtlpLogsRequest | undefined {
  const type = headers['content-type'];
  if (!isOtlpContentType(type)) return undefined;
  try {
    const plain = decompress(headers['content-encoding'], body);
    return type?.includes('json') ? parseOtlpJsonRequest(plain) : decodeLogsRequest(plain);
  } catch {
    return undefined;
  }
}

function decompress(encoding: string | undefined, body: Uint8Array): Uint8Array {
  if (encoding === 'gzip') return zlib.gunzipSync(body);
  if (encoding !== 'zstd') return body;
  const unpack: unknown = Reflect.get(zlib, 'zstdDecompressSync'); // Node 22.15 and later, as the sender's zstd.
  const plain: unknown = typeof unpack === 'function' ? unpack(body) : undefined;
  if (!(plain instanceof Uint8Array)) throw new TypeError('this Node.js has no zstd');
  return plain;
}

function reply(status: number, contentType: string | undefined, body: Uint8Array): TransportResult {
  return { kind: 'reply', status, contentType, retryAfter: undefined, date: undefined, body, complete: true };
}
