import { randomFillSync } from 'node:crypto';

/** Random bytes fetched at once: one system call for about 250 requests. Bounded; overwritten when used up. */
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

/** Random bytes as lower-case hexadecimal digits, from the system's cryptographic generator; never all zero. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const text = pool.toString('hex', used, used + bytes);
  used += bytes;
  // W3C and OTLP read all zeros as "no id".
  return /[^0]/.test(text) ? text : randomHex(bytes);
}
