import { toSafeUrl } from './safe-url.ts';

/** `fetch` of a text that is no URL, or of a URL with a user; it goes on to the end of the message. */
const UNPARSED_URL =
  /(Failed to parse URL from |URL that includes credentials: )([\s\S]*?)(?=\n {4}at |\nCaused by: |$)/g;

/** axios, of a URL without slashes; `fetch` of a referrer. The URL behind it is quoted as a string of JSON is. */
const BEFORE_QUOTED_URL = ['Invalid URL "', 'Referrer "'];

/** got and ky; node-fetch, in several words; ofetch, and got of an answer it cannot parse. */
const CALLED_URL =
  /(\bRequest (?:timed out|failed with status code \d{3}[^\n:]{0,80}): [A-Z]{1,10} |\b(?:request to|content size at|response body (?:at|for)|timeout at:|redirect reached at:|already for:|set to error:|trying to fetch) |(?:\[[A-Z]{1,10}\]| in) ")(https?:\/\/[^\s"]+)/g;

/** What `Headers` of `fetch` says behind a value that no header may have. */
const BEHIND_VALUE = '" is an invalid header value';

/** `JSON.parse`, of at most 40 units around what it did not expect. They may look like the end of the message. */
const PARSED_JSON = /(Unexpected token '[\s\S]{1,2}', (?:\.{3})?")[\s\S]{0,60}("(?:\.{3})? is not valid JSON)/g;

/** graphql-request, of all that went out and came back, on one line. */
const EXCHANGE_JSON = /(: )\{"response":\{[^\n]*/g;

/**
 * The message or stack of an error without the URLs, header values and bodies that HTTP clients and parsers quote in it:
 * of a URL scheme, host and path stay. The text itself if it has none.
 */
export function toSafeErrorText(text: string): string {
  let safe = text;
  if (safe.includes('URL')) {
    safe = safe.replace(UNPARSED_URL, safeMatch);
    for (const before of BEFORE_QUOTED_URL) safe = withoutQuotedUrls(safe, before);
  }
  if (safe.includes('http')) safe = safe.replace(CALLED_URL, safeMatch);
  if (safe.includes('valid JSON')) safe = safe.replace(PARSED_JSON, '$1…$2');
  if (safe.includes('{"response":')) safe = safe.replace(EXCHANGE_JSON, '$1{…}');
  return safe.includes(BEHIND_VALUE) ? withoutHeaderValues(safe) : safe;
}

/** No pattern: one that knows escapes has no room for a text of 3·10^7 characters, and throws. */
function withoutQuotedUrls(text: string, before: string): string {
  let safe = '';
  let from = 0;
  for (let at = text.indexOf(before); at >= 0; at = text.indexOf(before, from)) {
    const start = at + before.length;
    const end = endOfQuoted(text, start);
    safe += `${text.slice(from, start)}${toSafeUrl(text.slice(start, end)) ?? ''}`;
    from = end;
  }
  return safe + text.slice(from);
}

/** Where the closing quote stands, or the end of a text that was cut before it. */
function endOfQuoted(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at++;
  }
  return text.length;
}

/** From the first quote to the last, as the value may have quotes. No pattern: one would look on from each of them. */
function withoutHeaderValues(text: string): string {
  let safe = '';
  let from = 0;
  for (let end = text.indexOf(BEHIND_VALUE); end >= 0; end = text.indexOf(BEHIND_VALUE, from)) {
    safe += `${text.slice(from, text.indexOf('"', from))}"…"`;
    from = end + 1;
  }
  return safe + text.slice(from);
}

function safeMatch(_match: string, words: string, url: string): string {
  return `${words}${toSafeUrl(url) ?? ''}`;
}

/**
 * The stack of an error, which begins with its message. It is long, so it is searched only for what may have been its
 * message before, or that of its cause.
 */
export function toSafeStack(stack: string, message: string, safeMessage: string): string {
  return message === safeMessage && !mayQuote(stack) ? stack : toSafeErrorText(stack);
}

/** What is quoted stands in quotes, or is a URL with a query. Frames have neither, and both are found at once. */
function mayQuote(stack: string): boolean {
  return stack.includes('"') || stack.includes('?') || stack.includes('URL ');
}
