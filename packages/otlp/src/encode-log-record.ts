import { describeError, isError } from './describe-error.ts';
import { encodeAnyValue, writeKeyValue } from './encode-any-value.ts';
import { type EncodedAttributes, entriesOf } from './encode-attributes.ts';
import { defaultEncodeLimits, type EncodeLimits } from './limits.ts';
import { closeLength, DOES_NOT_FIT, varintBytes, writeBytes, writeUnixNanos, writeVarint } from './wire.ts';
import { cutText, writeString } from './write-string.ts';

/**
 * One record on its way into bytes. Every field is always present, in this order, so that all records share one shape.
 * The encoder reads it once and keeps nothing of it.
 */
export interface LogRecordInput {
  /** Time of the event: integer milliseconds since the epoch ≥ 0; 0 is "unknown". */
  readonly timeMs: number;
  /** Nanoseconds within that millisecond, 0 … 999999. */
  readonly timeNanos: number;
  /** When it was seen; the same as the time unless the record comes from somewhere else. */
  readonly observedTimeMs: number;
  readonly observedTimeNanos: number;
  /** 1 … 24; 0 is unspecified and left out. */
  readonly severityNumber: number;
  /** `''` is left out. */
  readonly severityText: string;
  /** Any value; `undefined` is left out. */
  readonly body: unknown;
  /** Attributes of this record alone; they win over `bound`. */
  readonly attributes: object | undefined;
  /** What was thrown, written as `exception.*`; attributes of the same names win, one that holds it is left out. */
  readonly exception: unknown;
  /** Attributes encoded before, of the logger and its context. */
  readonly bound: EncodedAttributes | undefined;
  /** `''`, or what makes the record an event. */
  readonly eventName: string;
  /** 32 hex digits, or `''`. */
  readonly traceId: string;
  /** 16 hex digits, or `''`; left out without a trace id. */
  readonly spanId: string;
  /** W3C trace flags, 0 … 255. */
  readonly traceFlags: number;
}

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
  const width = varintBytes(likelyBytes(record));
  const start = at + 1 + width;
  let end = writeHead(bytes, start, record, limits);
  end = writeAttributes(bytes, end, record, limits);
  end = writeTrace(bytes, end, record);
  bytes[end] = 0x59;
  if (record.observedTimeMs === record.timeMs && record.observedTimeNanos === record.timeNanos) {
    // The time stands right behind the first tag: copied, not computed again.
    for (let i = 1; i <= 8; i++) bytes[end + i] = bytes[start + i] as number;
    end += 9;
  } else {
    end = writeUnixNanos(bytes, end + 1, record.observedTimeMs, record.observedTimeNanos);
  }
  if (record.eventName !== '') {
    bytes[end] = 0x62;
    end = writeString(bytes, end + 1, record.eventName);
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

function writeHead(bytes: Buffer, at: number, record: LogRecordInput, limits: EncodeLimits): number {
  bytes[at] = 0x09;
  let end = writeUnixNanos(bytes, at + 1, record.timeMs, record.timeNanos);
  if (record.severityNumber !== 0) {
    bytes[end] = 0x10;
    bytes[end + 1] = record.severityNumber;
    end += 2;
  }
  if (record.severityText !== '') {
    bytes[end] = 0x1a;
    end = writeString(bytes, end + 1, record.severityText);
  }
  return record.body === undefined ? end : writeBody(bytes, end, record.body, limits);
}

function writeBody(bytes: Buffer, at: number, body: unknown, limits: EncodeLimits): number {
  bytes[at] = 0x2a;
  if (typeof body === 'string') {
    const text = body.length > limits.maxBodyLength ? cutBody(body, limits.maxBodyLength) : body;
    const width = varintBytes(text.length + 2);
    bytes[at + 1 + width] = 0x0a;
    return closeLength(bytes, at + 1, width, writeString(bytes, at + 2 + width, text));
  }
  // Limits of attributes do not apply to the body, except those of a record that has to be made smaller.
  const bodyLimits = limits.maxBodyLength === Number.POSITIVE_INFINITY ? defaultEncodeLimits : limits;
  return closeLength(bytes, at + 1, 1, encodeAnyValue(bytes, at + 2, body, bodyLimits));
}

function cutBody(text: string, maxUnits: number): string {
  return `${cutText(text, maxUnits)}… [${text.length - maxUnits} characters cut]`;
}

const hasOwn = Object.prototype.hasOwnProperty;

/**
 * Writes the record's own attributes, its exception and, behind them, what is bound and not overridden: one pass, as
 * each key of the record is looked up among the bound ones while it is written.
 */
function writeAttributes(bytes: Buffer, at: number, record: LogRecordInput, limits: EncodeLimits): number {
  const { attributes, exception, bound } = record;
  if (attributes === undefined && exception === undefined) {
    if (bound === undefined) return at;
    return writeDropped(bytes, writeBytes(bytes, at, bound.bytes), bound.dropped);
  }
  const own = attributes === undefined ? undefined : plainMembers(attributes);
  const boundKeys = bound === undefined || bound.ends.length === 0 ? undefined : bound.keys;
  let room = limits.maxAttributes - (bound === undefined ? 0 : bound.ends.length);
  let dropped = bound === undefined ? 0 : bound.dropped;
  let overridden: Set<string> | undefined;
  let end = at;
  try {
    for (const key in own) {
      if (!hasOwn.call(own, key)) continue;
      const value = own[key];
      // The exception may stand among the attributes, as `err` or `error`: it is written once, as `exception.*`.
      if (value === undefined || value === exception) continue;
      if (boundKeys?.has(key)) {
        overridden ??= new Set();
        overridden.add(key);
      } else if (--room < 0) {
        dropped++;
        continue;
      }
      end = writeKeyValue(bytes, end, 0x32, key, value, limits);
      if (end > bytes.length) return end;
    }
  } catch {
    // A getter threw. Read once more, member by member, each with its own net: the slow path of hostile records alone.
    return writeAttributes(bytes, at, { ...record, attributes: readableMembers(attributes as object) }, limits);
  }
  if (exception !== undefined) end = writeException(bytes, end, exception, own, limits);
  if (bound !== undefined) end = writeBound(bytes, end, bound, overridden);
  return writeDropped(bytes, end, dropped);
}

type Members = Readonly<Record<string, unknown>>;

/** The attributes as an object whose own members are the attributes; the object itself in the ordinary case. */
function plainMembers(attributes: object): Members {
  const prototype: unknown = Object.getPrototypeOf(attributes);
  return prototype === Object.prototype || prototype === null ? (attributes as Members) : readableMembers(attributes);
}

function readableMembers(attributes: object): Members {
  const members = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entriesOf(attributes)) members[key] = value;
  return members;
}

