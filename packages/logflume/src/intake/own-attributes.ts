import { Buffer } from 'node:buffer';
import {
  decodeLogRecord,
  type EncodedAttributes,
  type LogRecordInput,
  type OtlpAnyValue,
  readMembers,
} from '@logflume/otlp';
import { isPlainObject } from '../call-shapes.ts';

/** Decoded before, where nothing in it can be changed from outside. */
const decoded = new WeakMap<EncodedAttributes, Readonly<Record<string, unknown>>>();

/**
 * All attributes of a record, the bound ones too, in one object without a prototype that belongs to nobody else. Never
 * throws: what cannot be read is text that says so, as in the encoder.
 *
 * What is bound is decoded from its bytes, so it is redacted already.
 */
export function ownAttributesOf({ attributes, bound }: LogRecordInput): Record<string, unknown> {
  const all: Record<string, unknown> = Object.create(null);
  if (bound !== undefined) Object.assign(all, decode(bound));
  if (attributes !== undefined) Object.assign(all, copyOf(attributes));
  return all;
}

/** How many attributes a record has, as far as that can be known. */
export function countAttributes(record: LogRecordInput): number {
  return Object.keys(ownAttributesOf(record)).length;
}

function copyOf(attributes: object): object {
  try {
    if (isPlainObject(attributes)) return { ...attributes };
  } catch {
    // A getter or a trap throws: each member gets a net of its own.
  }
  return readMembers(attributes, Number.POSITIVE_INFINITY).members;
}

function decode(bound: EncodedAttributes): Readonly<Record<string, unknown>> {
  const known = decoded.get(bound);
  if (known !== undefined) return known;
  const members: Record<string, unknown> = Object.create(null);
  for (const { key, value } of decodeLogRecord(bound.bytes).attributes ?? []) members[key] = toValue(value);
  // Objects would be shared between records, and a processor may change them.
  if (Object.values(members).every((value) => typeof value !== 'object')) decoded.set(bound, members);
  return members;
}

/** What would be encoded as it was: large integers and bytes keep their kind. */
function toValue(value: OtlpAnyValue): unknown {
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : BigInt(value.intValue);
  }
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.bytesValue !== undefined) return Buffer.from(value.bytesValue, 'base64');
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(toValue);
  if (value.kvlistValue === undefined) return value.stringValue ?? value.boolValue ?? null;
  const members: Record<string, unknown> = Object.create(null);
  for (const entry of value.kvlistValue.values) members[entry.key] = toValue(entry.value);
  return members;
}
