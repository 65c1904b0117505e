import { describeError, isError } from './describe-error.ts';

/** What an object is on the wire: text, bytes, a list, a map of its own enumerable members, or a plain value. */
export type WireForm =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'array'; readonly items: ArrayLike<unknown> }
  | { readonly kind: 'map'; readonly members: object };

/**
 * Decides the wire form of an object that protobuf has no word for.
 *
 * `toJSON` is honoured, as printing would; dates become ISO text, errors a map (see `describeError`), a `Map` a map
 * with its keys as text, a `Set` and a typed array of numbers an array, a URL its text without a password. Anything
 * else is the map of its own enumerable members.
 *
 * @throws whatever the object's own code throws (a `toJSON`, a proxy's trap); the encoder turns that into text.
 */
export function toWireForm(value: object): WireForm {
  if (Array.isArray(value)) return { kind: 'array', items: value };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const special = specialForm(value);
    if (special !== undefined) return special;
  }
  const toJson: unknown = Reflect.get(value, 'toJSON');
  if (typeof toJson === 'function') return { kind: 'value', value: Reflect.apply(toJson, value, ['']) };
  return { kind: 'map', members: value };
}

function specialForm(value: object): WireForm | undefined {
  if (isError(value)) return { kind: 'map', members: describeError(value) };
  if (value instanceof Date) {
    return { kind: 'value', value: Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString() };
  }
  if (ArrayBuffer.isView(value)) return viewForm(value);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return { kind: 'bytes', bytes: new Uint8Array(value) };
  }
  if (value instanceof Map) return { kind: 'map', members: mapMembers(value) };
  if (value instanceof Set) return { kind: 'array', items: [...value] };
  if (value instanceof URL) return { kind: 'value', value: urlText(value) };
  if (value instanceof RegExp) return { kind: 'value', value: String(value) };
  if (value instanceof String || value instanceof Number || value instanceof Boolean || value instanceof BigInt) {
    return { kind: 'value', value: value.valueOf() };
  }
  return undefined;
}

function viewForm(view: ArrayBufferView): WireForm {
  if (view instanceof Uint8Array) return { kind: 'bytes', bytes: view };
  if (view instanceof DataView || view instanceof Uint8ClampedArray) {
    return { kind: 'bytes', bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength) };
  }
  return { kind: 'array', items: view as unknown as ArrayLike<number | bigint> }; // every other view is a number array
}

/** No prototype, so that a key such as `__proto__` is a key. */
function mapMembers(map: ReadonlyMap<unknown, unknown>): object {
  const members = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of map) members[typeof key === 'string' ? key : keyText(key)] = value;
  return members;
}

function keyText(key: unknown): string {
  try {
    return String(key);
  } catch {
    return '[unprintable key]'; // A key object without a working toString still has a value worth keeping.
  }
}

/** A URL may carry credentials; the password never leaves the process. */
function urlText(url: URL): string {
  if (url.password === '') return url.href;
  const masked = new URL(url.href);
  masked.password = '***';
  return masked.href;
}
