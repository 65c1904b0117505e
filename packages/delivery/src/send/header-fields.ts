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

/**
 * Headers as they are sent. Names are case-insensitive: folded, so that an endpoint's `Authorization` replaces a common
 * `authorization`. Reads a `Headers` object or a `Map` as well. Pure.
 *
 * @returns `undefined` for a value that is no text: a missing token must not be sent as `undefined`.
 */
export function readHeaders(headers: Headers | Iterable<readonly [unknown, unknown]>): Headers | undefined {
  const read: Record<string, string> = {};
  for (const [name, value] of Symbol.iterator in headers ? headers : Object.entries(headers)) {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    read[String(name).toLowerCase()] = cleanHeaderValue(String(value));
  }
  return read;
}
