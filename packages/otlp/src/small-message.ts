import { Buffer } from 'node:buffer';

/** Field number and value: an int32 or int64 as bigint, a string, or the bytes of a message. */
export type SmallField = readonly [fieldNumber: number, value: bigint | string | Uint8Array];

/**
 * Writes a protobuf message of a few fields, leaving out those at their default; for replies, one each request. Records
 * have their own encoder, which allocates nothing.
 *
 * @param fields - field numbers 1 … 15, so that each tag takes one byte.
 */
export function writeMessage(fields: readonly SmallField[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const [fieldNumber, value] of fields) {
    if (typeof value === 'bigint') {
      if (value !== 0n) parts.push(Uint8Array.of(fieldNumber * 8), toVarint(BigInt.asUintN(64, value)));
      continue;
    }
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    if (bytes.length > 0) parts.push(Uint8Array.of(fieldNumber * 8 + 2), toVarint(BigInt(bytes.length)), bytes);
  }
  return Buffer.concat(parts);
}

/** The UTF-8 bytes of a value's JSON text. */
export function toJsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

function toVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}
