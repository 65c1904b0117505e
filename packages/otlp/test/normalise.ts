import { Buffer } from 'node:buffer';
import type { OtlpAnyValue, OtlpKeyValue } from '../src/otlp-json.ts';

/**
 * What the encoder should make of a value, worked out without it: the data model's rules said once more, in the JSON
 * mapping. Knows values that behave; what hostile ones become is said case by case in the unit tests.
 */
export function normalise(value: unknown): OtlpAnyValue {
  switch (typeof value) {
    case 'string':
      return { stringValue: toUtf8(value) };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return normaliseNumber(value);
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? { intValue: `${value}` } : { stringValue: `${value}` };
    case 'object':
      return value === null ? {} : normaliseObject(value);
    default:
      return {};
  }
}

/** Attributes by name, `undefined` left out; of names that are one in UTF-8 the last counts. */
export function normaliseEntries(entries: Iterable<readonly [string, unknown]>): OtlpKeyValue[] {
  const byKey = new Map<string, unknown>();
  for (const [key, value] of entries) if (value !== undefined) byKey.set(toUtf8(key), value);
  return [...byKey].map(([key, value]) => ({ key, value: normalise(value) }));
}

/** The same value with its maps ordered by key: the order of a map's entries means nothing. */
export function inKeyOrder(value: OtlpAnyValue): OtlpAnyValue {
  if (value.arrayValue) return { arrayValue: { values: value.arrayValue.values.map(inKeyOrder) } };
  if (value.kvlistValue) return { kvlistValue: { values: entriesInKeyOrder(value.kvlistValue.values) } };
  return value;
}

export function entriesInKeyOrder(entries: readonly OtlpKeyValue[]): OtlpKeyValue[] {
  return entries
    .map((entry) => ({ key: entry.key, value: inKeyOrder(entry.value) }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

function normaliseNumber(value: number): OtlpAnyValue {
  const isInt64 = Number.isInteger(value) && !Object.is(value, -0) && value >= -(2 ** 63) && value < 2 ** 63;
  if (isInt64) return { intValue: BigInt(value).toString() };
  if (Number.isFinite(value)) return { doubleValue: value };
  return { doubleValue: Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity' };
}

function normaliseObject(value: object): OtlpAnyValue {
  if (value instanceof Date) {
    return { stringValue: Number.isNaN(value.valueOf()) ? 'Invalid Date' : value.toISOString() };
  }
  if (value instanceof Uint8Array || value instanceof Uint8ClampedArray) {
    return { bytesValue: Buffer.from(value).toString('base64') };
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof Set) {
    return { arrayValue: { values: Array.from(Object(value), normalise) } };
  }
  const entries =
    value instanceof Map ? [...value].map(([key, item]) => [String(key), item] as const) : Object.entries(value);
  return { kvlistValue: { values: normaliseEntries(entries) } };
}

function toUtf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
