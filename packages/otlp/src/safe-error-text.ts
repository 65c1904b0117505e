import { toSafeUrl } from './safe-url.ts';

/** `fetch` of a text that is no URL; the text goes on to the end of the message. */
const UNPARSED_URL = /(Failed to parse URL from )([\s\S]*?)(?=\n {4}at |\nCaused by: |$)/g;

/** axios, of a URL without slashes; as JSON. */
const QUOTED_URL = /(Invalid URL ")((?:[^"\\]|\\.)*)(?=")/g;

/** `Headers` of `fetch`, of a value that no header may have. */
const HEADER_VALUE = /"[\s\S]*?" (?=is an invalid header value)/g;

/**
 * The message or stack of an error without the URLs and header values that HTTP clients quote in it: of a URL scheme,
 * host and path stay. The text itself if it has none.
 */
export function toSafeErrorText(text: string): string {
  if (text.includes('URL ')) {
    const masked = text.replace(UNPARSED_URL, safeMatch).replace(QUOTED_URL, safeMatch);
    if (masked !== text) return masked;
  }
  return text.includes('invalid header value') ? text.replace(HEADER_VALUE, '"…" ') : text;
}

function safeMatch(_match: string, words: string, url: string): string {
  return `${words}${toSafeUrl(url) ?? ''}`;
}

/**
 * The stack of an error, which begins with its message. It is long, so it is searched only for what may have been its
 * message before, or that of its cause.
 */
export function toSafeStack(stack: string, message: string, safeMessage: string): string {
  return message === safeMessage && !stack.includes('URL ') ? stack : toSafeErrorText(stack);
}
