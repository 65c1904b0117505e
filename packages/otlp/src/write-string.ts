import { closeLength, varintBytes } from './wire.ts';

/**
 * Up to this many UTF-16 units a loop over character codes beats the call into the native writer (packages/bench,
 * `string-threshold`: they meet between 40 and 70 units on Node 20).
 */
const LOOP_UNITS = 48;

/**
 * Writes a length prefix and the text as UTF-8; a lone surrogate becomes U+FFFD.
 *
 * @returns the new end, beyond `bytes.length` when it does not fit.
 */
export function writeString(bytes: Buffer, at: number, text: string): number {
  const units = text.length;
  if (units > LOOP_UNITS) return writeLongString(bytes, at, text);
  let end = at + 1;
  for (let i = 0; i < units; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return writeLongString(bytes, at, text);
    bytes[end++] = code;
  }
  bytes[at] = units;
  return end;
}

function writeLongString(bytes: Buffer, at: number, text: string): number {
  const width = varintBytes(text.length);
  const start = at + width;
  // One byte a unit is the least UTF-8 needs: known without a look at a text that may have half a gigabyte.
  if (start + text.length > bytes.length) return bytes.length + 1;
  // The native writer would stop in silence at the end of the bytes; three bytes a unit is the most UTF-8 needs.
  if (start + text.length * 3 > bytes.length && start + Buffer.byteLength(text) > bytes.length) return bytes.length + 1;
  return closeLength(bytes, at, width, start + bytes.write(text, start));
}

/** The first `maxUnits` UTF-16 units of a text, one fewer where the cut would fall inside a surrogate pair. */
export function cutText(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const last = text.charCodeAt(maxUnits - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxUnits - 1 : maxUnits);
}

const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * The text as UTF-8 can write it, each lone surrogate U+FFFD. Keys need it: two keys that differ in nothing else would
 * be one key twice, which receivers need not accept. `JSON.parse` makes such keys of what strangers send.
 */
export function toWellFormedText(text: string): string {
  return text.replace(LONE_SURROGATES, '\ufffd');
}
