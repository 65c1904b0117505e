import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { runInContext } from 'logflume';
import { isWantedType, type ParsedBody, type WrittenBody } from './capture-body.ts';
import { connectionOf, usualAddress } from './connection.ts';
import { RequestEntry } from './request-entry.ts';
import type { RequestFacts } from './request-state.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { type BodyWatcher, watchRequest, watchResponse } from './watch-bodies.ts';
import { watchUpgrade } from './watch-upgrade.ts';

/** What a framework on top of node:http says of its own. */
export interface NodeHost<Request> {
  /** The framework's own request. */
  readonly request: Request;
  /** Path and query as they came. */
  readonly url: string;
  /** The id the application has the framework give the request; `undefined` for one that is not the application's. */
  readonly id?: string | undefined;
  /** @defaultValue that of the connection, which a proxy in front of the application has of its own */
  readonly scheme?: string | undefined;
  /** @defaultValue that of the connection */
  readonly clientAddress?: string | undefined;
  /** Asked at the end: the template of the route that matched. */
  readonly routeOf?: ((request: IncomingMessage, own: Request) => string | undefined) | undefined;
  /** Asked at the end: what was thrown, where the framework keeps it; `undefined` for nothing. */
  readonly errorOf?: ((request: IncomingMessage) => unknown) | undefined;
  /** The framework's own reply, where it keeps headers until it writes them: cheaper than beside them on the response. */
  readonly reply?: HeaderKeeper | undefined;
  /** Whether the host itself calls `beforeWrite` and `beforeEnd`. @defaultValue false */
  readonly isWatched?: boolean | undefined;
  /** Asked at the end: the body as it was parsed. */
  readonly bodyOf?: ((request: IncomingMessage, own: Request) => unknown) | undefined;
}

/** What keeps the headers of an answer. */
export interface HeaderKeeper {
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
}

/** Where a request keeps its exchange. Registered: two copies of this package see each other. */
export const EXCHANGE: unique symbol = Symbol.for('logflume.middleware.exchange');

/** A request with its exchange on it. Read directly: by `Reflect` it would cost ten times as much. */
interface Carrier {
  [EXCHANGE]?: NodeExchange<unknown>;
}

/**
 * One request of node:http. It counts the bytes of both bodies by standing before `write`, `end` and `push`, and writes
 * the record when the response closes: `finish` does not come for a request that was aborted.
 */
export class NodeExchange<Request> implements RequestFacts<Request>, BodyWatcher {
  readonly entry: RequestEntry<Request>;
  readonly request: Request;
  readonly method: string;
  readonly url: string;
  readonly hostId: string | undefined;
  readonly scheme: string;
  readonly clientAddress: string | undefined;
  readonly #host: NodeHost<Request>;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #headers: IncomingHttpHeaders;
  #isEnding: boolean;
  #hasEnded: boolean;
  /** Whether we stand where the answer is written; an application called by another one of Express has its own place. */
  #isHeard: boolean;
  /** Of a request for another protocol, what it was answered past the response; `undefined` for other requests. */
  readonly #upgradeStatus: (() => number | undefined) | undefined;
  requestBytes: number | undefined;
  responseBytes: number;
  firstByteMs: number;
  chunks: Uint8Array[] | undefined;
  /** What was thrown, set by a framework on top of another that is not told of it; `undefined` for nothing. */
  thrown: unknown;

