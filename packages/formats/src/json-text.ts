import type { OtlpAnyValue, OtlpKeyValue } from '@logflume/otlp';
import { cutText } from './cut-text.ts';

/** The encoder stops at 64 levels; a value from elsewhere may not exhaust the stack either. */
const MAX_DEPTH = 100;

/** What `intValue` holds unless somebody else made the record. */
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;

/**
 * Allowed in JSON, yet some readers take U+0085, U+2028 and U+2029 for the end of a line, and a terminal obeys
 * U+009B as it does ESC. JSON.stringify has escaped the rest of the control characters and lone surrogates.
 */
const UNSAFE_IN_LINE = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * A value as JSON text.
 *
 * Integers keep all their digits (readers without 64-bit integers round them themselves), −0 its sign; NaN and the
 * infinities become strings and bytes base64, as in OTLP/JSON. The empty value is `null`. Keys stay in order.
 *
 * @param maxStringUnits - strings longer than this many UTF-16 units are cut; `Infinity` for none.
 */
export function toJsonText(value: OtlpAnyValue, maxStringUnits: number): string {
  return textOf(value, maxStringUnits, 1);
}

/** Escapes what JSON allows and lines do not. Right for whole JSON texts: such characters only occur in strings. */
export function escapeUnsafe(json: string): string {
  return json.replace(UNSAFE_IN_LINE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function textOf(value: OtlpAnyValue, maxUnits: number, depth: number): string {
  if (value.stringValue !== undefined) return JSON.stringify(cutText(value.stringValue, maxUnits));
  if (value.intValue !== undefined) {
    return INTEGER.test(value.intValue) ? value.intValue : JSON.stringify(cutText(value.intValue, maxUnits));
  }
  if (value.boolValue !== undefined) return value.boolValue ? 'true' : 'false';
  if (value.doubleValue !== undefined) return doubleText(value.doubleValue);
  if (value.bytesValue !== undefined) return JSON.stringify(cutText(value.bytesValue, maxUnits));
  if (value.arrayValue !== undefined) {
    return depth > MAX_DEPTH ? 'null' : arrayText(value.arrayValue.values, maxUnits, depth);
  }
  if (value.kvlistValue !== undefined) {
    return depth > MAX_DEPTH ? 'null' : mapText(value.kvlistValue.values, maxUnits, depth);
  }
  return 'null';
}

function doubleText(value: number | string): string {
  if (typeof value === 'string' || !Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function arrayText(values: readonly OtlpAnyValue[], maxUnits: number, depth: number): string {
  let text = '';
  for (const value of values) text += `${text === '' ? '' : ','}${textOf(value, maxUnits, depth + 1)}`;
  return `[${text}]`;
}

function mapText(values: readonly OtlpKeyValue[], maxUnits: number, depth: number): string {
  let text = '';
  for (const { key, value } of values) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${textOf(value, maxUnits, depth + 1)}`;
  }
  return `{${text}}`;
}
