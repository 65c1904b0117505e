/** Schemes whose URLs name a host and a path; behind any other (`data:`) stands content. */
const PLACES = new Set(['http:', 'https:', 'ws:', 'wss:', 'ftp:']);

/** Whether a text names a scheme, and so needs no base. */
const ABSOLUTE = /^(?:[a-z][a-z\d+.-]*:)?\/\//i;

/**
 * Where a URL leads, without what only the other side is to know: scheme, host, port and path; no user, no query, no
 * fragment. What is no URL is told as far as that is safe: nothing of it beyond the scheme if it may hold a user.
 *
 * @param base - what a relative `url` is appended to, as axios does with its `baseURL`.
 * @returns `undefined` for what is no text. Never throws.
 */
export function toSafeUrl(url: unknown, base?: unknown): string | undefined {
  const text = textOf(url);
  const start = textOf(base);
  if (text === undefined) return start === undefined ? undefined : safeText(start);
  if (start === undefined || ABSOLUTE.test(text)) return safeText(text);
  return safeText(text === '' ? start : `${start.replace(/\/?\/$/, '')}/${text.replace(/^\/+/, '')}`);
}

function textOf(url: unknown): string | undefined {
  if (typeof url === 'string') return url;
  return url instanceof URL ? url.href : undefined;
}

function safeText(text: string): string {
  const isAbsolute = text.includes(':');
  if (isAbsolute && URL.canParse(text)) {
    const { protocol, host, pathname } = new URL(text);
    return PLACES.has(protocol) ? `${protocol}//${host}${pathname}` : protocol;
  }
  // Without a parser nobody knows where a user's name ends: it may hold a slash or a question mark.
  if (isAbsolute && text.includes('@')) return `${/^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0] ?? ''}…`;
  return text.replace(/[?#][\s\S]*$/, '');
}
