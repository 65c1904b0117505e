/** Longest piece of a foreign value that a message repeats, in UTF-16 units. A judgement: one terminal line. */
const maxShownLength = 80;

/**
 * Shows a value of unknown origin inside a message, quoted, on one line and without what may be secret.
 *
 * A setting's text can hold a credential in the wrong place: in a URL, or because two variables were swapped. So user
 * info, a query, a fragment and whatever looks like a token become `…`. Values known to be secret (headers, keys) must
 * not come here at all: {@link describeKind} is for those.
 *
 * @example
 * ```ts
 * showValue('http://me:pw@h:4318/v1/logs?key=1'); // "http://…@h:4318/v1/logs?…"
 * ```
 */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return showText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return describeKind(value);
}

/** Shows the first three of several values, and how many more there are. */
export function showList(values: readonly string[]): string {
  const rest = values.length > 3 ? ` and ${values.length - 3} more` : '';
  return `${values.slice(0, 3).map(showValue).join(', ')}${rest}`;
}

/**
 * Shows entries of a text that was split at commas. One with user info is shown as a whole: its password may hold a comma,
 * and half of it would look like an entry without any.
 */
export function showEntries(text: string, entries: readonly string[]): string {
  return text.includes('@') ? showValue(text) : showList(entries);
}

/** Says what kind of value came, and nothing of what is in it. */
export function describeKind(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object')
    return Symbol.iterator in value ? `a ${Object.prototype.toString.call(value).slice(8, -1)}` : 'an object';
  return `a ${typeof value}`;
}

function showText(text: string): string {
  const safe = hideSecrets(text);
  const quoted = JSON.stringify(safe.length > maxShownLength ? `${cut(safe)}…` : safe);
  // JSON lets these stand; a terminal obeys some of them, and a line reader may break at the others.
  return quoted.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A cut may not leave half of a surrogate pair behind. */
function cut(text: string): string {
  return text.slice(0, maxShownLength).replace(/[\uD800-\uDBFF]$/, '');
}

/** Blots out user info, query, fragment and token-like runs; what remains is safe to print. */
export function hideSecrets(text: string): string {
  return (
    text
      // First, and greedy on purpose: a password may itself hold "@", "/", "?" or "#".
      .replace(/^([a-z][a-z0-9+.-]*:\/\/|\/\/)?.*@/is, (_, scheme: string | undefined) => `${scheme ?? ''}…@`)
      .replace(/[?#].*$/s, (rest) => `${rest[0]}…`)
      // Twenty word characters with a digit among them: an API key or a base64 text, hardly ever a host or a path.
      .replace(/[A-Za-z0-9_=+-]{20,}/g, (run) => (/[0-9]/.test(run) ? '…' : run))
  );
}
