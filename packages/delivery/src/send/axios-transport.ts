/// <reference path="./axios-node.d.ts" />
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import { ConnectionPools } from './connection-pools.ts';
import { codeOf, describeFailure, failure } from './describe-failure.ts';
import type { AgentSettings, Agents } from './http-agents.ts';
import { noUpgrade } from './no-upgrade.ts';
import { overTunnels } from './over-tunnels.ts';
import { patientTimeout } from './patient-timeout.ts';
import type { Transport, TransportRequest, TransportResult } from './transport.ts';
import { withoutTracing } from './without-tracing.ts';

export interface AxiosTransportSettings extends AgentSettings {
  /** Used instead of our own instance: for its adapter, proxy or interceptors. What the protocol needs is set per request. */
  readonly axios: AxiosInstance | undefined;
  /** Bytes of a reply that are read; 64 KiB unless something else is given. */
  readonly maxReplyBytes?: number | undefined;
}

/** A reply is a few bytes; more than this is not one. */
const MAX_REPLY_BYTES = 64 * 1024;

/**
 * The HTTP transport, over axios: keep-alive connections, proxies of the environment, no redirects, every status a
 * value. An `AxiosError` never leaves this file, as it holds the request's headers.
 *
 * axios is loaded at the first request: an application that logs to the console only does not pay for it. Of its builds
 * the one in a single file is loaded, in 65 ms where the one of seventy modules takes 110.
 */
export function createAxiosTransport(settings: AxiosTransportSettings): Transport {
  const pools = new ConnectionPools(settings);
  let client: Promise<AxiosInstance> | undefined;
  const load = async (): Promise<AxiosInstance> =>
    settings.axios ?? (await import('axios/dist/node/axios.cjs')).default.create();
  const loaded = (): Promise<AxiosInstance> => {
    client ??= load();
    return client;
  };
  return {
    async ready() {
      await loaded().catch(() => undefined); // Whatever is wrong with it, `send` tells.
    },
    async send(request) {
      const attempt = startAttempt(request);
      try {
        const axios = await loaded();
        const agents = pools.of(request).agents();
        const post = (way: Agents) =>
          withoutTracing(() => axios.request(requestConfig(request, way, attempt.signal, settings.axios?.defaults)));
        const answer = post(agents.kept).catch((error: unknown) => {
          if (attempt.signal.aborted || !wasClosedIdle(error)) throw error;
          return post(agents.fresh);
        });
        const response = await attempt.within(answer);
        const reply = await toReply(response, attempt, settings.maxReplyBytes ?? MAX_REPLY_BYTES);
        return { ...reply, isBodyFree: settings.axios === undefined && wasSentWhole(response) };
      } catch (error) {
        return attempt.failureOf(error);
      } finally {
        attempt.end();
      }
    },
    release: (endpoint) => pools.release(endpoint),
    close: () => pools.close(),
  };
}

/** Everything the protocol needs, so that an instance with other defaults cannot change what is sent. */
function requestConfig(
  { url, body, headers }: TransportRequest,
  { httpAgent, httpsAgent }: Agents,
  signal: AbortSignal,
  defaults: AxiosInstance['defaults'] | undefined,
): AxiosRequestConfig {
  return {
    url,
    baseURL: '',
    allowAbsoluteUrls: true,
    params: null,
    method: 'post',
    data: asBuffer(body),
    // `false` keeps a default header of the instance out.
    headers: { 'accept-encoding': 'identity', 'content-encoding': false, ...headers },
    responseType: 'stream',
    // Those of an instance that was injected lead through its proxy, or show its certificate. Ours has the application's
    // defaults for all of axios as well, which were not meant for it.
    httpAgent: defaults?.httpAgent ?? httpAgent,
    httpsAgent: defaults?.httpsAgent ?? httpsAgent,
    signal,
    // An instance that was injected connects to its proxies itself.
    transport: defaults === undefined ? overTunnels(httpsAgent, signal) : (defaults.transport ?? noUpgrade),
    timeout: 0,
    maxRedirects: 0,
    maxBodyLength: Number.POSITIVE_INFINITY,
    // No limit of axios's own, for which it would read the reply through a generator: 4 % of a request's CPU.
    maxContentLength: -1,
    transformRequest: [],
    transformResponse: [],
    validateStatus: () => true,
  };
}

