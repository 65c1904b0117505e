import { isOwnRequest } from 'logflume';
import { isAbort, readMember } from './core/abort.ts';
import { AxiosFailures, type WatchedConfig } from './core/axios-failures.ts';
import { destinationOf, OutboundCall, traceparentFor } from './core/outbound-call.ts';
import type { OutboundLogOptions } from './core/outbound-log-options.ts';
import { coverCall } from './core/outbound-scope.ts';
import type { Destination } from './core/outbound-state.ts';
import { type ResolvedOutboundOptions, resolveOutboundOptions } from './core/resolve-outbound.ts';
import { isTracingSuppressed } from './core/suppressed.ts';

export type { OutboundExchange, OutboundLogOptions, OutboundTarget } from './core/outbound-log-options.ts';
export { withUrlTemplate } from './core/outbound-scope.ts';

/** What is read of an instance of axios. */
export interface AxiosLike {
  readonly interceptors: { readonly request: Interceptors; readonly response: Interceptors };
}

interface Interceptors {
  use(...handlers: never[]): number;
  eject(id: number): void;
}

/** What is read of the configuration of a request of axios, and written to it. */
export interface AxiosCallConfig extends WatchedConfig {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly baseURL?: string | undefined;
  readonly allowAbsoluteUrls?: boolean | undefined;
  readonly headers?: unknown;
  readonly signal?: unknown;
  transformRequest?: unknown;
  /** Kept by axios, as it is no plain object, and by those who send a configuration again. */
  [CALL]?: OutboundCall<AxiosCallConfig> | undefined;
}

const CALL: unique symbol = Symbol.for('logflume.outbound-call');

/** The instances that are logged, with what undoes it. */
const logged = new WeakMap<object, () => void>();

/**
 * Logs the calls of an instance of axios, one record for each when it has ended.
 *
 * With axios-retry, call `logAxios` after `axiosRetry`: then a call has one record however often it was sent, and
 * `http.request.resend_count` tells how often. Called before it, each attempt has its own. Interceptors of yours that
 * return something else than the response belong behind it.
 *
 * @returns what undoes it; calls under way are still told of.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
 * @example
 * ```ts
 * const api = axios.create({ baseURL: 'https://api.example.com' });
 * logAxios(api, { logger: log });
 * ```
 */
export function logAxios<Config extends AxiosCallConfig = AxiosCallConfig>(
  instance: AxiosLike,
  options?: OutboundLogOptions<Config>,
): () => void {
  // The configurations of an instance are of the type that those who made it say.
  const resolved = resolveOutboundOptions(options as OutboundLogOptions<AxiosCallConfig> | undefined, 'logAxios');
  const known = logged.get(instance);
  if (known !== undefined) {
    const message = 'logAxios was called twice for one instance: each call is logged once; remove the other';
    resolved.reportMisuse('mountedTwice', message);
    return known;
  }
  const { request, response } = instance.interceptors;
  const requestId: number = Reflect.apply(request.use, request, [(config: AxiosCallConfig) => begin(resolved, config)]);
  const responseId: number = Reflect.apply(response.use, response, [
    (value: unknown) => {
      quietly(endAnswered, value);
      return value;
    },
    (error: unknown) => {
      quietly(endFailed, error);
      return Promise.reject(error);
    },
  ]);
  const undo = (): void => {
    if (!logged.delete(instance)) return;
    request.eject(requestId);
    // What is under way has its handlers already.
    response.eject(responseId);
  };
  logged.set(instance, undo);
  return undo;
}

function begin(options: ResolvedOutboundOptions<AxiosCallConfig>, config: AxiosCallConfig): AxiosCallConfig {
  try {
    if (isOwnRequest(headerOf(config.headers, 'idempotency-key')) || isTracingSuppressed()) return config;
    const before = config[CALL];
    const isOpen = OutboundCall.isCall(before) && !before.isEnded && before.options === options;
    // Cancelled while it waited to be sent again, it has its record.
    const isOver = before !== undefined && readMember(config.cancelToken, 'reason') !== undefined;
    if (!isOpen && !isOver) {
      const call = new OutboundCall(options, undefined, before?.attempts ?? 0);
      config[CALL] = call;
      const stop = failures.watchToken(config);
      if (stop !== undefined) tokenWatches.set(call, stop);
    }
    propagate(options, config);
    const transforms = Array.isArray(config.transformRequest) ? config.transformRequest : [config.transformRequest];
    if (!transforms.includes(cover)) {
      const own = transforms.filter((each) => typeof each === 'function');
      config.transformRequest = [...own.map(failures.watchTransform), cover];
    }
  } catch {
    // A configuration that cannot be read or written: the call is worth more than its record.
  }
  return config;
}

/** The last thing axios does before it sends, in the job that sends. */
function cover(this: AxiosCallConfig, data: unknown): unknown {
  const open = callOf(this);
  if (open !== undefined) {
    open.call.attempts++;
    open.call.isAnswered = false;
    coverCall(open.call);
    quietly(watchSteps, this);
  }
  return data;
}

function propagate(options: ResolvedOutboundOptions<AxiosCallConfig>, config: AxiosCallConfig): void {
  const { headers } = config;
  if (headerOf(headers, 'traceparent') !== undefined) return;
  const traceparent = traceparentFor(options, destinationOfConfig(config));
  const set = readMember(headers, 'set');
  if (traceparent !== undefined && typeof set === 'function') Reflect.apply(set, headers, ['traceparent', traceparent]);
}

