import {
  encodeFrameHeader,
  type FrameHeader,
  type FrameMeta,
  HEADER_BYTES,
  isPayloadIntact,
  parseFrameHeader,
} from './segment-format.ts';

/** Why a server did not take a batch, as far as a person needs it to decide what to do with it. */
export interface DeadLetterReason {
  /** HTTP status, `undefined` if there was no answer. */
  readonly status: number | undefined;
  /** The URL without user, password and query. */
  readonly endpoint: string;
  /** What the server said; cut at 64 KiB. */
  readonly reply: string;
}

/** A dead letter as found on disk: what was sent, and what came of it. */
export interface DeadLetter {
  readonly header: FrameHeader;
  /** The request body. */
  readonly payload: Uint8Array;
  readonly reason: DeadLetterReason;
  /** Wall clock, when it was given up. */
  readonly timeMs: number;
}

/** The cap of a response body elsewhere in the engine: the Collector's value. */
const MAX_REPLY_BYTES = 64 * 1024;

/** A frame as in a segment, then one JSON object to the end of the file. Pure. */
export function encodeDeadLetter(
  meta: FrameMeta,
  payload: Uint8Array,
  why: { readonly reason: DeadLetterReason; readonly timeMs: number },
): readonly Uint8Array[] {
  const { status, endpoint, reply } = why.reason;
  const text = JSON.stringify({ status, endpoint, timeMs: why.timeMs, reply: cutText(reply, MAX_REPLY_BYTES) });
  return [encodeFrameHeader(meta, 0, payload), payload, Buffer.from(text)];
}

/** Pure. @returns `undefined` if the file is torn, changed or something else. */
export function parseDeadLetter(bytes: Uint8Array): DeadLetter | undefined {
  const parsed = parseFrameHeader(bytes);
  if (parsed.kind !== 'ok') return undefined;
  const end = HEADER_BYTES + parsed.header.payloadBytes;
  const payload = bytes.subarray(HEADER_BYTES, end);
  if (!isPayloadIntact(parsed.header, payload)) return undefined;
  const why = parseReason(Buffer.from(bytes.subarray(end)).toString());
  return why === undefined ? undefined : { header: parsed.header, payload, ...why };
}

function parseReason(text: string): Pick<DeadLetter, 'reason' | 'timeMs'> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { status, endpoint, reply, timeMs } = value as Record<string, unknown>; // parse border
  if (typeof endpoint !== 'string' || typeof reply !== 'string' || typeof timeMs !== 'number') return undefined;
  return { reason: { status: typeof status === 'number' ? status : undefined, endpoint, reply }, timeMs };
}

/** The longest beginning of a text that fits, cut between characters. */
function cutText(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