/**
 * Whether a server closed a kept connection just as it was used again: the request is sent once more at once, on a fresh
 * one, and counts as one attempt. It may have been processed all the same; its id tells.
 */
function wasClosedIdle(error: unknown): boolean {
  const code = codeOf(error);
  const request: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'request') : undefined;
  const wasReused = typeof request === 'object' && request !== null && Reflect.get(request, 'reusedSocket') === true;
  return wasReused && (code === 'ECONNRESET' || code === 'EPIPE');
}

/** Whether every byte of a request is with the system: a server may answer before it has read all of it. */
function wasSentWhole({ request }: AxiosResponse<unknown>): boolean {
  return typeof request === 'object' && request !== null && Reflect.get(request, 'writableFinished') === true;
}

interface Attempt {
  readonly signal: AbortSignal;
  /** As the promise, or rejects when the attempt is over: an interceptor need not know of signals. */
  within<T>(promise: Promise<T>): Promise<T>;
  /** The failure an error stands for; a deadline of ours beats what it caused. */
  failureOf(error: unknown): TransportResult;
  end(): void;
}

function startAttempt({ timeoutMs, signal }: TransportRequest): Attempt {
  const controller = new AbortController();
  let timedOut = false;
  const cancel =
    timeoutMs === 0
      ? undefined
      : patientTimeout(timeoutMs, () => {
          timedOut = true;
          controller.abort();
        });
  const onAbort = () => controller.abort();
  if (signal.aborted) controller.abort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    within(promise) {
      return new Promise((resolve, reject) => {
        if (controller.signal.aborted) reject(controller.signal.reason);
        else controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
        promise.then(resolve, reject);
      });
    },
    failureOf(error) {
      if (timedOut) return failure('ERR_LOGFLUME_TIMEOUT', `no complete answer within ${timeoutMs} ms`);
      if (signal.aborted) return failure('ERR_LOGFLUME_ABORTED', 'aborted at the deadline of a close');
      return describeFailure(error);
    },
    end() {
      cancel?.();
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** Codes of a stream that ended before its end. */
const CUT: ReadonlySet<string> = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

async function toReply(response: AxiosResponse<unknown>, attempt: Attempt, maxBytes: number): Promise<TransportResult> {
  const { status, headers } = response;
  const head = {
    kind: 'reply' as const,
    status,
    contentType: headerOf(headers, 'content-type'),
    retryAfter: headerOf(headers, 'retry-after'),
    date: headerOf(headers, 'date'),
  };
  try {
    return { ...head, ...(await readBody(response.data, maxBytes)) };
  } catch (error) {
    // The status of a reply that was cut short still decides, unless it was a success; nor is a connection that broke in a
    // reply one without an answer.
    const wasCut = !attempt.signal.aborted && CUT.has(codeOf(error) ?? '');
    if (status >= 200 && status < 300 && !wasCut) return attempt.failureOf(error);
    return { ...head, body: new Uint8Array(0), complete: false };
  }
}

/** Reads what an adapter answers with: a stream of ours, or the whole body if an injected instance insists. */
async function readBody(
  data: unknown,
  maxBytes: number,
): Promise<{ body: Uint8Array; complete: boolean; isTooLarge?: boolean }> {
  if (typeof data === 'string') return { body: Buffer.from(data), complete: true };
  if (data instanceof Uint8Array) return { body: data, complete: true };
  if (data instanceof ArrayBuffer) return { body: new Uint8Array(data), complete: true };
  if (!isAsyncIterable(data)) return { body: new Uint8Array(0), complete: true };
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of data) {
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    // Leaving the loop destroys the stream.
    if (length > maxBytes) return { body: new Uint8Array(0), complete: false, isTooLarge: true };
    chunks.push(bytes);
  }
  return { body: Buffer.concat(chunks), complete: true };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function headerOf(headers: unknown, name: string): string | undefined {
  const value: unknown = typeof headers === 'object' && headers !== null ? Reflect.get(headers, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
