/**
 * Protobuf wire primitives for a single forward pass.
 *
 * Every writer takes `(bytes, at, value)` and returns the new end. A write past the end of a typed array is ignored by
 * the language, so nothing here checks for room byte by byte: an end beyond `bytes.length` means "does not fit", and
 * whoever opened the record looks once. Only native bulk writes, which would throw, check before they write.
 */

/** What an encoder returns instead of an end when the record does not fit into the bytes it was given. */
export const DOES_NOT_FIT = -1;

/** Bytes a base-128 varint takes. `value` is an integer in 0 … 2^32 − 1. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes an integer in 0 … 2^32 − 1. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let end = at;
  while (rest > 0x7f) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end] = rest;
  return end + 1;
}

/**
 * Writes the length of what stands between a reserved length prefix and `end`, moving it when the guess was wrong.
 *
 * A length goes in front of bytes whose number is known only afterwards. Reserving the likely width and moving in the
 * rare other case keeps the encoder a single pass with canonical lengths.
 *
 * @param at - where the prefix was reserved; `width`, how many bytes were (1 … 5).
 * @returns the end after the move, or an end beyond `bytes.length` when the move does not fit.
 */
export function closeLength(bytes: Uint8Array, at: number, width: number, end: number): number {
  const length = end - at - width;
  if (width === 1 && length < 0x80) {
    bytes[at] = length;
    return end;
  }
  if (end > bytes.length) return end;
  const needed = varintBytes(length);
  if (needed !== width) {
    const moved = end + needed - width;
    if (moved > bytes.length) return bytes.length + 1;
    bytes.copyWithin(at + needed, at + width, end);
    writeVarint(bytes, at, length);
    return moved;
  }
  writeVarint(bytes, at, length);
  return end;
}

/** Writes two 32-bit halves as a little-endian fixed64. */
function writeFixed64(bytes: Uint8Array, at: number, low: number, high: number): number {
  bytes[at] = low;
  bytes[at + 1] = low >>> 8;
  bytes[at + 2] = low >>> 16;
  bytes[at + 3] = low >>> 24;
  bytes[at + 4] = high;
  bytes[at + 5] = high >>> 8;
  bytes[at + 6] = high >>> 16;
  bytes[at + 7] = high >>> 24;
  return at + 8;
}

const TWO_32 = 0x100000000;

/** The last millisecond, in the year 2554, all of whose nanoseconds a fixed64 holds. */
export const MAX_UNIX_MS = 18_446_744_073_708;

/**
 * Writes a time as fixed64 nanoseconds since the epoch.
 *
 * Epoch nanoseconds exceed 2^53, so they are computed as two 32-bit halves: no BigInt (ten times the cost), no digit
 * lost. `ms = a·2^16 + b`, hence `ns = (a·10^6)·2^16 + (b·10^6 + nanos)`, and each bracket is an exact double.
 *
 * @param ms - integer milliseconds in 0 … `MAX_UNIX_MS`; `nanos`, 0 … 999999 within that millisecond.
 */
export function writeUnixNanos(bytes: Uint8Array, at: number, ms: number, nanos: number): number {
  const a = Math.floor(ms / 0x10000);
  const upper = a * 1e6;
  const lower = (ms - a * 0x10000) * 1e6 + nanos;
  const upperHigh = Math.floor(upper / 0x10000);
  const rest = (upper - upperHigh * 0x10000) * 0x10000 + lower;
  const carry = Math.floor(rest / TWO_32);
  return writeFixed64(bytes, at, rest - carry * TWO_32, upperHigh + carry);
}

/** Writes an integer-valued number in −2^63 … 2^63 − 1024 as an int64 varint; a negative takes ten bytes. */
export function writeInt64(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0 && value < TWO_32) return writeVarint(bytes, at, value);
  // ToUint32 is modular and division by 2^32 exact, so both halves are right for every integer double of that range.
  return writeInt64Halves(bytes, at, value >>> 0, Math.floor(value / TWO_32) >>> 0);
}

/** Writes a BigInt in int64 range as an int64 varint. */
export function writeBigInt64(bytes: Uint8Array, at: number, value: bigint): number {
  const low = Number(BigInt.asUintN(32, value));
  return writeInt64Halves(bytes, at, low, Number(BigInt.asUintN(32, value >> 32n)));
}

function writeInt64Halves(bytes: Uint8Array, at: number, low: number, high: number): number {
  let end = at;
  let lowRest = low;
  let highRest = high;
  while (highRest > 0 || lowRest > 0x7f) {
    bytes[end++] = (lowRest & 0x7f) | 0x80;
    lowRest = ((lowRest >>> 7) | (highRest << 25)) >>> 0;
    highRest >>>= 7;
  }
  bytes[end] = lowRest;
  return end + 1;
}

/** Writes a double, little-endian. */
export function writeDouble(bytes: Buffer, at: number, value: number): number {
  if (at + 8 > bytes.length) return bytes.length + 1;
  return bytes.writeDoubleLE(value, at);
}

/** Copies bytes that are already encoded. */
export function writeBytes(bytes: Uint8Array, at: number, source: Uint8Array): number {
  const end = at + source.length;
  if (end > bytes.length) return bytes.length + 1;
  bytes.set(source, at);
  return end;
}
