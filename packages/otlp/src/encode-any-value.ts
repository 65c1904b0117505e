import { isTelling } from './http-parts.ts';
import { writeKnownKey } from './known-key.ts';
import type { EncodeLimits } from './limits.ts';
import { readMember, throwsText } from './read-member.ts';
import { closeLength, varintBytes, writeBigInt64, writeBytes, writeDouble, writeInt64, writeVarint } from './wire.ts';
import { toWireForm, type WireForm } from './wire-form.ts';
import { type MapForm, toWritableMap } from './writable-map.ts';
import { isSafeKey } from './writable-members.ts';
import { cutText, toWellFormedText, writeString } from './write-string.ts';

type ArrayForm = Extract<WireForm, { readonly kind: 'array' }>;

/** The objects a value stands inside of, innermost first: tells the depth, and a circle. */
export interface Enclosing {
  readonly object: object;
  readonly depth: number;
  /** Messages it is nested in from the outermost value on: two for each array, three for each map. */
  readonly messages: number;
  readonly outer: Enclosing | undefined;
}

/**
 * Messages that may nest in a value. The decoders of protobuf for C++, Java, Python and Rust give up on a request, with
 * all its records, at 100 messages inside each other; the first six of them are around the value of an attribute.
 * @see https://protobuf.dev/programming-guides/proto-limits/
 */
const MAX_NESTED_MESSAGES = 94;

const INT64_LIMIT = 2 ** 63;
const MAX_BIGINT = 2n ** 63n - 1n;
const MIN_BIGINT = -(2n ** 63n);
/** Decimal digits cost the square of their number: 4 ms at this size, a second at 10^7 bits (Node 20). */
const MAX_DECIMAL_BIGINT = 1n << 100_000n;

/** What `writeKeyValue` answers, instead of an end, for a key with a lone surrogate: see `toWellFormedText`. */
export const ILL_FORMED_KEY = -2;

/**
 * Writes the content of an `AnyValue` message: the member of its oneof, or nothing for the empty value.
 *
 * Whatever the value is, something is written for it and nothing is thrown: a circle becomes `[Circular]`, a getter
 * that throws becomes `[Throws: …]`, a symbol or function its name. Integers in int64 range are `int_value`, every
 * other number (NaN, infinities, −0 and beyond) `double_value`; a BigInt beyond int64 is its decimal text, beyond
 * 100,000 bits its hexadecimal text.
 */
// Five positional parameters: an options object per value would be garbage on the hot path.
export function encodeAnyValue(
  bytes: Buffer,
  at: number,
  value: unknown,
  limits: EncodeLimits,
  enclosing?: Enclosing,
): number {
  switch (typeof value) {
    case 'string':
      return writeText(bytes, at, value, limits);
    case 'number':
      if (limits.scrub !== undefined) return encodeScrubbed(bytes, at, value, limits);
      return encodeNumber(bytes, at, value);
    case 'boolean':
      bytes[at] = 0x10;
      bytes[at + 1] = value ? 1 : 0;
      return at + 2;
    case 'bigint':
      if (limits.scrub !== undefined) return encodeScrubbed(bytes, at, value, limits);
      if (value > MAX_BIGINT || value < MIN_BIGINT) return writeText(bytes, at, bigintText(value), limits);
      bytes[at] = 0x18;
      return writeBigInt64(bytes, at + 1, value);
    case 'undefined':
      return at;
    case 'symbol':
      return writeText(bytes, at, value.toString(), limits);
    case 'function':
      return writeText(bytes, at, functionName(value), limits);
    default:
      return value === null ? at : encodeObject(bytes, at, value as object, limits, enclosing);
  }
}

/** A number that may itself be a secret. */
function encodeScrubbed(bytes: Buffer, at: number, value: number | bigint, limits: EncodeLimits): number {
  const replacement = limits.scrub?.replacementOfValue(value);
  if (replacement !== undefined) return writeText(bytes, at, replacement, limits);
  return encodeAnyValue(bytes, at, value, { ...limits, scrub: undefined });
}

