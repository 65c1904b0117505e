import type { ClientRequest, IncomingMessage } from 'node:http';
import { isOwnRequest } from 'logflume';
import { isAbort } from './abort.ts';
import type { OpenCount } from './open-count.ts';
import { destinationOf, OutboundCall, traceparentFor } from './outbound-call.ts';
import { isCoveredCall } from './outbound-scope.ts';
import type { Destination } from './outbound-state.ts';
import type { ResolvedOutboundOptions } from './resolve-outbound.ts';
import { isTracingSuppressed } from './suppressed.ts';

interface OpenRequest {
  readonly call: OutboundCall<ClientRequest>;
  response: IncomingMessage | undefined;
  error: unknown;
}

/** Requests of node:http between their begin and their end, which is their `close`. */
export class HttpCalls {
  readonly #options: ResolvedOutboundOptions<ClientRequest>;
  readonly #open = new WeakMap<ClientRequest, OpenRequest>();

  readonly #count: OpenCount;

  constructor(options: ResolvedOutboundOptions<ClientRequest>, count: OpenCount) {
    this.#options = options;
    this.#count = count;
  }

  /** A request whose headers can still be set. */
  announce(request: ClientRequest): void {
    if (isLeftOut(request) || request.hasHeader('traceparent')) return;
    const traceparent = traceparentFor(this.#options, destinationOfRequest(request).host);
    if (traceparent !== undefined) request.setHeader('traceparent', traceparent);
  }

  begin(request: ClientRequest): void {
    if (isLeftOut(request)) return;
    if (!request.headersSent) this.announce(request);
    const open: OpenRequest = {
      call: new OutboundCall(this.#options, undefined, 1),
      response: undefined,
      error: undefined,
    };
    this.#open.set(request, open);
    this.#count.begin();
    request.once('close', () => {
      this.#count.end();
      end(request, open);
    });
  }

  answer(request: ClientRequest, response: IncomingMessage): void {
    const open = this.#open.get(request);
    if (open !== undefined) open.response = response;
  }

  fail(request: ClientRequest, error: unknown): void {
    const open = this.#open.get(request);
    if (open !== undefined) open.error = error;
  }
}

/** A tunnel to a proxy is no call: what goes through it is. */
function isLeftOut(request: ClientRequest): boolean {
  if (request.method === 'CONNECT' || isCoveredCall() || isTracingSuppressed()) return true;
  return isOwnRequest(request.getHeader('idempotency-key'));
}

function end(request: ClientRequest, { call, response, error }: OpenRequest): void {
  // Switched to another protocol: there is no answer whose end could be told.
  if (response === undefined && error === undefined && request.hasHeader('upgrade')) return;
  const failure = error ?? response?.errored ?? undefined;
  const isCut = failure === undefined && response?.complete !== true;
  const isAborted = isCut || isAbort(failure);
  call.end({
    request,
    destination: destinationOfRequest(request),
    status: response?.statusCode,
    error: isAborted ? undefined : failure,
    isAborted,
    resendCount: 0,
    requestHeader: (name) => request.getHeader(name),
    responseHeader: (name) => response?.headers[name],
  });
}

function destinationOfRequest(request: ClientRequest): Destination {
  const { method, path, protocol, host } = request;
  const authority = request.getHeader('host') ?? (host.includes(':') ? `[${host}]` : host);
  // Through a proxy the path is the whole URL.
  const url = path.startsWith('/') ? `${protocol}//${String(authority)}${path}` : path;
  return (
    destinationOf(method, url) ?? {
      method,
      scheme: protocol.slice(0, -1),
      host,
      port: 0,
      path: path.replace(/\?.*$/s, ''),
    }
  );
}
