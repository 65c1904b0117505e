import type { OtlpAnyValue } from './otlp-json.ts';

/** What a decoded value is in JavaScript, in forms every printer and JSON can show. */
export type PlainValue = string | number | boolean | null | PlainValue[] | { [key: string]: PlainValue };

/**
 * Converts a decoded value to what one would write by hand, for printing and for queries.
 *
 * Integers beyond ±(2^53 − 1) stay decimal text, NaN and the infinities their names, bytes base64; the empty value is
 * null. A map becomes an object whose keys are all its own, `__proto__` too; of equal keys the last one counts. The way
 * back is not unique: `"1"` may have been text or a large integer.
 */
export function toPlainValue(value: OtlpAnyValue): PlainValue {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.intValue !== undefined) return toPlainInteger(value.intValue);
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(toPlainValue);
  if (value.bytesValue !== undefined) return value.bytesValue;
  if (value.kvlistValue === undefined) return null;
  const object: { [key: string]: PlainValue } = {};
  for (const entry of value.kvlistValue.values) {
    const plain = toPlainValue(entry.value);
    // Assigning this one key would set the prototype instead.
    if (entry.key !== '__proto__') object[entry.key] = plain;
    else
      Object.defineProperty(object, entry.key, { value: plain, enumerable: true, writable: true, configurable: true });
  }
  return object;
}

function toPlainInteger(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}