function encodeNumber(bytes: Buffer, at: number, value: number): number {
  // The cheap test first: most numbers in logs are small non-negative integers. −0 > −1, so its sign is asked for.
  if (value === (value | 0) && (value > 0 || Object.is(value, 0))) {
    bytes[at] = 0x18;
    return writeVarint(bytes, at + 1, value);
  }
  if (Number.isInteger(value) && value >= -INT64_LIMIT && value < INT64_LIMIT && !Object.is(value, -0)) {
    bytes[at] = 0x18;
    return writeInt64(bytes, at + 1, value);
  }
  bytes[at] = 0x21;
  return writeDouble(bytes, at + 1, value);
}

function writeText(bytes: Buffer, at: number, text: string, limits: EncodeLimits): number {
  bytes[at] = 0x0a;
  const safe = limits.scrub === undefined ? text : limits.scrub.text(text);
  return writeString(bytes, at + 1, safe.length > limits.maxValueLength ? cutText(safe, limits.maxValueLength) : safe);
}

function bigintText(value: bigint): string {
  if (value < MAX_DECIMAL_BIGINT && value > -MAX_DECIMAL_BIGINT) return String(value);
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function functionName(value: unknown): string {
  try {
    const name: unknown = Reflect.get(Object(value), 'name');
    return typeof name === 'string' && name !== '' ? `[Function: ${name}]` : '[Function]';
  } catch {
    return '[Function]'; // A proxied function whose traps throw.
  }
}

function encodeObject(bytes: Buffer, at: number, value: object, limits: EncodeLimits, outer?: Enclosing): number {
  for (let seen = outer; seen !== undefined; seen = seen.outer) {
    if (seen.object === value) return writeText(bytes, at, '[Circular]', limits);
  }
  const depth = outer === undefined ? 1 : outer.depth + 1;
  const nested = outer === undefined ? 0 : outer.messages;
  try {
    const form = toWireForm(value, limits.maxItems, bytes.length - at);
    switch (form.kind) {
      case 'value':
        // Objects that stand for it are small, yet may hold what it stands in.
        return encodeAnyValue(bytes, at, form.value, limits, outer);
      case 'bytes': {
        const replacement = limits.scrub?.replacementOfValue(form.bytes);
        if (replacement !== undefined) return writeText(bytes, at, replacement, limits);
        const length = Math.min(form.bytes.length, limits.maxValueLength);
        bytes[at] = 0x3a;
        const content = writeVarint(bytes, at + 1, length);
        return writeBytes(bytes, content, form.bytes.subarray(0, length));
      }
      case 'array': {
        const messages = nested + 2;
        if (depth > limits.maxDepth || messages > MAX_NESTED_MESSAGES) return at;
        const enclosing = { object: value, depth, messages, outer };
        bytes[at] = 0x2a;
        return closeLength(bytes, at + 1, 1, encodeArray(bytes, at + 2, form, limits, enclosing));
      }
      case 'map': {
        const messages = nested + 3;
        if (depth > limits.maxDepth || messages > MAX_NESTED_MESSAGES) return at;
        const enclosing = { object: value, depth, messages, outer };
        bytes[at] = 0x32;
        return closeLength(bytes, at + 1, 1, encodeMap(bytes, at + 2, form, limits, enclosing));
      }
    }
  } catch (error) {
    return writeText(bytes, at, throwsText(error), limits);
  }
}

function encodeArray(bytes: Buffer, at: number, form: ArrayForm, limits: EncodeLimits, enclosing: Enclosing): number {
  const { items } = form;
  // Asked once: a getter that makes its array longer, or a proxy, must not keep this loop going.
  const { length } = items;
  let end = at;
  let index = 0;
  for (; index < length && index < limits.maxItems && end <= bytes.length; index++) {
    bytes[end] = 0x0a;
    end = writeLengthAndValue(bytes, end + 1, readMember(items, index), limits, enclosing);
  }
  const cut = form.cut + length - index;
  if (!(cut > 0) || end > bytes.length) return end;
  bytes[end] = 0x0a;
  return writeLengthAndValue(bytes, end + 1, `… [${cut} items cut]`, limits);
}

/** @param isWritable - whether `toWritableMap` made the map. */
function encodeMap(
  bytes: Buffer,
  at: number,
  form: MapForm,
  limits: EncodeLimits,
  enclosing: Enclosing,
  isWritable = false,
): number {
  const { members } = form;
  const keys = Object.keys(members);
  const isCut = keys.length > limits.maxItems;
  let isSettled = isWritable;
  let end = at;
  let written = 0;
  let left = keys.length;
  for (const key of keys) {
    if (end > bytes.length) return end;
    if (written >= limits.maxItems) return writeMembersCut(bytes, end, keys, form.cut + left, limits);
    left--;
    const value = readMember(members, key);
    if (value === undefined) continue;
    // At the first object at the latest: to start over behind one would double the work with every level of nesting.
    if (!isSettled && (isCut || isTelling(key, value) || isObject(value) || !isSafeKey(key, limits.scrub))) {
      const writable = toWritableMap(form, keys, keys.length - left - 1, limits);
      if (writable !== form) return encodeMap(bytes, at, writable, limits, enclosing, true);
      isSettled = true;
    }
    written++;
    end = writeKeyValue(bytes, end, 0x0a, key, value, limits, enclosing);
    if (end === ILL_FORMED_KEY) {
      const writable = toWritableMap(form, keys, keys.length - left - 1, limits);
      return encodeMap(bytes, at, writable, limits, enclosing, true);
    }
  }
  return form.cut === 0 ? end : writeMembersCut(bytes, end, keys, form.cut, limits);
}

function writeMembersCut(bytes: Buffer, at: number, keys: string[], cut: number, limits: EncodeLimits): number {
  // Looked for in the list and not in the object: a proxy may claim to have every key there is.
  const taken = new Set(keys);
  let key = '…';
  while (taken.has(key)) key += '…';
  return writeKeyValue(bytes, at, 0x0a, key, `[${cut} members cut]`, limits);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Writes a length prefix and the `AnyValue` behind it. */
export function writeLengthAndValue(
  bytes: Buffer,
  at: number,
  value: unknown,
  limits: EncodeLimits,
  enclosing?: Enclosing,
): number {
  const width = typeof value === 'string' ? varintBytes(leastUnits(value, limits) + 2) : 1;
  return closeLength(bytes, at, width, encodeAnyValue(bytes, at + width, value, limits, enclosing));
}

/**
 * Writes a `KeyValue` as a length-delimited field.
 *
 * @param tag - of the repeated field it belongs to: `0x32` in a LogRecord, `0x0a` in a Resource or a map, `0x1a` in a scope.
 * @param key - one that `isSafeKey`: whoever has the keys sees which of them become equal without their secrets.
 * @returns the new end, or `ILL_FORMED_KEY`, before the value is written, when the key has a lone surrogate.
 */
export function writeKeyValue(
  bytes: Buffer,
  at: number,
  tag: number,
  key: string,
  value: unknown,
  limits: EncodeLimits,
  enclosing?: Enclosing,
): number {
  if (limits.scrub !== undefined) return writeScrubbedKeyValue(bytes, at, tag, key, value, limits, enclosing);
  const short = writeShortKeyValue(bytes, at, tag, key, value, limits);
  return short >= 0 ? short : writeMember(bytes, at, tag, key, value, limits, enclosing);
}

function writeScrubbedKeyValue(
  bytes: Buffer,
  at: number,
  tag: number,
  key: string,
  value: unknown,
  limits: EncodeLimits,
  enclosing: Enclosing | undefined,
): number {
  const { scrub } = limits;
  if (scrub === undefined) return writeMember(bytes, at, tag, key, value, limits, enclosing);
  const replacement = scrub.replacementOf(key);
  if (replacement !== undefined) return writeMember(bytes, at, tag, key, replacement, limits, enclosing);
  const safe = typeof value === 'string' ? scrub.text(value) : value;
  // No number is short that could be a secret.
  const short = writeShortKeyValue(bytes, at, tag, key, safe, limits);
  if (short >= 0) return short;
  const inner = typeof value === 'object' && value !== null ? scrub.under(key) : scrub;
  return writeMember(bytes, at, tag, key, safe, inner === scrub ? limits : { ...limits, scrub: inner }, enclosing);
}

function writeMember(
  bytes: Buffer,
  at: number,
  tag: number,
  key: string,
  value: unknown,
  limits: EncodeLimits,
  enclosing: Enclosing | undefined,
): number {
  bytes[at] = tag;
  // Exact for ASCII text below 121 bytes: six bytes of tags and lengths around key and text.
  const width = typeof value === 'string' ? varintBytes(key.length + leastUnits(value, limits) + 6) : 1;
  const start = at + 1 + width;
  bytes[start] = 0x0a;
  const valueTag = writeString(bytes, start + 1, key);
  if (valueTag - start - 2 !== key.length && valueTag <= bytes.length && toWellFormedText(key) !== key) {
    return ILL_FORMED_KEY;
  }
  bytes[valueTag] = 0x12;
  return closeLength(bytes, at + 1, width, writeLengthAndValue(bytes, valueTag + 1, value, limits, enclosing));
}

/** Units of a key, and of a text, that the short way takes: its lengths are one byte each then. */
const SHORT_UNITS = 48;

/**
 * Most attributes are a short ASCII key with a short ASCII text, a number or a boolean. Their lengths are known
 * beforehand: no reserved prefixes, no calls. A record of 50 such attributes takes 0.6 of the time it takes without
 * (packages/bench, `call-cost`).
 *
 * @returns the new end, or −1 for a pair that has to go the long way.
 */
function writeShortKeyValue(
  bytes: Buffer,
  at: number,
  tag: number,
  key: string,
  value: unknown,
  limits: EncodeLimits,
): number {
  const keyUnits = key.length;
  if (keyUnits > SHORT_UNITS || !isShort(value, limits)) return -1;
  // Codes are looked at together, behind the loops: a branch per character costs more than the few pairs that go back.
  let codes = 0;
  const keyAt = at + 4;
  if (!writeKnownKey(bytes, keyAt, key)) {
    for (let i = 0; i < keyUnits; i++) {
      const code = key.charCodeAt(i);
      bytes[keyAt + i] = code;
      codes |= code;
    }
  }
  const valueAt = keyAt + keyUnits + 2;
  let end = valueAt + 2;
  if (typeof value === 'string') {
    const units = value.length;
    bytes[valueAt] = 0x0a;
    bytes[valueAt + 1] = units;
    for (let i = 0; i < units; i++) {
      const code = value.charCodeAt(i);
      bytes[end + i] = code;
      codes |= code;
    }
    end += units;
  } else if (typeof value === 'boolean') {
    bytes[valueAt] = 0x10;
    bytes[valueAt + 1] = value ? 1 : 0;
  } else if (value === (value | 0)) {
    bytes[valueAt] = 0x18;
    end = writeVarint(bytes, valueAt + 1, value);
  } else {
    bytes[valueAt] = 0x21;
    end = writeDouble(bytes, valueAt + 1, value);
  }
  if (codes > 0x7f) return -1;
  bytes[at] = tag;
  bytes[at + 1] = end - at - 2;
  bytes[at + 2] = 0x0a;
  bytes[at + 3] = keyUnits;
  bytes[valueAt - 2] = 0x12;
  bytes[valueAt - 1] = end - valueAt;
  return end;
}

/**
 * Whether a value is a short text, a boolean, a small non-negative integer or a fraction. −0 > −1, so its sign is asked
 * for; a fraction may be a secret.
 */
function isShort(value: unknown, limits: EncodeLimits): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= SHORT_UNITS && value.length <= limits.maxValueLength;
  if (typeof value !== 'number') return typeof value === 'boolean';
  if (value === (value | 0)) return value > 0 || Object.is(value, 0);
  return limits.scrub === undefined && !Number.isInteger(value);
}

/**
 * The fewest UTF-16 units of a text that are written, cut or not. A guess of a length must not be too high: a prefix
 * that shrinks would have needed a byte that the record itself does not.
 */
function leastUnits(text: string, limits: EncodeLimits): number {
  return text.length > limits.maxValueLength ? Math.max(limits.maxValueLength - 1, 0) : text.length;
}
