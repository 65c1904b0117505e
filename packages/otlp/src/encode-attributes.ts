import { ILL_FORMED_KEY, writeKeyValue } from './encode-any-value.ts';
import { describeHttpParts } from './http-parts.ts';
import type { EncodeLimits } from './limits.ts';
import { readMember, throwsText } from './read-member.ts';
import type { Scrub } from './scrub.ts';
import { toWireForm } from './wire-form.ts';
import { isSafeKey, WritableMembers } from './writable-members.ts';

/** What attributes are made of. */
export type Members = Readonly<Record<string, unknown>>;

/** Field tags of the three messages that hold attributes. */
export type AttributesTag = 0x32 | 0x0a | 0x1a;

/** Attributes encoded once and copied into every record that carries them. */
export interface EncodedAttributes {
  /** The `KeyValue` fields, one behind the other. */
  readonly bytes: Buffer;
  /** Each key and its place in `ends`, in the order of the bytes. */
  readonly keys: ReadonlyMap<string, number>;
  /** Where the field of each key ends in `bytes`. */
  readonly ends: readonly number[];
  /** Attributes left out because there were more than `limits.maxAttributes`, or no room for them. */
  readonly dropped: number;
}

/**
 * The most that shared attributes may take. A judgement: every record repeats them, and a record may have 256 KiB.
 * Without a bound, forty levels of `[x, x]` in a child logger would take all memory.
 */
const MAX_SHARED_BYTES = 64 * 1024;

/** Bytes that most of them take; those of a request are encoded for each request. */
const SCRATCH_BYTES = 1024;

/**
 * Where they are written first, kept for the next ones: the first record of a context took 2.9 µs with memory of its own
 * for each and a copy of the members, and takes 1.4 with neither (Node 20). Absent while it is written to, as a `toJSON`
 * among the values may log something that has attributes too.
 */
let scratch: Buffer | undefined;

/**
 * Encodes attributes that many records share: those of a child logger, a context, a resource, a scope.
 *
 * `undefined` members are left out, as JSON leaves them out. A value for which 64 KiB in all are not enough is cut, or
 * dropped and counted. Never throws.
 */
export function encodeAttributes(
  attributes: object,
  limits: EncodeLimits,
  tag: AttributesTag = 0x32,
): EncodedAttributes {
  try {
    const encoded = canStay(attributes) ? encodeMembers(attributes, false, 0, limits, tag) : unread;
    if (encoded !== unread) return encoded;
  } catch {
    // A getter or a trap threw. The members are read once more, each with its own net.
  }
  const { members, cut } = readMembers(attributes, limits.maxAttributes, limits.scrub);
  return encodeMembers(members, true, cut, limits, tag);
}

/**
 * @param isRead - whether `readMembers` made the members, and `cut` some more.
 * @returns `unread` for members that must go through `readMembers` and have not.
 * @throws what a getter or a trap of members throws that were not read.
 */
function encodeMembers(
  members: Members,
  isRead: boolean,
  cut: number,
  limits: EncodeLimits,
  tag: AttributesTag,
): EncodedAttributes {
  const keys = new Map<string, number>();
  const ends: number[] = [];
  let dropped = cut;
  const kept = scratch ?? Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  scratch = undefined;
  let bytes = kept;
  let at = 0;
  try {
    for (const key of Object.keys(members)) {
      const value = members[key];
      if (value === undefined) continue;
      if (!isRead && ends.length + dropped >= limits.maxAttributes) return unread; // It counts those it leaves out.
      if (!isRead && !isSafeKey(key, limits.scrub)) return unread;
      let end = writeKeyValue(bytes, at, tag, key, value, limits);
      if (end === ILL_FORMED_KEY) return unread; // Of those that were read, no key is.
      if (end > bytes.length && bytes.length < MAX_SHARED_BYTES) {
        // In one step: what is too large for a kibibyte may take a second to read.
        const larger = Buffer.allocUnsafeSlow(MAX_SHARED_BYTES);
        bytes.copy(larger, 0, 0, at);
        bytes = larger;
        end = writeKeyValue(bytes, at, tag, key, value, limits);
      }
      if (end > bytes.length) end = writeKeyValue(bytes, at, tag, key, value, { ...limits, ...shortened });
      if (end > bytes.length) {
        dropped++;
        continue;
      }
      keys.set(key, ends.length);
      ends.push(end);
      at = end;
    }
    const exact = Buffer.allocUnsafe(at);
    bytes.copy(exact, 0, 0, at);
    return { bytes: exact, keys, ends, dropped };
  } finally {
    scratch = kept;
  }
}

/** Instead of attributes: see `encodeMembers`. */
const unread: EncodedAttributes = { bytes: Buffer.alloc(0), keys: new Map(), ends: [], dropped: 0 };

