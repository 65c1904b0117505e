import { Buffer } from 'node:buffer';
import { decodeLogRecord } from '../src/decode-log-record.ts';
import { type EncodedAttributes, encodeAttributes } from '../src/encode-attributes.ts';
import { encodeLogRecord } from '../src/encode-log-record.ts';
import { defaultEncodeLimits, type EncodeLimits } from '../src/limits.ts';
import type { LogRecordInput } from '../src/log-record-input.ts';
import { forEachLogRecord } from '../src/log-record-run.ts';
import type { OtlpLogRecord } from '../src/otlp-json.ts';
import { DOES_NOT_FIT } from '../src/wire.ts';

/** A record of nothing but its time; tests spread it and show what matters to them. */
export const plainRecord: LogRecordInput = {
  timeMs: 1_581_452_773_000,
  timeNanos: 789,
  observedTimeMs: 1_581_452_773_000,
  observedTimeNanos: 789,
  severityNumber: 0,
  severityText: '',
  body: undefined,
  attributes: undefined,
  exception: undefined,
  bound: undefined,
  eventName: '',
  traceId: '',
  spanId: '',
  traceFlags: 0,
};

export function bind(attributes: object, limits: EncodeLimits = defaultEncodeLimits): EncodedAttributes {
  return encodeAttributes(attributes, limits);
}

/** Encodes a record into bytes of exactly its length, tag and length prefix included. */
export function encodeRecord(record: LogRecordInput, limits?: EncodeLimits): Buffer {
  let bytes = Buffer.alloc(4096);
  for (;;) {
    const end = encodeLogRecord(bytes, 0, record, limits);
    if (end !== DOES_NOT_FIT) return bytes.subarray(0, end);
    bytes = Buffer.alloc(bytes.length * 8);
  }
}

/** The content of the one record in `run`, without tag and length prefix. */
export function contentOf(run: Uint8Array): Uint8Array {
  const contents: Uint8Array[] = [];
  forEachLogRecord(run, (start, end) => contents.push(run.subarray(start, end)));
  const [content] = contents;
  if (content === undefined || contents.length !== 1) throw new Error(`one record expected, got ${contents.length}`);
  return content;
}

export function decodeRecord(run: Uint8Array): OtlpLogRecord {
  return decodeLogRecord(contentOf(run));
}

/** What a record says once it has been on the wire. */
export function roundTrip(fields: Partial<LogRecordInput>, limits?: EncodeLimits): OtlpLogRecord {
  return decodeRecord(encodeRecord({ ...plainRecord, ...fields }, limits));
}
