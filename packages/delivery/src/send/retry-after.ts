/** The longest wait a server can ask for: a wrong header must not park a backend for a day. */
export const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Reads a `Retry-After` header. Pure.
 *
 * @param value - delta-seconds or an HTTP-date.
 * @param date - the reply's own `Date`: the distance between the two does not depend on our clock.
 * @param wallMs - our wall clock, for a reply without a `Date`.
 * @returns milliseconds in 1 … 300000, or `undefined` for none, nothing or less, a past date or garbage: what asks for no
 *   wait is met with ours, else a server that is overloaded would be asked without end.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(
  value: string | undefined,
  date: string | undefined,
  wallMs: number,
): number | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  if (/^\d+$/.test(text)) return toWaitMs(Number(text) * 1000);
  const until = Date.parse(text);
  if (Number.isNaN(until) || !/[a-z]/i.test(text)) return undefined;
  const server = date === undefined ? Number.NaN : Date.parse(date);
  return toWaitMs(until - (Number.isNaN(server) ? wallMs : server));
}

function toWaitMs(delayMs: number): number | undefined {
  return delayMs > 0 ? Math.min(delayMs, MAX_RETRY_AFTER_MS) : undefined;
}
