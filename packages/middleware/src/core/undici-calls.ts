import { Buffer } from 'node:buffer';
import { isOwnRequest } from 'logflume';
import { isAbort } from './abort.ts';
import { hasTracer } from './has-tracer.ts';
import type { OpenCount } from './open-count.ts';
import { destinationOf, OutboundCall, traceparentFor } from './outbound-call.ts';
import { isCoveredCall } from './outbound-scope.ts';
import type { ResolvedOutboundOptions } from './resolve-outbound.ts';
import { isTracingSuppressed } from './suppressed.ts';

/** What is read of a request of undici, as its channels have it. */
export interface UndiciRequest {
  readonly origin?: string | URL | undefined;
  readonly path: string;
  readonly method: string;
  /** Names and values in turn; one text in undici 5. */
  readonly headers: readonly unknown[] | string;
  addHeader(name: string, value: string): unknown;
}

interface UndiciResponse {
  readonly statusCode: number;
  /** Names and values in turn. */
  readonly headers: readonly unknown[];
}

interface OpenRequest {
  readonly call: OutboundCall<UndiciRequest>;
  response: UndiciResponse | undefined;
}

/** Requests of undici between their begin and their end. */
export class UndiciCalls {
  readonly #options: ResolvedOutboundOptions<UndiciRequest>;
  readonly #open = new WeakMap<UndiciRequest, OpenRequest>();
  readonly #count: OpenCount;
  /** Of one that was registered earlier, what instruments undici has added its header when a request comes here. */
  readonly #hadTracer: boolean = hasTracer();

  constructor(options: ResolvedOutboundOptions<UndiciRequest>, count: OpenCount) {
    this.#options = options;
    this.#count = count;
  }

  begin(request: UndiciRequest): void {
    if (request.method === 'CONNECT' || isCoveredCall() || isTracingSuppressed()) return;
    if (isOwnRequest(headerOf(request.headers, 'idempotency-key'))) return;
    if (headerOf(request.headers, 'upgrade') !== undefined) return;
    this.#open.set(request, { call: new OutboundCall(this.#options, undefined, 1), response: undefined });
    this.#count.begin();
    if (headerOf(request.headers, 'traceparent') !== undefined) return;
    // Who comes behind adds its header all the same, and two of them are none.
    if (!this.#hadTracer && hasTracer()) return;
    const traceparent = traceparentFor(this.#options, destinationOfRequest(request));
    if (traceparent !== undefined) request.addHeader('traceparent', traceparent);
  }

  readonly answer = ({ request, response }: { request: UndiciRequest; response: UndiciResponse }): void => {
    const open = this.#open.get(request);
    if (open !== undefined) open.response = response;
  };

  /** @param error - `undefined` when the answer has come to its end. */
  end(request: UndiciRequest, error: unknown): void {
    const open = this.#open.get(request);
    if (open === undefined) return;
    const { call, response } = open;
    this.#open.delete(request);
    this.#count.end();
    const isAborted = error !== undefined && isAbort(error);
    call.end({
      request,
      destination: destinationOfRequest(request),
      status: response?.statusCode,
      error: isAborted ? undefined : error,
      isAborted,
      resendCount: 0,
      requestHeader: (name) => headerOf(request.headers, name),
      responseHeader: (name) => (response === undefined ? undefined : headerOf(response.headers, name)),
    });
  }
}

function destinationOfRequest({ method, origin = '', path }: UndiciRequest): ReturnType<typeof destinationOf> & object {
  const cut = path.replace(/[?#][\s\S]*$/, '');
  // Through a proxy, without a tunnel, the path is the whole URL and the origin the proxy's.
  const url = cut.startsWith('/') ? `${String(origin)}${cut}` : cut;
  return destinationOf(method, url) ?? { method, scheme: 'http', host: '', port: 0, path: cut };
}

function headerOf(headers: readonly unknown[] | string, name: string): unknown {
  const list = typeof headers === 'string' ? headers.split(/: |\r\n/) : headers;
  const values: string[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    if (textOf(list[i]).toLowerCase() !== name) continue;
    const value = list[i + 1];
    for (const each of Array.isArray(value) ? value : [value]) values.push(textOf(each));
  }
  return values.length > 1 ? values : values[0];
}

/** Header values are latin1, as HTTP/1.1 has them. */
function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
}
