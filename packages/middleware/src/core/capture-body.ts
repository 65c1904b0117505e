import type { ResolvedOptions } from './resolve-options.ts';
import { redactBody } from './secrets.ts';

/** A body as it was written: its bytes, or why they are not there. */
export interface WrittenBody {
  readonly kind: 'written';
  readonly contentType: string;
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
    return redactBody(parsed(body), isSecret);
  } catch {
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
function parsed(body: WrittenBody | ParsedBody): unknown {
  const { contentType } = body;
  if (body.kind === 'written') return parseBody(contentType, Buffer.concat(body.chunks).toString('utf8'));
  const { value } = body;
  if (typeof value === 'string') return parseBody(contentType, value);
  return value instanceof Uint8Array ? parseBody(contentType, Buffer.from(value).toString('utf8')) : value;
}

function isBody(body: unknown): body is WrittenBody | ParsedBody {
  return typeof body === 'object' && body !== null && 'kind' in body;
}
