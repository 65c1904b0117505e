import { encodeLogRecord, type LogRecordInput } from './encode-log-record.ts';
import { defaultEncodeLimits, type EncodeLimits } from './limits.ts';
import { DOES_NOT_FIT } from './wire.ts';

/** Ever smaller forms of a record that is too large, the gentlest first. */
const REDUCTIONS: readonly Readonly<EncodeLimits>[] = [
  { maxAttributes: 128, maxValueLength: 8192, maxDepth: 8, maxBodyLength: 32_768 },
  { maxAttributes: 64, maxValueLength: 512, maxDepth: 3, maxBodyLength: 8192 },
  { maxAttributes: 16, maxValueLength: 128, maxDepth: 1, maxBodyLength: 1024 },
];

/**
 * Writes a record that is larger than a record may be, cut until it fits: long values first, then depth, then the
 * number of attributes. A cut body says how many characters went; `dropped_attributes_count` says how many attributes.
 *
 * @param maxBytes - the most it may take, ≥ 8 KiB.
 * @returns the new end; never `DOES_NOT_FIT` when `bytes` has `maxBytes` of room behind `at`.
 */
export function encodeReducedLogRecord(bytes: Buffer, at: number, record: LogRecordInput, maxBytes: number): number {
  const room = bytes.subarray(0, Math.min(bytes.length, at + maxBytes));
  for (const limits of REDUCTIONS) {
    const end = encodeLogRecord(room, at, record, limits);
    if (end !== DOES_NOT_FIT) return end;
  }
  // Whatever made it too large is in the attributes, the exception or a structured body: keep the text, count the rest.
  const lost = record.attributes === undefined ? 0 : countMembers(record.attributes);
  const bare: LogRecordInput = {
    ...record,
    body: typeof record.body === 'string' ? record.body : '[too large]',
    attributes: undefined,
    exception: undefined,
    bound: { bytes: Buffer.alloc(0), keys: new Map(), ends: [], dropped: lost + (record.bound?.ends.length ?? 0) },
  };
  return encodeLogRecord(room, at, bare, { ...defaultEncodeLimits, maxBodyLength: 1024 });
}

function countMembers(attributes: object): number {
  try {
    return Object.keys(attributes).length;
  } catch {
    return 1; // A proxy that refuses to list its keys lost at least itself.
  }
}