/** What cannot be read, or written of it, costs the record, not the call. */
function quietly<T>(end: (value: T) => void, value: T): void {
  try {
    end(value);
  } catch {
    // Somebody else's configuration or answer, with a getter that throws or in a form axios does not make.
  }
}

/** What is to be done at the end of a call that has a `CancelToken`. */
const tokenWatches = new WeakMap<OutboundCall<AxiosCallConfig>, () => void>();

const failures = new AxiosFailures((config, error) => quietly(() => endNameless(config, error), undefined));
const watchSteps = (config: WatchedConfig): void => failures.watchSteps(config);

/** Ends a call by an error that comes to `endFailed` without saying of which call it is. */
function endNameless(config: WatchedConfig, error: unknown): void {
  const open = callOf(config);
  // The stream of an answer is closed by its token, and ends the call.
  if (open === undefined || open.call.isAnswered) return;
  const response = readMember(config, 'response');
  end(open, response ?? error, failureOf(response, error), isAbort(error));
}

function endAnswered(response: unknown): void {
  const call = callOf(readMember(response, 'config')) ?? callOf(failures.configOf(response));
  if (call === undefined) return;
  call.call.isAnswered = true;
  const data = readMember(response, 'data');
  const once = readMember(data, 'once');
  if (typeof once !== 'function' || typeof readMember(data, 'pipe') !== 'function')
    return end(call, response, undefined);
  const endClosed = (): void => {
    const error = readMember(data, 'errored') ?? undefined;
    end(call, response, error, error === undefined && readMember(data, 'readableEnded') !== true);
  };
  // A stream has ended when it is closed; to listen for its errors would be to handle them.
  Reflect.apply(once, data, ['close', () => quietly(endClosed, undefined)]);
}

function endFailed(error: unknown): void {
  const call = callOf(readMember(error, 'config'));
  if (call === undefined) return;
  call.call.isAnswered = true;
  const response = readMember(error, 'response');
  const reason = readMember(readMember(call.config, 'signal'), 'reason');
  const isTimeout = readMember(reason, 'name') === 'TimeoutError' && isAbort(error);
  const isAborted = !isTimeout && isAbort(error);
  end(call, response ?? error, failureOf(response, isTimeout ? reason : error), isAborted);
}

/** What there is to tell beside the status: nothing where that says it, as of a redirect that was not to be followed. */
function failureOf(response: unknown, error: unknown): unknown {
  const status = readMember(response, 'status');
  if (typeof status !== 'number' || status < 300) return error;
  return status >= 400 || isRefusal(error) ? undefined : error;
}

/** Whether axios says no more than that it refused a status: where a transform threw, it names that as the cause. */
function isRefusal(error: unknown): boolean {
  return readMember(error, 'isAxiosError') === true && readMember(error, 'cause') === undefined;
}

/** A call that is under way, with the configuration it was sent with. */
interface OpenCall {
  readonly call: OutboundCall<AxiosCallConfig>;
  readonly config: AxiosCallConfig;
}

function callOf(config: unknown): OpenCall | undefined {
  const call = readMember(config, CALL);
  return OutboundCall.isCall<AxiosCallConfig>(call) && !call.isEnded
    ? { call, config: config as AxiosCallConfig }
    : undefined;
}

/** @param answer - the response, or the error if there was none. */
function end({ call, config }: OpenCall, answer: unknown, error: unknown, isAborted: boolean = false): void {
  const status = readMember(answer, 'status');
  const request = readMember(answer, 'request');
  const redirects = readMember(readMember(request, '_redirectable') ?? request, '_redirectCount');
  const isAnswered = typeof status === 'number' && error !== answer;
  tokenWatches.get(call)?.();
  call.end({
    request: config,
    destination: destinationOfConfig(config),
    status: isAnswered ? status : undefined,
    error: isAborted ? undefined : error,
    isAborted,
    resendCount: Math.max(0, call.attempts - 1) + (typeof redirects === 'number' ? redirects : 0),
    requestHeader: (name) => headerOf(config.headers, name),
    responseHeader: (name) => (isAnswered ? headerOf(readMember(answer, 'headers'), name) : undefined),
  });
}

/** By the method of `AxiosHeaders`, which knows names in whatever case they were set. */
function headerOf(headers: unknown, name: string): unknown {
  const get = readMember(headers, 'get');
  const value: unknown = typeof get === 'function' ? Reflect.apply(get, headers, [name]) : readMember(headers, name);
  return value === null || value === false ? undefined : value;
}

const ABSOLUTE = /^(?:[a-z][a-z\d+.-]*:)?\/\//i;

function destinationOfConfig(config: AxiosCallConfig): Destination {
  const { method, url: given, baseURL = '', allowAbsoluteUrls } = config;
  // axios takes a URL object and `null`, too, whatever its types say.
  const url = String(given ?? '');
  const isWhole = baseURL === '' || (allowAbsoluteUrls !== false && ABSOLUTE.test(url));
  const whole = isWhole ? url : url === '' ? baseURL : `${baseURL.replace(/\/?\/$/, '')}/${url.replace(/^\/+/, '')}`;
  const known = destinationOf(method, whole);
  if (known !== undefined) return known;
  // Over a socket of the file system, or no URL at all.
  const path = whole.includes('@') ? '' : whole.replace(/[?#][\s\S]*$/, '');
  return { method: (method ?? 'get').toUpperCase(), scheme: 'http', host: '', port: 0, path };
}
