/**
 * A value as text, as `String` makes it; of a URL its password is masked, as it never leaves the process.
 *
 * @throws what the value's own code throws.
 */
export function textOf(value: unknown): string {
  return value instanceof URL ? urlText(value) : String(value);
}

/** A URL may carry credentials; the password never leaves the process. */
export function urlText(url: URL): string {
  if (url.password === '') return url.href;
  const masked = new URL(url.href);
  masked.password = '***';
  return masked.href;
}
