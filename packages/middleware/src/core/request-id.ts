import { randomHex } from './random-hex.ts';

/** Says how ids look that are taken from a client: they end up in headers, records and terminals. */
const ACCEPTABLE = /^[\w\-=.:]{1,128}$/;

/** Whether an id that somebody sent may be taken over: 1 … 128 characters of `A-Z a-z 0-9 _ - = . :`. Pure. */
export function isAcceptableId(id: unknown): id is string {
  return typeof id === 'string' && ACCEPTABLE.test(id);
}

/**
 * Makes an id: a UUID of version 7, which sorts by time and cannot be guessed.
 *
 * @param nowMs - milliseconds since the epoch, integer.
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function createRequestId(nowMs: number): string {
  if (nowMs !== lastMs) {
    const time = nowMs.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
    lastMs = nowMs;
  }
  const chance = randomHex(10);
  const variant = VARIANT[Number.parseInt(chance.charAt(3), 16) & 3];
  return `${prefix}${chance.slice(0, 3)}-${variant}${chance.slice(4, 7)}-${chance.slice(7, 19)}`;
}

/** Of the last id: most requests of a busy server share their millisecond with another one. */
let lastMs = -1;
let prefix = '';

/** The variant is two bits, `10`. */
const VARIANT = ['8', '9', 'a', 'b'] as const;
