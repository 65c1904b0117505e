import type { ClientRequest, IncomingMessage } from 'node:http';
import { isOwnRequest } from 'logflume';
import { isAbort, readMember } from './abort.ts';
import type { OpenCount } from './open-count.ts';
import { destinationOf, OutboundCall, traceparentFor } from './outbound-call.ts';
import { isCoveredCall } from './outbound-scope.ts';
import type { Destination } from './outbound-state.ts';
import type { ResolvedOutboundOptions } from './resolve-outbound.ts';
import { isTracingSuppressed } from './suppressed.ts';

/** Whether Node.js tells of a request when it is made. */
const hasAnnouncement = Number(process.versions.node.split('.')[0]) >= 22;

interface OpenRequest {
  readonly call: OutboundCall<ClientRequest>;
  response: IncomingMessage | undefined;
  error: unknown;
  /** Whether this side destroyed it, without a reason. */
  isDestroyed: boolean;
}

/** Requests of node:http between their begin and their end, which is their `close`. */
export class HttpCalls {
  readonly #options: ResolvedOutboundOptions<ClientRequest>;
  readonly #open = new WeakMap<ClientRequest, OpenRequest>();
  /** Requests that were seen and are none to tell of. */
  readonly #leftOut = new WeakSet<ClientRequest>();
  readonly #count: OpenCount;
  #isStopped = false;

  constructor(options: ResolvedOutboundOptions<ClientRequest>, count: OpenCount) {
    this.#options = options;
    this.#count = count;
  }

  /** A request that was just made, of Node.js 22 and later. */
  announce(request: ClientRequest): void {
    if (this.#begin(request)) this.#propagate(request);
  }

  /** A request that has been sent with its body: only here does Node.js 20 tell of it. */
  begin(request: ClientRequest): void {
    // Clients set headers after they made a request, too.
    if (this.#open.has(request) && isOwn(request)) this.#leaveOut(request);
    if (this.#begin(request)) this.#propagate(request);
  }

  answer(request: ClientRequest, response: IncomingMessage): void {
    const open = this.#openOf(request);
    if (open !== undefined) open.response = response;
  }

  fail(request: ClientRequest, error: unknown): void {
    const open = this.#openOf(request);
    if (open === undefined) return;
    open.error = error;
    open.isDestroyed = isDestroyedHere(request, error, open.call.durationMs);
  }

  /** From here on none begins. */
  stop(): void {
    this.#isStopped = true;
  }

  /** @returns `false` for one that is known, or none to tell of. */
  #begin(request: ClientRequest): boolean {
    if (this.#isStopped || this.#open.has(request) || this.#leftOut.has(request)) return false;
    if (isLeftOut(request)) {
      this.#leftOut.add(request);
      return false;
    }
    const call = new OutboundCall(this.#options, undefined, 1);
    this.#open.set(request, { call, response: undefined, error: undefined, isDestroyed: false });
    this.#count.begin();
    request.once('close', () => this.#end(request));
    // A listener for `timeout` where there is none would keep agents from ending the request, as agentkeepalive does then.
    if (request.listenerCount('timeout') > 0) request.prependOnceListener('timeout', noteTimeout);
    else request.on('newListener', noteListener);
    return true;
  }

  /** One that is answered, or fails, before its body has been sent is told of here by Node.js 20. */
  #openOf(request: ClientRequest): OpenRequest | undefined {
    if (!hasAnnouncement && isCoveredCall()) this.#leaveOut(request);
    this.#begin(request);
    return this.#open.get(request);
  }

  #propagate(request: ClientRequest): void {
    if (request.headersSent || request.hasHeader('traceparent')) return;
    const traceparent = traceparentFor(this.#options, destinationOfRequest(request));
    if (traceparent !== undefined) request.setHeader('traceparent', traceparent);
  }

  #leaveOut(request: ClientRequest): void {
    this.#leftOut.add(request);
    if (this.#open.delete(request)) this.#count.end();
  }

  #end(request: ClientRequest): void {
    const open = this.#open.get(request);
    if (open === undefined) return;
    this.#count.end();
    end(request, open);
  }
}

/** A tunnel to a proxy is no call: what goes through it is. */
function isLeftOut(request: ClientRequest): boolean {
  return request.method === 'CONNECT' || isCoveredCall() || isTracingSuppressed() || isOwn(request);
}

function isOwn(request: ClientRequest): boolean {
  return isOwnRequest(request.getHeader('idempotency-key'));
}

/** Requests whose time was over, of which somebody heard. */
const timedOut = new WeakSet<ClientRequest>();

function noteTimeout(this: ClientRequest): void {
  timedOut.add(this);
}

function noteListener(this: ClientRequest, event: string | symbol): void {
  if (event !== 'timeout') return;
  this.off('newListener', noteListener);
  this.prependOnceListener('timeout', noteTimeout);
}

/**
 * Whether a request failed as it was destroyed by who made it: Node.js says so in the words it has for a server that hung
 * up, but then has not destroyed it yet. Destroyed after its time, it failed for that.
 */
function isDestroyedHere(request: ClientRequest, error: unknown, durationMs: number): boolean {
  if (!request.destroyed || readMember(error, 'code') !== 'ECONNRESET') return false;
  return readMember(error, 'syscall') === undefined && !isOverdue(request, durationMs);
}

/** Agents set a time, that of the process one of 5 s; it ends nothing unless somebody hears of it. */
function isOverdue(request: ClientRequest, durationMs: number): boolean {
  if (timedOut.has(request)) return true;
  const timeoutMs = request.socket?.timeout ?? 0;
  const agentOptions = readMember(readMember(request, 'agent'), 'options');
  return timeoutMs !== 0 && durationMs >= timeoutMs && timeoutMs !== readMember(agentOptions, 'timeout');
}

function end(request: ClientRequest, { call, response, error, isDestroyed }: OpenRequest): void {
  // Switched to another protocol: there is no answer whose end could be told.
  if (response === undefined && error === undefined && request.hasHeader('upgrade')) return;
  const failure = error ?? response?.errored ?? undefined;
  const isCut = failure === undefined && response?.complete !== true;
  const isAborted = isCut || isDestroyed || isAbort(failure);
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
  const given = request.getHeader('host');
  const authority = given ?? (host.includes(':') ? `[${host}]` : host);
  // Through a proxy the path is the whole URL.
  const isWhole = !path.startsWith('/');
  const known = destinationOf(method, isWhole ? path : `${protocol}//${String(authority)}${path}`);
  // Node.js keeps the port in that header alone.
  if (known !== undefined) return isWhole || given !== undefined ? known : { ...known, port: 0 };
  return { method, scheme: protocol.slice(0, -1), host, port: 0, path: path.replace(/\?.*$/s, '') };
}