const shortened = { maxValueLength: 1024, maxDepth: 3, maxItems: 16 };

/** The union of two sets of encoded attributes; where both have a key, `over` wins. */
export function mergeAttributes(under: EncodedAttributes, over: EncodedAttributes): EncodedAttributes {
  const left = [...under.keys.keys()].filter((key) => !over.keys.has(key));
  // A request's own logger and its context say the same of it, and most loggers have nothing bound.
  if (left.length === 0 && under.dropped === 0) return over;
  const union = new Selection(MAX_SHARED_BYTES);
  for (const key of left) union.take(under, key);
  for (const key of over.keys.keys()) union.take(over, key);
  return union.toAttributes(under.dropped + over.dropped);
}

/** The attributes, or the first of them that are no more than `maxCount` and `maxBytes`; the rest counts as dropped. */
export function cutAttributes(attributes: EncodedAttributes, maxCount: number, maxBytes: number): EncodedAttributes {
  if (attributes.ends.length <= maxCount && attributes.bytes.length <= maxBytes) return attributes;
  const first = new Selection(maxBytes, maxCount);
  for (const key of attributes.keys.keys()) first.take(attributes, key);
  return first.toAttributes(attributes.dropped);
}

/** Fields copied out of encoded attributes, as far as there is room. */
class Selection {
  readonly #keys = new Map<string, number>();
  readonly #ends: number[] = [];
  readonly #parts: Buffer[] = [];
  readonly #maxBytes: number;
  readonly #maxCount: number;
  #at = 0;
  #dropped = 0;

  constructor(maxBytes: number, maxCount: number = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
    this.#maxCount = maxCount;
  }

  take(from: EncodedAttributes, key: string): void {
    const part = encodedField(from, key);
    if (this.#ends.length >= this.#maxCount || this.#at + part.length > this.#maxBytes) {
      this.#dropped++;
      return;
    }
    this.#parts.push(part);
    this.#at += part.length;
    this.#keys.set(key, this.#ends.length);
    this.#ends.push(this.#at);
  }

  toAttributes(dropped: number): EncodedAttributes {
    const bytes = Buffer.concat(this.#parts);
    return { bytes, keys: this.#keys, ends: this.#ends, dropped: dropped + this.#dropped };
  }
}

/** The `KeyValue` field of one key. */
export function encodedField(attributes: EncodedAttributes, key: string): Buffer {
  const index = attributes.keys.get(key) ?? 0;
  return attributes.bytes.subarray(index === 0 ? 0 : attributes.ends[index - 1], attributes.ends[index]);
}

/** Whether an object is no instance of anything: what it is, its members tell. */
export function isPlain(attributes: object): attributes is Members {
  const prototype: unknown = Object.getPrototypeOf(attributes);
  return prototype === Object.prototype || prototype === null;
}

/** Whether all that `readMembers` would do is to copy them. */
function canStay(attributes: object): attributes is Members {
  return (
    isPlain(attributes) && typeof attributes['toJSON'] !== 'function' && describeHttpParts(attributes) === undefined
  );
}

/** Attributes that can be read without care: own members without a prototype or getters, under keys that can be written. */
export interface ReadMembers {
  readonly members: Members;
  /** How many more there were. */
  readonly cut: number;
}

/**
 * Reads the members of an attributes object of any make: a plain object, a `Map`, something with `toJSON`. Never throws:
 * members that throw come as text, an object that cannot be listed says so in an attribute.
 *
 * @param scrub - takes secrets out of keys.
 * @param others - keys that stand beside them: a key without its secret must not become one of these.
 */
export function readMembers(
  attributes: object,
  maxMembers: number,
  scrub?: Scrub,
  others?: ReadonlyMap<string, unknown>,
): ReadMembers {
  const writable = new WritableMembers(scrub, others);
  try {
    const form = toWireForm(attributes, maxMembers, Number.POSITIVE_INFINITY);
    switch (form.kind) {
      case 'map':
        return addMembers(writable, describeHttpParts(form.members) ?? form.members, form.cut, maxMembers);
      case 'value':
        return addMembers(writable, { value: form.value }, 0, maxMembers);
      case 'bytes':
        return addMembers(writable, { value: form.bytes }, 0, maxMembers);
      case 'array':
        return addMembers(writable, { values: form.items }, 0, maxMembers);
    }
  } catch (error) {
    return addMembers(writable, { 'logflume.unreadable_attributes': throwsText(error) }, 0, maxMembers);
  }
}

function addMembers(writable: WritableMembers, source: object, cut: number, maxMembers: number): ReadMembers {
  const keys = Object.keys(source);
  let left = keys.length;
  for (const key of keys) {
    if (writable.count >= maxMembers) break;
    left--;
    const value = readMember(source, key);
    if (value !== undefined) writable.add(key, value);
  }
  return { members: writable.members, cut: cut + left };
}
