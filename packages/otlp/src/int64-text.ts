/**
 * Decimal text of an unsigned 64-bit integer given as two unsigned 32-bit halves.
 *
 * Epoch nanoseconds pass 2^53, so every record takes the long way; it divides by 10^9 in 16-bit steps, whose
 * intermediate values stay below 2^53, because a BigInt and its text cost several times as much.
 */
export function toUint64Text(high: number, low: number): string {
  if (high < 0x200000) return String(high * 0x1_0000_0000 + low);
  const top = (high % 1e9) * 0x10000 + (low >>> 16);
  const bottom = (top % 1e9) * 0x10000 + (low & 0xffff);
  const billions = Math.floor(high / 1e9) * 0x1_0000_0000 + Math.floor(top / 1e9) * 0x10000 + Math.floor(bottom / 1e9);
  return `${billions}${String(bottom % 1e9).padStart(9, '0')}`;
}

/** Decimal text of a two's complement 64-bit integer given as two unsigned 32-bit halves. */
export function toInt64Text(high: number, low: number): string {
  if (high < 0x8000_0000) return toUint64Text(high, low);
  const negatedLow = -low >>> 0;
  const negatedHigh = (negatedLow === 0 ? -high : ~high) >>> 0;
  return `-${toUint64Text(negatedHigh, negatedLow)}`;
}