/** Writes what was thrown as `exception.*`; an error in full, any other value as the message. */
function writeException(
  bytes: Buffer,
  at: number,
  thrown: unknown,
  own: Members | undefined,
  limits: EncodeLimits,
): number {
  const description =
    typeof thrown === 'object' && thrown !== null && isError(thrown)
      ? describeError(thrown)
      : { type: typeof thrown, message: thrown };
  let end = at;
  for (const [member, value] of Object.entries(description)) {
    const key = `exception.${member}`;
    if (own !== undefined && hasOwn.call(own, key)) continue;
    end = writeKeyValue(bytes, end, 0x32, key, value, limits);
  }
  return end;
}

function writeBound(bytes: Buffer, at: number, bound: EncodedAttributes, overridden: Set<string> | undefined): number {
  if (overridden === undefined) return writeBytes(bytes, at, bound.bytes);
  let end = at;
  for (const [key, index] of bound.keys) {
    if (overridden.has(key)) continue;
    end = writeBytes(bytes, end, bound.bytes.subarray(index === 0 ? 0 : bound.ends[index - 1], bound.ends[index]));
  }
  return end;
}

function writeDropped(bytes: Buffer, at: number, dropped: number): number {
  if (dropped === 0) return at;
  bytes[at] = 0x38;
  return writeVarint(bytes, at + 1, dropped);
}

/** Trace flags, trace id and span id; flags alone are kept, an invalid trace id takes its span id with it. */
function writeTrace(bytes: Buffer, at: number, record: LogRecordInput): number {
  let end = at;
  if (record.traceFlags !== 0) {
    bytes[end] = 0x45;
    bytes[end + 1] = record.traceFlags;
    bytes[end + 2] = 0;
    bytes[end + 3] = 0;
    bytes[end + 4] = 0;
    end += 5;
  }
  if (!isId(record.traceId, 32)) return end;
  end = writeId(bytes, end, 0x4a, record.traceId);
  return isId(record.spanId, 16) ? writeId(bytes, end, 0x52, record.spanId) : end;
}

const ID = /^(?!0+$)[0-9a-f]+$/i;

function isId(id: string, digits: number): boolean {
  return id.length === digits && ID.test(id);
}

function writeId(bytes: Buffer, at: number, tag: number, id: string): number {
  const length = id.length / 2;
  bytes[at] = tag;
  bytes[at + 1] = length;
  for (let i = 0; i < length; i++) bytes[at + 2 + i] = hexDigit(id, 2 * i) * 16 + hexDigit(id, 2 * i + 1);
  return at + 2 + length;
}

/** '0'–'9' are 0x30–0x39; letters of either case have their value minus nine in the low four bits. */
function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return (code & 0xf) + (code > 0x39 ? 9 : 0);
}
