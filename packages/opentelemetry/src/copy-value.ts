/**
 * Copies lists, plain objects and bytes, to any depth, so that a value stays what it is now: a circle stays a circle.
 *
 * Other objects (a date, an error, an instance of a class) stay the same ones, and so does a value that cannot be copied,
 * as a getter of it throws or it nests deeper than the stack.
 */
export function copyValue<T>(value: T): T;
export function copyValue(value: unknown): unknown {
  try {
    return copyInto(new Map(), value);
  } catch {
    return value; // Whoever encodes it says what of it cannot be read.
  }
}

/** @param copies - of the objects seen so far. */
function copyInto(copies: Map<object, object>, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  const copy = emptyLike(value);
  if (copy === undefined) return value;
  copies.set(value, copy);
  for (const [key, member] of Object.entries(value)) {
    // Defined, not assigned: `__proto__` is a key like any other.
    const plain = { value: copyInto(copies, member), enumerable: true, writable: true, configurable: true };
    Object.defineProperty(copy, key, plain);
  }
  return copy;
}

function emptyLike(value: object): object | undefined {
  if (Array.isArray(value)) return new Array(value.length);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? {} : undefined;
}
