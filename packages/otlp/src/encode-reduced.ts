import { describeError, isLikeError } from './describe-error.ts';
import { cutAttributes, type EncodedAttributes, readMembers } from './encode-attributes.ts';
import { encodeLogRecord } from './encode-log-record.ts';
import { toldException } from './encode-record-attributes.ts';
import { defaultEncodeLimits, type EncodeLimits } from './limits.ts';
import type { LogRecordInput } from './log-record-input.ts';
import type { Scrub } from './scrub.ts';
import { DOES_NOT_FIT } from './wire.ts';
import { cutText } from './write-string.ts';

/** Ever smaller forms of a record that is too large, the gentlest first. */
const REDUCTIONS: readonly Readonly<Omit<EncodeLimits, 'scrub'>>[] = [
  { maxAttributes: 128, maxValueLength: 8192, maxDepth: 8, maxItems: 256, maxBodyLength: 32_768 },
  { maxAttributes: 64, maxValueLength: 512, maxDepth: 3, maxItems: 64, maxBodyLength: 8192 },
  { maxAttributes: 16, maxValueLength: 128, maxDepth: 1, maxItems: 16, maxBodyLength: 1024 },
];

const TOO_LARGE = '[too large]';

/** Bytes of bound attributes that stay in the smallest form: enough for the names a record is found by. */
const BARE_BOUND_BYTES = 1024;

/**
 * Writes a record that is larger than a record may be, cut until it fits: long values and lists first, then depth, then
 * the number of attributes, at last everything but the text and the exception. A cut body says how many characters went,
 * an array or a map how many entries; `dropped_attributes_count` says how many attributes.
 *
 * @param maxBytes - the most it may take, ≥ 8 KiB.
 * @param scrub - takes secrets out, also of what is cut here.
 * @returns the new end; never `DOES_NOT_FIT` when `bytes` has `maxBytes` of room behind `at`.
 */
export function encodeReducedLogRecord(
  bytes: Buffer,
  at: number,
  record: LogRecordInput,
  maxBytes: number,
  scrub?: Scrub,
): number {
  const room = bytes.subarray(0, Math.min(bytes.length, at + maxBytes));
  const named: LogRecordInput = {
    ...record,
    severityText: cutSafe(record.severityText, 64, scrub),
    eventName: cutSafe(record.eventName, 256, scrub),
  };
  for (const limits of REDUCTIONS) {
    // Half of what there is belongs to the record: what its logger repeats in every other record gives way first.
    const bound = record.bound && cutAttributes(record.bound, limits.maxAttributes >> 1, maxBytes >> 1);
    const end = encodeLogRecord(room, at, { ...named, bound }, { ...limits, scrub });
    if (end !== DOES_NOT_FIT) return end;
  }
  return encodeLogRecord(room, at, toBareRecord(named, scrub), { ...defaultEncodeLimits, maxBodyLength: 1024, scrub });
}

/** Cut only after secrets are out: half a secret would not be recognised any more. */
function cutSafe(text: string, maxUnits: number, scrub: Scrub | undefined): string {
  return cutText(scrub === undefined ? text : scrub.text(text), maxUnits);
}

/** The text, type and message of the exception, the first bound attributes; whatever else there was is counted. */
function toBareRecord(record: LogRecordInput, scrub: Scrub | undefined): LogRecordInput {
  const bound = cutAttributes(record.bound ?? noAttributes(), 16, BARE_BOUND_BYTES);
  const exception = scrub === undefined ? record.exception : toldException(record, scrub);
  const lost = record.attributes === undefined ? 0 : readMembers(record.attributes, 0).cut;
  return {
    ...record,
    body: typeof record.body === 'string' || record.body === undefined ? record.body : TOO_LARGE,
    attributes: exception === undefined ? undefined : toBareException(exception, scrub),
    exception: undefined,
    bound: { ...bound, dropped: bound.dropped + lost },
  };
}

function noAttributes(): EncodedAttributes {
  return { bytes: Buffer.alloc(0), keys: new Map(), ends: [], dropped: 0 };
}

function toBareException(thrown: unknown, scrub: Scrub | undefined): object {
  if (!isLikeError(thrown)) return { 'exception.type': typeof thrown, 'exception.message': TOO_LARGE };
  const { type, message } = describeError(thrown);
  return { 'exception.type': cutSafe(type, 128, scrub), 'exception.message': cutSafe(message, 512, scrub) };
}
