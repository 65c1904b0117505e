import { randomFillSync } from 'node:crypto';

/** Random bytes fetched at once: one call of the system for some hundred ids. Overwritten when they are used up. */
export const randomPool: Buffer = Buffer.allocUnsafe(4096);
let used = randomPool.length;

/**
 * Takes bytes of the pool, from the system's cryptographic generator, to be read before anybody takes more.
 *
 * @param bytes - at most the length of the pool.
 * @returns where they begin.
 */
export function takeRandom(bytes: number): number {
  if (used + bytes > randomPool.length) {
    randomFillSync(randomPool);
    used = 0;
  }
  used += bytes;
  return used - bytes;
}

/** Random bytes as lower-case hexadecimal digits; never all zero. */
export function randomHex(bytes: number): string {
  const at = takeRandom(bytes);
  const text = randomPool.toString('hex', at, at + bytes);
  // W3C and OTLP read all zeros as "no id".
  return /[^0]/.test(text) ? text : randomHex(bytes);
}
