import { Buffer } from 'node:buffer';
import { OtlpDecodeError } from './otlp-decode-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;
/** Longest text taken for a number: sign, 20 digits and some leading zeros. More is no number anybody sent on purpose. */
const maxNumberLength = 40;

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const openBrace = 0x7b;

/**
 * Parses text, or bytes of UTF-8, whose top level is an object.
 *
 * @param maxFields - most members and items the text may have. They are counted before there is memory for them.
 */
export function parseJsonObject(text: string | Uint8Array, maxFields?: number): JsonObject {
  const json = typeof text === 'string' ? text : new TextDecoder().decode(text);
  if (maxFields !== undefined && hasMoreFields(json, maxFields)) {
    throw new OtlpDecodeError(`the body has more than ${maxFields} fields`, { path: '' }, 'tooManyFields');
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    // The engine's message may quote the text; where the text breaks off is all a log may show of it.
    const position = error instanceof Error ? /position \d+/.exec(error.message)?.[0] : undefined;
    throw new OtlpDecodeError(`the body is not JSON${position === undefined ? '' : `, at ${position}`}`, { path: '' });
  }
  return readObject(value, '') ?? fail('', 'an object', value);
}

/** Reads a message; null and a missing field are the same in the protobuf mapping of JSON. */
export function readObject(value: unknown, path: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  return isJsonObject(value) ? value : fail(path, 'an object', value);
}

/** Reads a repeated field; null or missing is empty. */
export function readArray<T>(value: unknown, path: string, readItem: (item: unknown, path: string) => T): T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return fail(path, 'an array', value);
  return value.map((item: unknown, index) => readItem(item, `${path}[${index}]`));
}

export function readString(value: unknown, path: string): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : fail(path, 'a string', value);
}

export function readBoolean(value: unknown, path: string): boolean {
  return typeof value === 'boolean' ? value : fail(path, 'true or false', value);
}

/**
 * Reads an int64 or fixed64 field, a number or decimal text, into decimal text without leading zeros.
 *
 * A JSON number beyond 2^53 has lost its last digits before anybody can look: writers must send text.
 */
export function readInt64Text(value: unknown, path: string): string {
  return readInteger(value, path, { min: -maxInt64 - 1n, max: maxInt64, name: 'an integer in −2^63 … 2^63 − 1' });
}

export function readUint64Text(value: unknown, path: string): string {
  if (value === undefined || value === null) return '0';
  return readInteger(value, path, { min: 0n, max: maxUint64, name: 'an integer in 0 … 2^64 − 1' });
}

export function readUint32(value: unknown, path: string): number {
  if (value === undefined || value === null) return 0;
  return Number(readInteger(value, path, { min: 0n, max: 0xffff_ffffn, name: 'an integer in 0 … 2^32 − 1' }));
}

/** Reads an enum, which the OTLP mapping knows as a number only; text is refused, digits included. */
export function readEnumNumber(value: unknown, path: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && value === (value | 0)) return value | 0;
  return fail(path, 'the integer of an enum, not its name', value);
}

export function readDouble(value: unknown, path: string): number | 'NaN' | 'Infinity' | '-Infinity' {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  const isText = typeof value === 'string' && /^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,4})?$/.test(value);
  const number = isText ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  return fail(path, 'a number, "NaN", "Infinity" or "-Infinity"', value);
}

/** Reads base64, standard or url-safe, padded or not, into the standard form with padding. */
export function readBase64(value: unknown, path: string): string {
  if (typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) {
    const digits = value.indexOf('=');
    const digitCount = digits === -1 ? value.length : digits;
    if (digitCount % 4 !== 1) return Buffer.from(value, 'base64').toString('base64');
  }
  return fail(path, 'base64 text', value);
}

/** Reads a trace or span id into lower-case hex; `''` for none and for an id of zeros, which is no id. */
export function readHexId(value: unknown, path: string, digitCount: number): string {
  const id = readString(value, path);
  if (id === '') return '';
  if (id.length !== digitCount || !/^[0-9a-fA-F]+$/.test(id)) return fail(path, `${digitCount} hex digits`, value);
  return /[^0]/.test(id) ? id.toLowerCase() : '';
}

/** Throws, naming the path, what was expected and what came, the latter cut to a size fit for one line of log. */
export function fail(path: string, expected: string, value: unknown): never {
  const at = path === '' ? 'the body' : path;
  throw new OtlpDecodeError(`${at} must be ${expected}, got ${describe(value)}`, { path });
}

interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
  readonly name: string;
}

function readInteger(value: unknown, path: string, range: IntegerRange): string {
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (value >= 0 && value <= 0xffff_ffff) return String(value);
    return checkRange(BigInt(value), value, path, range);
  }
  if (typeof value === 'string' && value.length <= maxNumberLength && /^-?\d+$/.test(value)) {
    return checkRange(BigInt(value), value, path, range);
  }
  return fail(path, range.name, value);
}

function checkRange(integer: bigint, value: unknown, path: string, range: IntegerRange): string {
  return integer >= range.min && integer <= range.max ? integer.toString() : fail(path, range.name, value);
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = String(typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : value);
  return typeof value === 'string' && value.length > 40 ? `${text} and ${value.length - 40} characters more` : text;
}

/** Counts by what stands before a member or an item: the bracket it is the first in, or a comma; an empty one counts. */
function hasMoreFields(json: string, maxFields: number): boolean {
  let fields = 0;
  let isInText = false;
  for (let at = 0; at < json.length && fields <= maxFields; at += 1) {
    const unit = json.charCodeAt(at);
    if (unit === quote) isInText = !isInText;
    else if (isInText) at += unit === backslash ? 1 : 0;
    else if (unit === comma || unit === openBrace || unit === openBracket) fields += 1;
  }
  return fields > maxFields;
}
