import { types } from 'node:util';
import { describeError, isError } from './describe-error.ts';
import { describeHttpInstance } from './http-parts.ts';
import { textOf, urlText } from './text-of.ts';
import { toWellFormedText } from './write-string.ts';

/**
 * What an object is on the wire: bytes, a list, a map of its own enumerable members, or a value that is no object.
 * `cut` counts the entries that are not in `items` or `members`, because no more were asked for.
 */
export type WireForm =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'array'; readonly items: ArrayLike<unknown>; readonly cut: number }
  | { readonly kind: 'map'; readonly members: object; readonly cut: number };

/** `0a 00`: an empty value in an array. */
const LEAST_ITEM_BYTES = 2;
/** `0a 04 0a 00 12 00`: an empty value under an empty key. */
const LEAST_MAP_ENTRY_BYTES = 6;

/**
 * Decides the wire form of an object that protobuf has no word for.
 *
 * `toJSON` is honoured once, as printing would; dates become ISO text, errors a map (see `describeError`), a `Map` a
 * map with its keys as text, a `Set` and a typed array of numbers an array, a URL its text without a password. Anything
 * else is the map of its own enumerable members. Objects of another realm (a `vm` context, a test runner) count alike.
 *
 * @param maxEntries - how many entries of a `Map` or `Set` are copied at most; and no more than `roomBytes` could hold, so
 *   that a million of them are not copied for a record that cannot take them.
 * @throws whatever the object's own code throws (a `toJSON`, a proxy's trap); the encoder turns that into text.
 */
export function toWireForm(value: object, maxEntries: number, roomBytes: number): WireForm {
  const form = knownForm(value, maxEntries, roomBytes);
  if (form !== undefined) return form;
  const toJson: unknown = Reflect.get(value, 'toJSON');
  if (typeof toJson === 'function') {
    const json: unknown = Reflect.apply(toJson, value, ['']);
    if (typeof json !== 'object' || json === null) return { kind: 'value', value: json };
    // The answer's own toJSON is not asked, as JSON.stringify would not: `{ ...this }` may carry it along for ever.
    return knownForm(json, maxEntries, roomBytes) ?? { kind: 'map', members: json, cut: 0 };
  }
  return { kind: 'map', members: value, cut: 0 };
}

function knownForm(value: object, maxEntries: number, roomBytes: number): WireForm | undefined {
  if (Array.isArray(value)) return { kind: 'array', items: value, cut: 0 };
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? undefined : specialForm(value, maxEntries, roomBytes);
}

// The tests of node:util ask for the internal slot: no prototype, realm or overridden method misleads them. Where the
// value's own methods would be called, those of the language are called on it instead, as a subclass may never end.
function specialForm(value: object, maxEntries: number, roomBytes: number): WireForm | undefined {
  // Errors first: the tests of node:util leave the language, 50 ns each.
  if (isError(value)) return { kind: 'map', members: describeError(value), cut: 0 };
  if (types.isDate(value)) return { kind: 'value', value: dateText(value) };
  if (ArrayBuffer.isView(value)) return viewForm(value);
  if (types.isMap(value)) return mapForm(value, Math.min(maxEntries, roomBytes / LEAST_MAP_ENTRY_BYTES));
  if (types.isSet(value)) return setForm(value, Math.min(maxEntries, roomBytes / LEAST_ITEM_BYTES));
  if (value instanceof URL) return { kind: 'value', value: urlText(value) };
  if (types.isBoxedPrimitive(value)) return { kind: 'value', value: unboxed(value) };
  if (types.isRegExp(value)) return { kind: 'value', value: String(value) };
  if (types.isAnyArrayBuffer(value)) return { kind: 'bytes', bytes: new Uint8Array(value) };
  const described = describeHttpInstance(value);
  return described === undefined ? undefined : { kind: 'value', value: described };
}

function dateText(date: Date): string {
  const isValid = !Number.isNaN(Date.prototype.getTime.call(date));
  return isValid ? Date.prototype.toISOString.call(date) : 'Invalid Date';
}

function unboxed(value: object): unknown {
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value);
  return Symbol.prototype.valueOf.call(value);
}

function viewForm(view: ArrayBufferView): WireForm {
  if (types.isUint8Array(view) || types.isUint8ClampedArray(view)) {
    return { kind: 'bytes', bytes: toBytes(view, Object.getPrototypeOf(Uint8Array.prototype)) };
  }
  if (types.isDataView(view)) return { kind: 'bytes', bytes: toBytes(view, DataView.prototype) };
  return { kind: 'array', items: view as unknown as ArrayLike<number | bigint>, cut: 0 }; // every other view is a number array
}

/** The bytes of a view, asked of the language and not of the view: the length it claims is written in front of them. */
function toBytes(view: ArrayBufferView, prototype: object): Uint8Array {
  const buffer: ArrayBufferLike = Reflect.get(prototype, 'buffer', view);
  const byteOffset: number = Reflect.get(prototype, 'byteOffset', view);
  const byteLength: number = Reflect.get(prototype, 'byteLength', view);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function mapForm(map: ReadonlyMap<unknown, unknown>, maxEntries: number): WireForm {
  // No prototype, so that a key such as `__proto__` is a key.
  const members: Record<string, unknown> = Object.create(null);
  let seen = 0;
  let taken = 0;
  for (const [key, value] of Map.prototype.entries.call(map)) {
    if (taken >= maxEntries) break;
    seen++;
    if (value === undefined) continue;
    const text = toWellFormedText(typeof key === 'string' ? key : keyText(key));
    // Keys may become equal as text: the last one counts, and takes no more room.
    if (!(text in members)) taken++;
    members[text] = value;
  }
  return { kind: 'map', members, cut: sizeOf(map, Map.prototype) - seen };
}

function keyText(key: unknown): string {
  try {
    return textOf(key);
  } catch {
    return '[unprintable key]'; // A key object without a working toString still has a value worth keeping.
  }
}

function setForm(set: ReadonlySet<unknown>, maxEntries: number): WireForm {
  const items: unknown[] = [];
  for (const item of Set.prototype.values.call(set)) {
    if (items.length >= maxEntries) break;
    items.push(item);
  }
  return { kind: 'array', items, cut: sizeOf(set, Set.prototype) - items.length };
}

/** Asked of the language and not of the object: what a subclass says of itself may be fewer than it has. */
function sizeOf(collection: object, prototype: object): number {
  const size: number = Reflect.get(prototype, 'size', collection);
  return size;
}
