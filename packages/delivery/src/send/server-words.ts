import type { BatchOutcome } from '../outcome.ts';

/** What a request told the server that nobody else may read: a server that echoes it must not get it into our own words. */
export interface SentSecrets {
  /** Its query may hold a token. */
  readonly url: string;
  /** Those of the user. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Of a server's words in a message. A judgement: a sentence fits, a page does not. */
const MAX_UNITS = 300;

/** Shorter values are words as well: taking them out would garble what is said, and hide nothing. */
const MIN_SECRET_UNITS = 6;

/** Credentials that were sent with another request, or were cut on their way back; longer than any word. */
const CREDENTIALS = /\b(bearer|basic)[\t ]+[\w.~+/=-]{16,}/gi;

/** What a terminal obeys instead of showing: control characters, separators of lines, marks that reorder text. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** An outcome whose words of the server are one short line, without what the server was told in confidence. Pure. */
export function inOwnWords(batch: BatchOutcome, sent: SentSecrets): BatchOutcome {
  switch (batch.kind) {
    case 'delivered':
      return batch.warning === '' ? batch : { ...batch, warning: toLine(batch.warning, sent) };
    case 'partial':
      return { ...batch, message: toLine(batch.message, sent) };
    case 'retry':
    case 'hold':
    case 'dead':
      return { ...batch, reason: toLine(batch.reason, sent) };
    case 'split':
      return batch;
  }
}

/** A server's words without header values, credentials and query of the request. Pure. */
export function withoutSecrets(text: string, sent: SentSecrets): string {
  if (text === '') return text;
  let clean = text;
  for (const secret of secretsOf(sent)) clean = clean.replaceAll(secret, '[redacted]');
  return clean.replace(CREDENTIALS, '$1 [redacted]');
}

function toLine(text: string, sent: SentSecrets): string {
  const line = withoutSecrets(text, sent)
    .slice(0, 4 * MAX_UNITS)
    .replace(UNPRINTABLE, escapeUnit);
  return line.length <= MAX_UNITS ? line : `${line.slice(0, MAX_UNITS).replace(/\p{Cs}$/u, '')}…`;
}

function escapeUnit(unit: string): string {
  const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[unit];
  return short ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Longest first: one may be a part of another. */
function secretsOf({ url, headers }: SentSecrets): string[] {
  const { search, searchParams } = new URL(url);
  const query = search.slice(1);
  // Parameters also as they were sent, percent-encoded.
  const found = [query, ...searchParams.values(), ...query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1))];
  for (const value of Object.values(headers)) {
    const [, scheme = '', token = ''] = /^(\S+)\s+(.*)$/.exec(value) ?? [];
    const password =
      scheme.toLowerCase() === 'basic' ? Buffer.from(token, 'base64').toString().replace(/^.*?:/, '') : '';
    // Also as it stands in JSON.
    for (const part of [value, token, password]) found.push(part, JSON.stringify(part).slice(1, -1));
  }
  const secrets = found.filter((secret) => secret.length >= MIN_SECRET_UNITS).flatMap(echoesOf);
  return [...new Set(secrets)].sort((a, b) => b.length - a.length);
}

/** A secret as it is, and as a server may say it in a link or a dump. Pure. */
function echoesOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // From the bytes: half a surrogate pair cannot be percent-encoded. Padding is there or not.
  const encoded = encodeURIComponent(bytes.toString());
  return [secret, encoded, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}
