import type { ResolvedOptions } from './resolve-options.ts';
import { redactBody } from './secrets.ts';

/** A body as it was written: its bytes, or why they are not there. */
export interface WrittenBody {
  readonly kind: 'written';
  readonly contentType: string;
  /** Value of the header; `undefined` for bytes that are the body itself. */
  readonly contentEncoding: unknown;
  readonly chunks: readonly Uint8Array[];
  /** Of the whole body; more than the chunks hold when it was too large. */
  readonly bytes: number;
}

/** A body as the framework parsed it; as text or bytes where the application asked for them, to check a signature. */
export interface ParsedBody {
  readonly kind: 'parsed';
  readonly contentType: string;
  readonly value: unknown;
  readonly bytes: number;
}

/** Makes an attribute of a body, secret members masked; `undefined` for none. Never throws. */
export function captureBody(
  body: unknown,
  { maxBodyBytes, isSecret }: Pick<ResolvedOptions<never>, 'maxBodyBytes' | 'isSecret'>,
): unknown {
  if (!isBody(body)) return undefined;
  if (body.bytes > maxBodyBytes) return `[${body.bytes} bytes]`;
  try {
    return redactBody(parsed(body, maxBodyBytes), isSecret);
  } catch (error) {
    if (Object(error).code === 'ERR_BUFFER_TOO_LARGE') return `[${body.bytes} bytes]`;
    return `[${body.bytes} bytes that cannot be read]`; // What cannot be parsed cannot be masked either.
  }
}

/** Whether a media type is one of those to capture; parameters such as the charset do not count. Pure. */
export function isWantedType(contentType: unknown, wanted: readonly string[]): contentType is string {
  if (typeof contentType !== 'string' || wanted.length === 0) return false;
  return wanted.includes(contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '');
}

/** Parses a body by its media type, JSON or a form. @throws SyntaxError for JSON that is none. */
export function parseBody(contentType: string, text: string): unknown {
  return /json/i.test(contentType) ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
}

/** A value whose members have names: text could not be masked. */
function parsed(body: WrittenBody | ParsedBody, maxBytes: number): unknown {
  const { contentType } = body;
  if (body.kind === 'written') return parseBody(contentType, decoded(body, maxBytes).toString('utf8'));
  const { value } = body;
  if (typeof value === 'string') return parseBody(contentType, value);
  return value instanceof Uint8Array ? parseBody(contentType, Buffer.from(value).toString('utf8')) : value;
}

/**
 * What was compressed on its way out. At once, as the record is written now: the bytes are few, and so is what may come of
 * them.
 *
 * @throws RangeError for more than `maxBytes`, Error for what is not encoded as it says.
 */
function decoded({ chunks, contentEncoding }: WrittenBody, maxBytes: number): Buffer {
  const bytes = Buffer.concat(chunks);
  if (contentEncoding === undefined || contentEncoding === 'identity') return bytes;
  // Not imported, as runtimes without it load this file, too: what comes here was written through node:http.
  const { unzipSync, brotliDecompressSync } = process.getBuiltinModule('node:zlib');
  const limits = { maxOutputLength: maxBytes };
  return contentEncoding === 'br' ? brotliDecompressSync(bytes, limits) : unzipSync(bytes, limits);
}

function isBody(body: unknown): body is WrittenBody | ParsedBody {
  return typeof body === 'object' && body !== null && 'kind' in body;
}
