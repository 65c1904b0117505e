/** Request headers by name. */
export type Headers = Readonly<Record<string, string>>;

/** A token that was read from a file has the end of its line with it. */
const ENDS = /^[\t\n\r ]+|[\t\n\r ]+$/g;

/**
 * A value as it is sent: what stands around it is no part of it. Every way of sending gets it like this, as clients differ
 * in what they clean themselves: axios does, node:http refuses a line feed. Pure.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.5
 */
export function cleanHeaderValue(value: string): string {
  return value.replace(ENDS, '');
}

/** A field name of HTTP: RFC 9110, section 5.1. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What Node lets into a field value. A line feed would start another field. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a name can stand in an HTTP request. Pure. */
export function isHeaderName(name: string): boolean {
  return NAME.test(name);
}

/** Whether a value can stand in an HTTP request, its ends cleaned. The empty one can. Pure. */
export function isHeaderValue(value: string): boolean {
  return VALUE.test(cleanHeaderValue(value));
}

/**
 * What a request says of itself: of a user it would tell the server of another body than there is, or ask for another way
 * to talk than ours.
 */
const OWN: ReadonlySet<string> = new Set([
  'accept-encoding',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'idempotency-key',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a header, its name in lower case, is ours alone: given by a user it is left out. Pure. */
export function isOwnHeader(name: string): boolean {
  return OWN.has(name);
}

/** Headers, or why they are none: for a person, without the value, and without a name that may be a secret by mistake. */
export type ReadHeaders =
  | { readonly kind: 'headers'; readonly headers: Headers }
  | { readonly kind: 'fault'; readonly fault: string };

/**
 * Headers as they are sent, without those that are ours alone. Names are case-insensitive: folded, so that an endpoint's
 * `Authorization` replaces a common `authorization`. Reads a `Headers` object or a `Map` as well. Pure.
 *
 * A value that is no text is a fault, as a missing token must not be sent as `undefined`; so is what HTTP does not allow,
 * as axios leaves out such characters and sends the rest: another tenant or key than was given.
 */
export function readHeaders(given: Headers | Iterable<readonly [unknown, unknown]>): ReadHeaders {
  const headers: Record<string, string> = {};
  for (const [key, value] of Symbol.iterator in given ? given : Object.entries(given)) {
    const name = String(key).toLowerCase();
    if (!isHeaderName(name)) return toFault('a name that HTTP does not allow');
    if (typeof value !== 'string' && typeof value !== 'number') return toFault(`a value of ${name} that is no text`);
    const text = String(value);
    if (!isHeaderValue(text)) return toFault(`a value of ${name} with a character that HTTP does not allow`);
    if (!isOwnHeader(name)) headers[name] = cleanHeaderValue(text);
  }
  return { kind: 'headers', headers };
}

function toFault(fault: string): ReadHeaders {
  return { kind: 'fault', fault };
}
