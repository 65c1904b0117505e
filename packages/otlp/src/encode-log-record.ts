import { encodeAnyValue } from './encode-any-value.ts';
import { writeAttributes } from './encode-record-attributes.ts';
import { defaultEncodeLimits, type EncodeLimits } from './limits.ts';
import type { LogRecordInput } from './log-record-input.ts';
import { closeLength, DOES_NOT_FIT, MAX_UNIX_MS, varintBytes, writeUnixNanos } from './wire.ts';
import { cutText, writeString } from './write-string.ts';

/**
 * Writes a record as one `log_records` field of a `ScopeLogs`: tag, length, message. A run of such fields behind a
 * scope header is a valid request, so nobody has to touch a record again.
 *
 * Fields stand in ascending order, as official encoders write them. Nothing is thrown for any record whatsoever.
 *
 * @param bytes - where to write; bytes from `at` on are overwritten even when the record does not fit.
 * @returns the new end, or `DOES_NOT_FIT`.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto
 */
export function encodeLogRecord(
  bytes: Buffer,
  at: number,
  record: LogRecordInput,
  limits: EncodeLimits = defaultEncodeLimits,
): number {
  bytes[at] = 0x12;
  // Never wider than what the bytes left could need: a prefix that has to shrink would need a byte the record does not.
  const width = varintBytes(Math.min(likelyBytes(record), bytes.length - at - 6));
  const start = at + 1 + width;
  let end = writeHead(bytes, start, record, limits);
  end = writeAttributes(bytes, end, record, limits);
  end = writeTrace(bytes, end, record);
  end = writeObservedTime(bytes, end, record, start);
  if (record.eventName !== '') {
    bytes[end] = 0x62;
    end = writeString(bytes, end + 1, scrubbed(record.eventName, limits));
  }
  end = closeLength(bytes, at + 1, width, end);
  return end > bytes.length ? DOES_NOT_FIT : end;
}

/** A guess of the record's length that is on the right side of 128 nearly always; a wrong one costs a move. */
function likelyBytes(record: LogRecordInput): number {
  const { body, bound } = record;
  const known = (typeof body === 'string' ? body.length : 0) + (bound === undefined ? 0 : bound.bytes.length) + 32;
  return record.attributes === undefined && record.exception === undefined ? known : known + 100;
}

function isTime(ms: number, nanos: number): boolean {
  return (ms >= 1 || (ms === 0 && nanos >= 1)) && ms <= MAX_UNIX_MS;
}

/** @param head - where the record's content starts, which is with its time when it has one. */
function writeObservedTime(bytes: Buffer, at: number, record: LogRecordInput, head: number): number {
  const { observedTimeMs, observedTimeNanos } = record;
  if (!isTime(observedTimeMs, observedTimeNanos)) return at;
  bytes[at] = 0x59;
  if (observedTimeMs !== record.timeMs || observedTimeNanos !== record.timeNanos) {
    return writeUnixNanos(bytes, at + 1, observedTimeMs, observedTimeNanos);
  }
  // The time stands right behind the first tag: copied, not computed again.
  for (let i = 1; i <= 8; i++) bytes[at + i] = bytes[head + i] as number;
  return at + 9;
}

function writeHead(bytes: Buffer, at: number, record: LogRecordInput, limits: EncodeLimits): number {
  let end = at;
  if (isTime(record.timeMs, record.timeNanos)) {
    bytes[at] = 0x09;
    end = writeUnixNanos(bytes, at + 1, record.timeMs, record.timeNanos);
  }
  // A number above 127 would not even be one byte.
  if (record.severityNumber >= 1 && record.severityNumber <= 24) {
    bytes[end] = 0x10;
    bytes[end + 1] = record.severityNumber;
    end += 2;
  }
  if (record.severityText !== '') {
    bytes[end] = 0x1a;
    end = writeString(bytes, end + 1, scrubbed(record.severityText, limits));
  }
  return record.body === undefined ? end : writeBody(bytes, end, record.body, limits);
}

function writeBody(bytes: Buffer, at: number, body: unknown, limits: EncodeLimits): number {
  bytes[at] = 0x2a;
  if (typeof body === 'string') {
    const safe = scrubbed(body, limits);
    const text = safe.length > limits.maxBodyLength ? cutBody(safe, limits.maxBodyLength) : safe;
    const width = varintBytes(text.length + 2);
    bytes[at + 1 + width] = 0x0a;
    return closeLength(bytes, at + 1, width, writeString(bytes, at + 2 + width, text));
  }
  // Limits of attributes do not apply to the body, except those of a record that has to be made smaller.
  const bodyLimits = limits.maxBodyLength === Number.POSITIVE_INFINITY ? unlimited(limits) : limits;
  return closeLength(bytes, at + 1, 1, encodeAnyValue(bytes, at + 2, body, bodyLimits));
}

function scrubbed(text: string, { scrub }: EncodeLimits): string {
  return scrub === undefined ? text : scrub.text(text);
}

function unlimited({ scrub }: EncodeLimits): EncodeLimits {
  return scrub === undefined ? defaultEncodeLimits : { ...defaultEncodeLimits, scrub };
}

/** The text's beginning and how many characters are missing. */
export function cutBody(text: string, maxUnits: number): string {
  const kept = cutText(text, maxUnits);
  return `${kept}… [${text.length - kept.length} characters cut]`;
}

/** Trace flags, trace id and span id; flags alone are kept, an invalid trace id takes its span id with it. */
function writeTrace(bytes: Buffer, at: number, record: LogRecordInput): number {
  let end = at;
  const flags = record.traceFlags & 0xff;
  if (flags !== 0) {
    bytes[end] = 0x45;
    bytes[end + 1] = flags;
    bytes[end + 2] = 0;
    bytes[end + 3] = 0;
    bytes[end + 4] = 0;
    end += 5;
  }
  const spanAt = writeId(bytes, end, 0x4a, record.traceId, 32);
  return spanAt === end ? end : writeId(bytes, spanAt, 0x52, record.spanId, 16);
}

/** Writes an id of so many hex digits that are not all zero, checked while they are read; of anything else, nothing. */
function writeId(bytes: Buffer, at: number, tag: number, id: string, digits: number): number {
  if (typeof id !== 'string' || id.length !== digits) return at; // Hosts may be plain JavaScript.
  let end = at + 2;
  let seen = 0;
  let codes = 0;
  for (let i = 0; i < digits; i += 2) {
    const high = id.charCodeAt(i);
    const low = id.charCodeAt(i + 1);
    const byte = ((HEX[high & 0x7f] as number) << 4) | (HEX[low & 0x7f] as number);
    bytes[end++] = byte;
    seen |= byte;
    codes |= high | low;
  }
  // A digit that is none has made all of it negative.
  if (seen <= 0 || codes > 0x7f) return at;
  bytes[at] = tag;
  bytes[at + 1] = digits >> 1;
  return end;
}

/**
 * The values of '0'–'9', 'a'–'f' and 'A'–'F'; −1 for any other character of ASCII. A table: the two ids of a record take
 * 60 ns by it, and 85 by comparisons (Node 20).
 */
const HEX = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
);