  constructor(options: ResolvedOptions<Request>, req: IncomingMessage, res: ServerResponse, host: NodeHost<Request>) {
    this.#req = req;
    this.#res = res;
    this.#headers = req.headers;
    this.#host = host;
    this.request = host.request;
    this.method = req.method ?? '';
    this.url = host.url;
    this.hostId = host.id;
    const connection = connectionOf(req.socket);
    this.scheme = host.scheme ?? connection.scheme;
    this.clientAddress = host.clientAddress === undefined ? connection.address : usualAddress(host.clientAddress);
    this.entry = new RequestEntry(options, this);
    this.requestBytes = undefined;
    this.responseBytes = 0;
    this.firstByteMs = 0;
    this.chunks = options.responseBodies.length > 0 ? [] : undefined;
    this.thrown = undefined;
    this.#isEnding = false;
    this.#hasEnded = false;
    this.#isHeard = host.isWatched !== true;
    this.#upgradeStatus = isUpgrade(req) ? watchUpgrade(req.socket) : undefined;
    if (hasBody(req, this.#headers)) {
      this.requestBytes = 0;
      this.entry.isEnteredAgain = true;
      watchRequest(req, this);
    }
    (req as Carrier)[EXCHANGE] = this as unknown as NodeExchange<unknown>; // Whoever finds it does not know of which framework.
    if (host.isWatched !== true) watchResponse(res, this);
    // Of HTTP/2 a response that was never ended is finished as well.
    res.on('close', () => this.close(!(res.writableFinished && res.writableEnded)));
    const { socket } = res;
    if (socket === null) this.#closeWith(req.socket);
    // Of those that are injected some never close, and some before they are finished.
    // HTTP/2 takes the socket away when a stream has closed.
    else if (socket !== undefined && connectionOf(socket).isInjected) res.on('finish', () => this.close(false));
    // The client left while something before us waited: nothing will close any more.
    if (req.socket.destroyed === true) setImmediate(() => this.close(true));
    const { requestIdHeader } = options;
    if (requestIdHeader === undefined) {
      if (options.responseHeaders.length > 0 || options.responseBodies.length > 0) keepHeaders(res);
    } else if (host.reply === undefined) this.echoId();
    else host.reply.header(requestIdHeader, this.entry.id);
  }

  header(name: string): string | readonly string[] | undefined {
    return this.#headers[name];
  }

  /** Sets the header that tells the client the id; again at the end, as error handlers remove all headers. */
  echoId(): void {
    const { requestIdHeader } = this.entry.options;
    if (requestIdHeader === undefined || this.#res.headersSent || this.#res.hasHeader(requestIdHeader)) return;
    this.#res.setHeader(requestIdHeader, this.entry.id);
  }

  /** Counts a piece of the request's body. */
  beforePush(chunk: unknown, encoding: unknown): void {
    this.requestBytes = (this.requestBytes ?? 0) + bytesOf(chunk, encoding);
  }

  /** The parser hands a body over in the context of the connection: whoever listens to it would log outside the request. */
  inContext<T>(run: () => T): T {
    const { inside } = this.entry;
    return inside === undefined ? run() : runInContext(inside, run);
  }

  /** Counts what is about to be written. */
  beforeWrite(chunk: unknown, encoding: unknown): void {
    this.#isHeard = true;
    // HTTP/2 and injected requests write what `end` was given: it has been counted.
    if (this.#isEnding || this.#hasEnded) return;
    if (this.firstByteMs === 0) {
      this.firstByteMs = performance.now();
      this.echoId();
    }
    this.#count(chunk, encoding);
  }

  /** Counts what is about to be the last. */
  beforeEnd(chunk: unknown, encoding: unknown): void {
    this.#isHeard = true;
    if (!this.#hasEnded) this.#count(chunk, encoding);
    this.echoId();
    this.#isEnding = true;
  }

  afterEnd(hasEnded: boolean): void {
    this.#isEnding = false;
    this.#hasEnded ||= hasEnded;
  }

  #count(chunk: unknown, encoding: unknown): void {
    if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) return;
    const bytes = bytesOf(chunk, encoding);
    this.responseBytes += bytes;
    if (this.chunks === undefined || this.responseBytes > this.entry.options.maxBodyBytes) return;
    this.chunks.push(
      // Copied: the application may use its buffer again.
      typeof chunk === 'string'
        ? Buffer.from(chunk, toEncoding(encoding))
        : Buffer.from(Buffer.from(chunk.buffer, chunk.byteOffset, bytes)),
    );
  }

  /** @param isCutOff - whether not all of the response was handed to the system. The second call does nothing. */
  close(isCutOff: boolean): void {
    const { entry } = this;
    const req = this.#req;
    const res = this.#res;
    const upgraded = res.headersSent ? undefined : this.#upgradeStatus?.();
    const isAborted = isCutOff && upgraded === undefined;
    const status = res.headersSent ? res.statusCode : upgraded;
    // An error that somebody made a proper answer of has been dealt with.
    if (isAborted || status === undefined || status >= 400) {
      const thrown = this.thrown ?? this.#host.errorOf?.(req);
      if (thrown !== undefined) entry.fail(thrown);
    }
    entry.route ??= this.#host.routeOf?.(req, this.request);
    const hasNoBody = this.method === 'HEAD' || status === 204 || status === 304 || !res.headersSent;
    entry.end({
      status,
      isAborted,
      requestBytes: this.requestBytes,
      responseBytes: hasNoBody ? 0 : this.#sentBytes(isAborted),
      firstByteS: this.firstByteMs === 0 ? undefined : Math.round((this.firstByteMs - entry.startMs) * 1000) / 1e6,
      requestBody: this.#requestBody(),
      responseBody: this.#responseBody(),
    });
  }

  /** Of a response that has no connection yet, as it waits for its turn or never gets one. */
  #closeWith(socket: Socket): void {
    const forget = whenClosed(socket, () => this.close(true));
    this.#res.on('close', forget);
  }

  /** Of a response that was written where we do not stand, what it declared and has sent to its end. */
  #sentBytes(isAborted: boolean): number | undefined {
    if (this.#isHeard) return this.responseBytes;
    const length = Number(this.responseHeader('content-length') ?? Number.NaN);
    return isAborted || !Number.isSafeInteger(length) ? undefined : length;
  }

  responseHeader(name: string): unknown {
    return this.#res.getHeader(name) ?? this.#host.reply?.getHeader(name);
  }

  #requestBody(): ParsedBody | undefined {
    const contentType = this.#headers['content-type'];
    if (!isWantedType(contentType, this.entry.options.requestBodies)) return undefined;
    const value = this.#host.bodyOf?.(this.#req, this.request);
    return value === undefined ? undefined : { kind: 'parsed', contentType, value, bytes: this.requestBytes ?? 0 };
  }

