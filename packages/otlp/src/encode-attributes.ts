import { readMember, writeKeyValue } from './encode-any-value.ts';
import type { EncodeLimits } from './limits.ts';
import { toWireForm } from './wire-form.ts';

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
  /** Attributes left out because there were more than `limits.maxAttributes`. */
  readonly dropped: number;
}

/**
 * Encodes attributes that many records share: those of a child logger, a context, a resource, a scope.
 *
 * `undefined` members are left out, as JSON leaves them out. Never throws.
 */
export function encodeAttributes(
  attributes: object,
  limits: EncodeLimits,
  tag: AttributesTag = 0x32,
): EncodedAttributes {
  const keys = new Map<string, number>();
  const ends: number[] = [];
  let dropped = 0;
  let bytes = Buffer.allocUnsafeSlow(1024);
  let at = 0;
  for (const [key, value] of entriesOf(attributes)) {
    if (value === undefined) continue;
    if (keys.size >= limits.maxAttributes) {
      dropped++;
      continue;
    }
    let end = writeKeyValue(bytes, at, tag, key, value, limits);
    while (end > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(bytes.length * 4);
      bytes.copy(larger, 0, 0, at);
      bytes = larger;
      end = writeKeyValue(bytes, at, tag, key, value, limits);
    }
    keys.set(key, ends.length);
    ends.push(end);
    at = end;
  }
  return { bytes: Buffer.from(bytes.subarray(0, at)), keys, ends, dropped };
}

/** The union of two sets of encoded attributes; where both have a key, `over` wins. */
export function mergeAttributes(under: EncodedAttributes, over: EncodedAttributes): EncodedAttributes {
  const keys = new Map<string, number>();
  const ends: number[] = [];
  const parts: Buffer[] = [];
  let at = 0;
  const take = (from: EncodedAttributes, unless?: ReadonlyMap<string, number>) => {
    for (const [key, index] of from.keys) {
      if (unless?.has(key)) continue;
      const part = from.bytes.subarray(index === 0 ? 0 : from.ends[index - 1], from.ends[index]);
      parts.push(part);
      at += part.length;
      keys.set(key, ends.length);
      ends.push(at);
    }
  };
  take(under, over.keys);
  take(over);
  return { bytes: Buffer.concat(parts), keys, ends, dropped: under.dropped + over.dropped };
}

/**
 * The members of an attributes object of any make: a plain object, a `Map`, something with `toJSON`. Never throws:
 * members that throw come as text, an object that cannot be listed has none.
 */
export function entriesOf(attributes: object): [string, unknown][] {
  try {
    const form = toWireForm(attributes);
    switch (form.kind) {
      case 'map':
        return Object.keys(form.members).map((key) => [key, readMember(form.members, key)]);
      case 'value':
        if (typeof form.value === 'object' && form.value !== null && form.value !== attributes) {
          const members: object = form.value;
          return Object.keys(members).map((key) => [key, readMember(members, key)]);
        }
        return [['value', form.value]];
      case 'bytes':
        return [['value', form.bytes]];
      case 'array':
        return [['values', form.items]];
    }
  } catch (error) {
    return [['logflume.unreadable_attributes', error instanceof Error ? error.message : 'threw']];
  }
}
