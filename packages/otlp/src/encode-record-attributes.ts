import { ILL_FORMED_KEY, writeKeyValue } from './encode-any-value.ts';
import {
  cutAttributes,
  type EncodedAttributes,
  encodedField,
  isPlain,
  type Members,
  readMembers,
} from './encode-attributes.ts';
import { countExceptionAttributes, exceptionAttributes, leaveOut, writeException } from './exception-attributes.ts';
import { describeHttpParts, isTelling } from './http-parts.ts';
import type { EncodeLimits } from './limits.ts';
import type { LogRecordInput } from './log-record-input.ts';
import type { Scrub } from './scrub.ts';
import { writeBytes, writeVarint } from './wire.ts';
import { isSafeKey } from './writable-members.ts';

/** An answer instead of an end: these attributes have to be read with care before they can be written. */
const UNREADABLE = -2;

/**
 * Writes the record's own attributes, its exception, what is bound, and how many were dropped. No key comes twice: own
 * attributes win over bound ones, and both over what the exception would say under the same name.
 *
 * `limits.maxAttributes` counts them all; the exception alone is written whatever the limit, as it is why the record
 * exists.
 */
export function writeAttributes(bytes: Buffer, at: number, record: LogRecordInput, limits: EncodeLimits): number {
  const { attributes } = record;
  let { bound } = record;
  if (bound !== undefined && bound.ends.length > limits.maxAttributes) {
    bound = cutAttributes(bound, limits.maxAttributes, bound.bytes.length);
  }
  if (attributes === undefined) {
    if (record.exception !== undefined) return writeMembers(bytes, at, record, limits, bound, undefined, 0);
    if (bound === undefined) return at;
    return writeDropped(bytes, writeBytes(bytes, at, bound.bytes), bound.dropped);
  }
  try {
    if (isPlain(attributes)) {
      const end = writeMembers(bytes, at, record, limits, bound, attributes, 0);
      if (end !== UNREADABLE) return end;
    }
  } catch {
    // A getter or a trap threw. The members are read once more, each with its own net: hostile records alone get here.
  }
  const count = limits.maxAttributes + (bound === undefined ? 0 : bound.ends.length);
  const { members, cut } = readMembers(attributes, count, limits.scrub, bound?.keys);
  return writeMembers(bytes, at, record, limits, bound, members, cut);
}

const hasOwn = Object.prototype.hasOwnProperty;

/**
 * One pass over the own members, as each key is looked up among the bound ones while it is written.
 *
 * @param members - `record.attributes` itself, or what `readMembers` made of it.
 * @returns the new end; `UNREADABLE` for attributes that must go through `readMembers` and have not.
 * @throws what a getter or a trap of `record.attributes` throws.
 */
// Seven positional parameters: an object of them would be garbage on every call.
function writeMembers(
  bytes: Buffer,
  at: number,
  record: LogRecordInput,
  limits: EncodeLimits,
  bound: EncodedAttributes | undefined,
  members: Members | undefined,
  cut: number,
): number {
  const boundKeys = bound === undefined || bound.ends.length === 0 ? undefined : bound.keys;
  const exception = limits.scrub === undefined ? record.exception : toldException(record, limits.scrub);
  const derived = exception === undefined ? undefined : exceptionAttributes(exception, boundKeys);
  // The exception may stand among the attributes, as `err` or `error`: it is written once, as `exception.*`.
  const written = typeof exception === 'object' && exception !== null ? exception : undefined;
  let room = limits.maxAttributes - (bound === undefined ? 0 : bound.ends.length);
  if (derived !== undefined) room -= countExceptionAttributes(derived);
  let dropped = cut + (bound === undefined ? 0 : bound.dropped);
  let overridden: Set<string> | undefined;
  let end = at;
  for (const key in members) {
    if (!hasOwn.call(members, key)) continue;
    const value = members[key];
    if (value === undefined) continue;
    // Compared where there is one alone: of two values of any kind that takes a call.
    if (written !== undefined && value === written) continue;
    if (members === record.attributes) {
      if (key === 'toJSON' && typeof value === 'function') return UNREADABLE;
      if (!isSafeKey(key, limits.scrub)) return UNREADABLE;
      if (isTelling(key, value) && describeHttpParts(members) !== undefined) return UNREADABLE;
    }
    if (boundKeys?.has(key)) {
      overridden ??= new Set();
      overridden.add(key);
    } else if ((derived === undefined || !leaveOut(derived, key)) && --room < 0) {
      dropped++;
      continue;
    }
    end = writeKeyValue(bytes, end, 0x32, key, value, limits);
    if (end === ILL_FORMED_KEY) return UNREADABLE;
    if (end > bytes.length) return end;
  }
  if (derived !== undefined) end = writeException(bytes, end, derived, limits);
  if (bound !== undefined) end = writeBound(bytes, end, bound, overridden);
  return writeDropped(bytes, end, dropped);
}

/** Where a record may have its exception. */
interface ExceptionPlaces {
  readonly exception?: unknown;
  readonly attributes?: object | undefined;
}

/** The exception of a record, or `undefined` when it also stands in an attribute whose value is replaced. Never throws. */
export function toldException({ exception, attributes }: ExceptionPlaces, scrub: Scrub): unknown {
  if (typeof exception !== 'object' || exception === null || attributes === undefined) return exception;
  try {
    const members = attributes as Members;
    const isReplaced = (key: string) => members[key] === exception && scrub.replacementOf(key) !== undefined;
    return Object.keys(members).some(isReplaced) ? undefined : exception;
  } catch {
    return exception; // A getter or a trap throws: nobody took the exception from there.
  }
}

function writeBound(
  bytes: Buffer,
  at: number,
  bound: EncodedAttributes,
  overridden: ReadonlySet<string> | undefined,
): number {
  if (overridden === undefined) return writeBytes(bytes, at, bound.bytes);
  let end = at;
  for (const key of bound.keys.keys()) {
    if (!overridden.has(key)) end = writeBytes(bytes, end, encodedField(bound, key));
  }
  return end;
}

function writeDropped(bytes: Buffer, at: number, dropped: number): number {
  if (dropped === 0) return at;
  bytes[at] = 0x38;
  // A count that is no uint32 would cost the whole batch.
  return writeVarint(bytes, at + 1, Math.min(Math.max(dropped, 0), 0xffff_ffff));
}
