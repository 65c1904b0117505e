import { readMember } from './read-member.ts';
import { toSafeErrorText } from './safe-error-text.ts';
import { toSafeUrl } from './safe-url.ts';

type Members = Readonly<Record<string, unknown>>;

/** What may be told of a request: `GET`, and `https://host/path` without user, query and fragment. */
export interface RequestDescription {
  method?: string;
  url?: string;
  /** How often it was sent again, ≥ 1, where the client counts that. */
  retries?: number;
}

/** The text an error about an invalid URL has that URL in. */
const INPUT = 'input';

/**
 * Whether the object with this member is worth a look: it is asked for every member that is written, so nothing but this
 * stands on the way of ordinary attributes. All but one of them hold objects.
 */
export function isTelling(key: string, value: unknown): boolean {
  return typeof value === 'object' ? value !== null && isTellingName(key) : key === INPUT;
}

/** Whether `isTelling` may say so of a member with this key, whatever its value. */
export function mayTell(key: string): boolean {
  return key === INPUT || isTellingName(key);
}

function isTellingName(key: string): boolean {
  // Not a Set: these are compared by address.
  switch (key) {
    case 'config':
    case 'request':
    case 'response':
    case 'headers':
    case 'transitional':
    case 'transformRequest':
    case 'outputData':
    case 'rawHeaders':
    case '_options':
    case 'freeSockets':
      return true;
    default:
      return false;
  }
}

/**
 * What is written instead of an object that holds what an HTTP client sends and gets, with its credentials: a copy of an
 * AxiosError (`{ ...error }`, `error.toJSON()`), its `config`, `request` and `response`, messages of node:http, their
 * sockets and agents. Told by their members, so a copy, one of another realm or one that has been JSON counts as well.
 *
 * @returns `undefined` for any other object. Never throws.
 */
export function describeHttpParts(object: object): object | undefined {
  try {
    // Any object has members.
    return describe(object as Members);
  } catch {
    return undefined; // A proxy whose traps throw: an object like any other.
  }
}

function describe(part: Members): object | undefined {
  const { config } = part;
  const isConfigured = isConfig(config);
  if (isConfigured && 'headers' in part && 'data' in part) return without(RESPONSE_PARTS, part);
  if (part['isAxiosError'] === true || part['name'] === 'AxiosError' || (isConfigured && 'message' in part)) {
    return without(ERROR_PARTS, part);
  }
  if (isConfig(part)) return describeConfig(part);
  const message = describeMessage(part);
  if (message !== undefined) return message;
  if ('freeSockets' in part && 'sockets' in part) return { type: 'Agent' };
  if (part['code'] === 'ERR_INVALID_URL' && INPUT in part) return without(NOTHING, part);
  return undefined;
}

/** What is written instead of an instance of a class that shows nothing, or too much, by members of its own. */
export function describeHttpInstance(object: object): unknown {
  try {
    const part = object as Members;
    const tag = Object.prototype.toString.call(object);
    if (tag === '[object AxiosHeaders]') return `[AxiosHeaders: ${Object.keys(object).join(', ')}]`;
    if (tag === '[object Headers]') return '[Headers]';
    if (tag === '[object Request]') return requestDescription(part['method'], toSafeUrl(part['url']));
    if (tag === '[object Response]') return responseDescription(part['status'], toSafeUrl(part['url']));
    return 'connecting' in part && '_host' in part && '_handle' in part ? '[Socket]' : undefined;
  } catch {
    return undefined; // See above.
  }
}

/** What an error of an HTTP client tells of its request. @returns `undefined` if it has none. Never throws. */
export function describeRequestOf(error: object): RequestDescription | undefined {
  try {
    const { config, request } = error as Members;
    return isConfig(config) ? describeConfig(config) : isObject(request) ? describeMessage(request) : undefined;
  } catch {
    return undefined; // A getter that throws; the error tells the rest.
  }
}

/** Whether a text of an error is the URL it is about: {@link toSafeUrl} has to be asked. */
export function isUrlInput(key: string, code: unknown): boolean {
  return key === 'url' || (code === 'ERR_INVALID_URL' && (key === INPUT || key === 'base'));
}

/**
 * Whether a text of an error is a body that came: body-parser and co-body keep what they cannot parse, undici and the AI SDK
 * an answer they do not take, superagent one it cannot parse.
 */
export function isBodyText(key: string): boolean {
  return key === 'body' || key === 'rawResponse' || key === 'responseBody';
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

/** The configuration of an axios request, of an instance or of axios itself. */
function isConfig(value: unknown): value is Members {
  return (
    isObject(value) && ('xsrfCookieName' in value || ('transformRequest' in value && 'transformResponse' in value))
  );
}

function describeConfig({ method, url, baseURL, 'axios-retry': retry }: Members): RequestDescription {
  const description = requestDescription(method, toSafeUrl(url, baseURL));
  const count = isObject(retry) ? retry['retryCount'] : undefined;
  if (typeof count === 'number' && count >= 1) description.retries = count;
  return description;
}

const METHOD = /^[A-Za-z-]{1,20}$/;

function requestDescription(method: unknown, url: string | undefined): RequestDescription {
  const description: RequestDescription = {};
  if (typeof method === 'string' && METHOD.test(method)) description.method = method.toUpperCase();
  if (url !== undefined) description.url = url;
  return description;
}

/** Objects of an application may have the same tag: of what they hold, nothing but a number is told. */
function responseDescription(status: unknown, url: string | undefined): object {
  return { status: typeof status === 'number' ? status : undefined, url };
}

/** A message of node:http, or what axios has for one. */
function describeMessage(part: Members): object | undefined {
  if ('_header' in part && 'outputData' in part) return describeOutgoing(part);
  if ('rawHeaders' in part && 'httpVersion' in part) return describeIncoming(part);
  return '_options' in part && '_redirectCount' in part ? describeRedirectable(part) : undefined;
}

/** A `ClientRequest`, whose host with its port stands in what it sends; or a `ServerResponse`. */
function describeOutgoing({ method, path, protocol, host, _header: header, statusCode }: Members): object {
  if (typeof path !== 'string') return responseDescription(statusCode, undefined);
  const sent = typeof header === 'string' ? /^host: ([^\r\n]+)/im.exec(header)?.[1] : undefined;
  return requestDescription(method, toSafeUrl(path, `${protocol}//${sent ?? host}`));
}

function describeIncoming({ method, url, statusCode, responseUrl }: Members): object {
  const description = requestDescription(method, toSafeUrl(responseUrl ?? (url === '' ? undefined : url)));
  return typeof statusCode === 'number' ? { status: statusCode, ...description } : description;
}

/** What follow-redirects has for a request. */
function describeRedirectable({ _options: options, _currentUrl: url }: Members): object {
  return requestDescription(isObject(options) ? options['method'] : undefined, toSafeUrl(url));
}

const ERROR_PARTS: ReadonlySet<string> = new Set(['config', 'request', 'response']);
const RESPONSE_PARTS: ReadonlySet<string> = new Set([...ERROR_PARTS, 'headers', 'data']);
const NOTHING: ReadonlySet<string> = new Set();

/** A copy without some members, but with where the request went; others may have been put among them. */
function without(parts: ReadonlySet<string>, object: Members): object {
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(object)) {
    if (!parts.has(key)) copy[key] = safeMember(key, readMember(object, key), object['code']);
  }
  return Object.assign(copy, describeRequestOf(object));
}

function safeMember(key: string, value: unknown, code: unknown): unknown {
  if (typeof value !== 'string') return value;
  return isUrlInput(key, code) ? toSafeUrl(value) : toSafeErrorText(value);
}
