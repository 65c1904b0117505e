/** Stands for a value that must not be read. */
export const REDACTED = '[redacted]';

/** Names whose values are secrets wherever they stand: headers, query parameters, members of bodies. */
const SECRET_NAME = new RegExp(
  [
    'authorization|bearer|credential|jwt|^x?-?auth$|^saml',
    // No compass, bypass, overpass or trespass.
    'passw|pass[-_]?(?:phrase|code|key)|(?<!com|by|over|under|tres|sur)pass$|pwd|^pw$',
    'cookie|session|sessid|^sid$|csrf|xsrf|token|secret|signature|^sig$|^salt$',
    '(?:api|access|private|secret|signing|encryption|subscription|consumer|account|master|ssh)[-_]?key',
    '^code$|(?:auth|security|verification|pin|mfa)[-_]?code|code[-_]?verifier|^pin$|^t?otp$|otp[-_]',
    'credit[-_]?card|debit[-_]?card|card[-_]?(?:number|num|no)$|^cc[-_]?num|cvv|cvc|ssn|social[-_]?security',
  ].join('|'),
  'i',
);

/** What the names of a nested member are written between: `user[pwd]`, `user.pwd`, `pwd[]`. */
const BETWEEN = /[[\].]+/;

/** Says whether a name is one of a secret. Pure. */
export type IsSecret = (name: string) => boolean;

/** @param more - further names, compared without regard to case. */
export function createIsSecret(more: readonly string[]): IsSecret {
  const names = new Set(more.map((name) => name.toLowerCase()));
  const isOne = (name: string): boolean => SECRET_NAME.test(name) || names.has(name.toLowerCase());
  return (name) => isOne(name) || (BETWEEN.test(name) && name.split(BETWEEN).some(isOne));
}

/** Masks the values of secret parameters in a query, given without its `?`. Pure; never throws. */
export function redactQuery(query: string, isSecret: IsSecret): string {
  return query
    .split('&')
    .map((pair) => {
      const end = pair.indexOf('=');
      if (end < 0) return pair;
      const name = pair.slice(0, end);
      return `${name}=${isSecret(decoded(name)) ? REDACTED : redactParameter(pair.slice(end + 1), isSecret)}`;
    })
    .join('&');
}

/** A value may be a URL with secrets of its own, percent-encoded mostly: `next=%2Fcb%3Ftoken%3D…`. */
function redactParameter(value: string, isSecret: IsSecret): string {
  const safe = redactUrls(value, isSecret);
  if (safe !== value || !value.includes('%')) return safe;
  const text = decoded(value);
  const safeText = redactUrls(text, isSecret);
  return safeText === text ? value : encodeURIComponent(safeText);
}

/** The user of a URL; and a query or a fragment, to the end of the URL. */
const USER = /\/\/[^/?#\s"<>]*@/g;
const PARAMETERS = /[?#][^?#\s"<>]+/g;

/**
 * Makes the list of values that is told of a header. A secret one is told to be there and no more; of URLs in others
 * (`referer`, `location`, `link`) users and the values of secret parameters are masked. Never throws.
 */
export function redactHeader(value: unknown, name: string, isSecret: IsSecret): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (isSecret(name)) return [REDACTED];
  const redact = (each: unknown): string => redactUrls(String(each), isSecret);
  return Array.isArray(value) ? value.map(redact) : [redact(value)];
}

function redactUrls(text: string, isSecret: IsSecret): string {
  return text
    .replace(USER, `//${REDACTED}@`)
    .replace(PARAMETERS, (part) => part.charAt(0) + redactQuery(part.slice(1), isSecret));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // Not percent-encoded as it should be: compared as it came.
  }
}

/** How deep a body is followed; what lies deeper is left out, as nobody can say what it holds. */
const MAX_DEPTH = 8;

/** Copies a parsed body with the values of secret members masked, at any depth. Pure as far as its getters are. */
export function redactBody(value: unknown, isSecret: IsSecret, depth: number = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redactBody(item, isSecret, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecret(name) ? REDACTED : redactBody(member, isSecret, depth + 1),
    ]),
  );
}
