import { Buffer } from 'node:buffer';
import type { OtlpAnyValue, OtlpKeyValue } from '@logflume/otlp';
import { cutText } from './cut-text.ts';
import { toTerminalText } from './terminal-text.ts';

// Judgements: a value is there to be recognised; the backend, or JSON lines, have the whole of it.
const MAX_STRING_UNITS = 500;
const MAX_NESTED_STRING_UNITS = 100;
const MAX_TEXT_UNITS = 1_000;
const MAX_ITEMS = 20;
const MAX_DEPTH = 4;
const MAX_BYTES = 16;

/** A value in one piece of text, compact, safe on a terminal, at most about a thousand characters long. */
export function inspectValue(value: OtlpAnyValue): string {
  return inspect(value, 1);
}

/** A key as it stands before `=` or `:`. */
export function inspectKey(key: string): string {
  return isBare(key) ? key : quote(cutText(key, MAX_NESTED_STRING_UNITS));
}

function inspect(value: OtlpAnyValue, depth: number): string {
  if (value.stringValue !== undefined) {
    return inspectString(value.stringValue, depth === 1 ? MAX_STRING_UNITS : MAX_NESTED_STRING_UNITS);
  }
  if (value.intValue !== undefined) return toTerminalText(cutText(value.intValue, MAX_NESTED_STRING_UNITS));
  if (value.boolValue !== undefined) return String(value.boolValue);
  if (value.doubleValue !== undefined) return Object.is(value.doubleValue, -0) ? '-0' : String(value.doubleValue);
  if (value.bytesValue !== undefined) return inspectBytes(value.bytesValue);
  if (value.arrayValue !== undefined) {
    const { values } = value.arrayValue;
    return depth > MAX_DEPTH ? '[…]' : `[${inspectItems(values, (item) => inspect(item, depth + 1))}]`;
  }
  if (value.kvlistValue !== undefined) {
    const { values } = value.kvlistValue;
    const inspectMember = (member: OtlpKeyValue) => `${inspectKey(member.key)}: ${inspect(member.value, depth + 1)}`;
    return depth > MAX_DEPTH ? '{…}' : `{${inspectItems(values, inspectMember)}}`;
  }
  return 'null';
}

/** Stands bare when it can be nothing else; the text `42` is quoted, the number is not. */
function inspectString(text: string, maxUnits: number): string {
  const cut = cutText(text, maxUnits);
  const left = text.length > maxUnits ? `(${text.length} characters)` : '';
  return (isBare(cut) && !isOtherValue(cut) ? cut : quote(cut)) + left;
}

function isBare(text: string): boolean {
  return /^[^\s"'`=,(){}[\]\\]+$/.test(text) && toTerminalText(text) === text;
}

function isOtherValue(text: string): boolean {
  return /^(?:true|false|null|NaN|-?Infinity|[-+]?[\d.][\d.eE+-]*)$/.test(text);
}

function quote(text: string): string {
  return `"${toTerminalText(text.replace(/["\\]/g, '\\$&'))}"`;
}

function inspectBytes(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const shown = bytes.subarray(0, MAX_BYTES).toString('hex');
  return `<${bytes.length} bytes ${shown}${bytes.length > MAX_BYTES ? '…' : ''}>`;
}

function inspectItems<Item>(items: readonly Item[], inspectItem: (item: Item) => string): string {
  let text = '';
  let shown = 0;
  for (const item of items) {
    if (shown === MAX_ITEMS || text.length > MAX_TEXT_UNITS) break;
    text += `${shown === 0 ? '' : ', '}${inspectItem(item)}`;
    shown++;
  }
  return shown === items.length ? text : `${text}, … ${items.length - shown} more`;
}
