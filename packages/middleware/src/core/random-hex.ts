import { randomFillSync } from 'node:crypto';

/**
 * Random digits fetched at once: one call of the system, and one into native code, for more than a hundred requests.
 * Bounded; overwritten when used up.
 */
const pool = Buffer.allocUnsafe(4096);
let digits = '';
let used = 0;

/** Random bytes as lower-case hexadecimal digits, from the system's cryptographic generator; never all zero. */
export function randomHex(bytes: number): string {
  const end = used + 2 * bytes;
  if (end > digits.length) {
    digits = randomFillSync(pool).toString('hex');
    used = 0;
    return randomHex(bytes);
  }
  const text = digits.slice(used, end);
  used = end;
  // W3C and OTLP read all zeros as "no id".
  return isZero(text) ? randomHex(bytes) : text;
}

function isZero(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== 0x30) return false;
  return true;
}