  #responseBody(): WrittenBody | undefined {
    if (this.chunks === undefined) return undefined;
    const contentType = this.responseHeader('content-type');
    if (!isWantedType(contentType, this.entry.options.responseBodies)) return undefined;
    const contentEncoding = this.responseHeader('content-encoding');
    return { kind: 'written', contentType, contentEncoding, chunks: this.chunks, bytes: this.responseBytes };
  }
}

/** The exchange of a request, of this or another copy of this package. */
export function exchangeOf(message: object): NodeExchange<unknown> | undefined {
  return (message as Carrier)[EXCHANGE];
}

/** Whether node:http has handed a request over with its connection, as an event `upgrade`. */
function isUpgrade(req: IncomingMessage & { readonly upgrade?: unknown }): boolean {
  return req.upgrade === true;
}

function bytesOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, toEncoding(encoding));
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}

function toEncoding(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
}

interface WaitedFor extends Socket {
  [WAITING]?: Set<() => void>;
}

const WAITING: unique symbol = Symbol('logflume.waiting');

/** One listener for a socket, however many requests wait on it. @returns a function that ends the waiting. */
function whenClosed(socket: WaitedFor, callback: () => void): () => void {
  const waiting = socket[WAITING] ?? new Set();
  if (socket[WAITING] === undefined) {
    socket[WAITING] = waiting;
    socket.on('close', () => {
      for (const each of waiting) each();
    });
  }
  waiting.add(callback);
  return () => waiting.delete(callback);
}

function hasBody({ httpVersionMajor, method }: IncomingMessage, headers: IncomingHttpHeaders): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  if (length !== undefined) return length !== '0';
  return encoding !== undefined || (httpVersionMajor >= 2 && method !== 'GET' && method !== 'HEAD');
}

/** node:http forgets the headers given to `writeHead`, unless one was set before it. */
function keepHeaders(res: ServerResponse): void {
  if (res.headersSent || res.getHeaderNames().length > 0) return;
  res.setHeader('x-request-id', '');
  res.removeHeader('x-request-id');
}
