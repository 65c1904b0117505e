import type { EncodeLimits } from './limits.ts';
import { closeLength, varintBytes, writeBigInt64, writeBytes, writeDouble, writeInt64, writeVarint } from './wire.ts';
import { toWireForm } from './wire-form.ts';
import { cutText, writeString } from './write-string.ts';

/** The objects a value stands inside of, innermost first: tells the depth, and a circle. */
interface Enclosing {
  readonly object: object;
  readonly depth: number;
  readonly outer: Enclosing | undefined;
}

const INT64_LIMIT = 2 ** 63;
const MAX_BIGINT = 2n ** 63n - 1n;
const MIN_BIGINT = -(2n ** 63n);

/**
 * Writes the content of an `AnyValue` message: the member of its oneof, or nothing for the empty value.
 *
 * Whatever the value is, something is written for it and nothing is thrown: a circle becomes `[Circular]`, a getter
 * that throws becomes `[Throws: …]`, a symbol or function its name. Integers in int64 range are `int_value`, every
 * other number (NaN, infinities, −0 and beyond) `double_value`; a BigInt beyond int64 is its decimal text.
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
      return encodeNumber(bytes, at, value);
    case 'boolean':
      bytes[at] = 0x10;
      bytes[at + 1] = value ? 1 : 0;
      return at + 2;
    case 'bigint':
      if (value > MAX_BIGINT || value < MIN_BIGINT) return writeText(bytes, at, String(value), limits);
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
  return writeString(bytes, at + 1, text.length > limits.maxValueLength ? cutText(text, limits.maxValueLength) : text);
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
  const enclosing = { object: value, depth, outer };
  try {
    const form = toWireForm(value);
    switch (form.kind) {
      case 'value':
        // A toJSON that answers new objects for ever ends like any other nesting.
        return depth > limits.maxDepth ? at : encodeAnyValue(bytes, at, form.value, limits, enclosing);
      case 'bytes': {
        const length = Math.min(form.bytes.length, limits.maxValueLength);
        bytes[at] = 0x3a;
        const content = writeVarint(bytes, at + 1, length);
        return writeBytes(bytes, content, form.bytes.subarray(0, length));
      }
      case 'array': {
        if (depth > limits.maxDepth) return at;
        bytes[at] = 0x2a;
        return closeLength(bytes, at + 1, 1, encodeArray(bytes, at + 2, form.items, limits, enclosing));
      }
      case 'map': {
        if (depth > limits.maxDepth) return at;
        bytes[at] = 0x32;
        return closeLength(bytes, at + 1, 1, encodeMap(bytes, at + 2, form.members, limits, enclosing));
      }
    }
  } catch (error) {
    return writeText(bytes, at, throwsText(error), limits);
  }
}

function encodeArray(
  bytes: Buffer,
  at: number,
  items: ArrayLike<unknown>,
  limits: EncodeLimits,
  enclosing: Enclosing,
): number {
  let end = at;
  for (let i = 0; i < items.length && end <= bytes.length; i++) {
    bytes[end] = 0x0a;
    end = writeLengthAndValue(bytes, end + 1, readMember(items, i), limits, enclosing);
  }
  return end;
}

function encodeMap(bytes: Buffer, at: number, members: object, limits: EncodeLimits, enclosing: Enclosing): number {
  let end = at;
  for (const key of Object.keys(members)) {
    if (end > bytes.length) return end;
    const value = readMember(members, key);
    if (value !== undefined) end = writeKeyValue(bytes, end, 0x0a, key, value, limits, enclosing);
  }
  return end;
}

/** Reads a member; one that throws on being read becomes text that says so. */
export function readMember(object: object, key: string | number): unknown {
  try {
    return Reflect.get(object, key);
  } catch (error) {
    return throwsText(error);
  }
}

function throwsText(error: unknown): string {
  try {
    return `[Throws: ${error instanceof Error ? error.message : String(error)}]`;
  } catch {
    return '[Throws]'; // What was thrown throws too when asked what it is.
  }
}

/** Writes a length prefix and the `AnyValue` behind it. */
export function writeLengthAndValue(
  bytes: Buffer,
  at: number,
  value: unknown,
  limits: EncodeLimits,
  enclosing?: Enclosing,
): number {
  const width = typeof value === 'string' ? varintBytes(value.length + 2) : 1;
  return closeLength(bytes, at, width, encodeAnyValue(bytes, at + width, value, limits, enclosing));
}

/**
 * Writes a `KeyValue` as a length-delimited field.
 *
 * @param tag - of the repeated field it belongs to: `0x32` in a LogRecord, `0x0a` in a Resource or a map, `0x1a` in a scope.
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
  bytes[at] = tag;
  // Exact for ASCII text below 121 bytes: six bytes of tags and lengths around key and text.
  const width = typeof value === 'string' ? varintBytes(key.length + value.length + 6) : 1;
  const start = at + 1 + width;
  bytes[start] = 0x0a;
  const valueTag = writeString(bytes, start + 1, key);
  bytes[valueTag] = 0x12;
  return closeLength(bytes, at + 1, width, writeLengthAndValue(bytes, valueTag + 1, value, limits, enclosing));
}
