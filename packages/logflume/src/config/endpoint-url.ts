import { editDistance } from './closest-name.ts';
import { type ParsedValue, toBad } from './env-values.ts';
import { hideSecrets } from './show-value.ts';
import { isUnexpanded } from './unexpanded.ts';

/** An address to post to. */
export interface EndpointUrl {
  /**
   * Absolute http(s) URL without user info and fragment, with the `dns+` or `srv+` it was written with; a query stays and
   * may be secret.
   */
  readonly url: string;
  /** `Basic …`, made of the user info the URL held; `undefined` if it held none. */
  readonly authorization: string | undefined;
}

/** What becomes of an address whose path is missing. */
export type PathRule =
  /**
   * `''` and `/` become `/v1/logs`, any other path stays; `dns+` and `srv+` may stand in front: `options.endpoints` and
   * `LOGFLUME_ENDPOINTS`.
   */
  | 'default'
  /** `v1/logs` is added to any path: `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  | 'base'
  /** Nothing is added, not even when there is no path: `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`. */
  | 'final';

const httpUrl = 'an http(s) URL';
export const anyUrl = 'an http(s) URL, or one with dns+ or srv+ in front';

/** How the host of a URL becomes addresses: by all of its addresses, or by the SRV records of a service. */
const lookupScheme = /^(dns|srv)\+(?=https?:)/i;

const anyScheme = /^[a-z][a-z0-9+.-]*:\/\//i;

/** The host of a `srv+` URL. */
const serviceName = /^_[^.]+\._[^.]+\../;

/**
 * Reads the address of an OTLP/HTTP receiver.
 *
 * User info is taken out of the URL, because URLs show up in statistics and messages, and becomes an `Authorization`
 * header. Host, port, path and query are kept as the URL standard normalises them.
 *
 * @returns `bad` with a hint for what people write most: an address without its scheme. Its `got` holds no secret.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 */
export function parseEndpointUrl(text: string, rule: PathRule): ParsedValue<EndpointUrl> {
  const expected = rule === 'default' ? anyUrl : httpUrl;
  if (isUnexpanded(text)) return toBad(expected, 'the variable it refers to is not defined before it');
  const scheme = rule === 'default' ? (lookupScheme.exec(text)?.[0].toLowerCase() ?? '') : '';
  const url = parseUrl(text.slice(scheme.length));
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return toBad(expected, hintFor(text));
  if (/^https?$/.test(url.hostname)) return toBad(expected, 'write "http://" or "https://" once');
  if (scheme === 'srv+') {
    if (!serviceName.test(url.hostname)) return toBad('srv+http://_service._proto.name', hintForService(url.hostname));
    if (url.port !== '') return toBad('a srv+ URL without a port', 'the SRV records give the port');
  }
  const authorization = takeAuthorization(url);
  url.hash = '';
  url.pathname = toPath(url.pathname, rule);
  return { kind: 'ok', value: { url: `${scheme}${url.href}`, authorization } };
}

function hintForService(host: string): string {
  return `such as srv+http://_otlp._tcp.${host}; for all addresses of a name write dns+http://`;
}

function toPath(path: string, rule: PathRule): string {
  switch (rule) {
    case 'base':
      return path.endsWith('/') ? `${path}v1/logs` : `${path}/v1/logs`;
    case 'default':
      return path === '/' ? '/v1/logs' : path;
    case 'final':
      return path;
    default:
      return rule satisfies never;
  }
}

/** `URL.parse` only came with Node 22.1. */
function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function hintFor(text: string): string | undefined {
  const quoted = /^(["'])(.*)\1$/s.exec(text)?.[2];
  if (quoted !== undefined) {
    // Those of an env file, which not every reader of one takes away.
    const bare = anyScheme.test(quoted) ? quoted : toGuess(quoted);
    return /^http/i.test(bare) && parseUrl(bare) !== null && isPrintable(bare)
      ? `write ${bare} without quotes`
      : 'write it without quotes';
  }
  if (lookupScheme.test(text)) return 'addresses to look up go into LOGFLUME_ENDPOINTS';
  if (anyScheme.test(text)) return undefined;
  const guess = toGuess(text);
  if (parseUrl(guess) === null) return undefined;
  return isPrintable(guess) ? `write "${guess}"` : 'write "http://" or "https://" in front of it';
}

function toGuess(text: string): string {
  return `http://${text.replace(/^\/+/, '').replace(/^[a-z-]{8,10}(?=$|[:/])/i, correctLocalhost)}`;
}

function isPrintable(text: string): boolean {
  return hideSecrets(text) === text && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

/** The one host name that is written often enough to know its misspellings. */
function correctLocalhost(host: string): string {
  return editDistance(host.toLowerCase(), 'localhost') <= 1 ? 'localhost' : host;
}

function takeAuthorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const credentials = `${decode(url.username)}:${decode(url.password)}`;
  url.username = '';
  url.password = '';
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}

/** The URL standard lets a "%" stand that escapes nothing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // As written is the only other thing it can mean.
  }
}
