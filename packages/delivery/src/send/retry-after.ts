/** The longest wait a server can ask for: a wrong header must not park a backend for a day. */
export const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Reads a `Retry-After` header. Pure.
 *
 * @param value - delta-seconds or an HTTP-date.
 * @param date - the reply's own `Date`: the distance between the two does not depend on our clock.
 * @param wallMs - our wall clock, for a reply without a `Date`.
 * @returns milliseconds in 0 … 300000, or `undefined` for none, a negative, a past date or garbage.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(
  value: string | undefined,
  date: string | undefined,
  wallMs: number,
): number | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  const until = Date.parse(text);
  if (Number.isNaN(until) || !/[a-z]/i.test(text)) return undefined;
  const server = date === undefined ? Number.NaN : Date.parse(date);
  const delayMs = until - (Number.isNaN(server) ? wallMs : server);
  return delayMs < 0 ? undefined : Math.min(delayMs, MAX_RETRY_AFTER_MS);
}
