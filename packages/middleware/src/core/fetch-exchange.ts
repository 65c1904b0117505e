import { captureContext, runInContext } from 'logflume';
import type { ParsedBody } from './capture-body.ts';
import { usualAddress } from './connection.ts';
import { RequestEntry } from './request-entry.ts';
import type { RequestFacts } from './request-state.ts';
import type { ResolvedOptions } from './resolve-options.ts';

/** Where a request keeps that it is logged. Registered: two copies of this package see each other. */
const LOGGED: unique symbol = Symbol.for('logflume.middleware.fetchExchange');

/** What a framework on top of fetch says of its own. */
export interface FetchHost {
  /** Asked at the end: the template of the route that matched. */
  readonly routeOf?: (() => string | undefined) | undefined;
  /** Whether `x-forwarded-for` and `x-forwarded-proto` are believed: anybody may write them where nothing replaces them. */
  readonly isBehindProxy: boolean;
}

/** A request with its exchange on it. */
interface Carrier {
  [LOGGED]?: FetchExchange<Request>;
}

/** Whether an access log has a request already. */
export function isLogged(request: object): boolean {
  return LOGGED in request;
}

/**
 * The entry of a request that an access log has already, also where a framework has made another one of it since, as it
 * hands it on by another method or below a prefix: that is asked for within the first one, at the same host and by a path
 * with which that of the first one ends, from the same client. What an application asks itself for is a request of its own.
 */
export function entryOf(request: Request): RequestEntry<unknown> | undefined {
  const exchange = (request as Carrier)[LOGGED];
  if (exchange !== undefined) return exchange.entry as RequestEntry<unknown>;
  const running = captureContext().frame?.event;
  if (!(running instanceof RequestEntry) || running.isEnded) return undefined;
  const { pathname, origin } = new URL(request.url);
  const isWithin = running.path.endsWith(pathname) || pathname === '/';
  const isAlike = running.facts.header('user-agent') === (request.headers.get('user-agent') ?? undefined);
  // What an application asks itself for by a path alone is at `http://localhost`.
  return isWithin && isAlike && originOf(running.facts.request) === origin ? running : undefined;
}

/** `undefined` where a request does not know: of frameworks that are not on top of fetch. */
function originOf(request: unknown): string | undefined {
  return request instanceof Request ? new URL(request.url).origin : undefined;
}

/**
 * One request whose answer is a `Response`. The record is written when the body of the answer was read to its end, when
 * somebody stops reading it, or when the client has gone.
 */
export class FetchExchange<Req extends Request> implements RequestFacts<Req> {
  readonly entry: RequestEntry<Req>;
  readonly request: Req;
  readonly method: string;
  readonly url: string;
  readonly scheme: string;
  readonly clientAddress: string | undefined;
  /** As the framework parsed it; set before the answer. */
  requestBody: ParsedBody | undefined;
  readonly #host: FetchHost;
  #status: number | undefined;
  #headers: Headers | undefined;
  #bytes: number;
  #firstByteMs: number;
  readonly #onAbort: () => void;

  constructor(options: ResolvedOptions<Req>, request: Req, host: FetchHost) {
    const { headers } = request;
    const { isBehindProxy } = host;
    const { pathname, search, protocol } = new URL(request.url);
    this.request = request;
    this.method = request.method;
    this.url = `${pathname}${search}`;
    this.scheme = (isBehindProxy ? firstOf(headers.get('x-forwarded-proto')) : undefined) ?? protocol.slice(0, -1);
    this.clientAddress = isBehindProxy ? addressOf(headers.get('x-forwarded-for')) : undefined;
    this.requestBody = undefined;
    this.#status = undefined;
    this.#headers = undefined;
    this.#bytes = 0;
    this.#firstByteMs = 0;
    this.#onAbort = () => this.end(true);
    this.entry = new RequestEntry(options, this);
    this.#host = host;
    Reflect.set(request, LOGGED, this);
    request.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  responseHeader(name: string): string | undefined {
    return this.#headers?.get(name) ?? undefined;
  }

  /** Takes the answer, and gives back the same with the id on it and a body that is counted. */
  answer(response: Response): Response {
    const { requestIdHeader } = this.entry.options;
    const headers = new Headers(response.headers);
    this.#status = response.status;
    this.#headers = headers;
    if (requestIdHeader !== undefined && !headers.has(requestIdHeader)) headers.set(requestIdHeader, this.entry.id);
    const { status, statusText, body } = response;
    if (body === null || this.method === 'HEAD') this.end(false);
    // Of others, such as the one of `Response.error()`, no copy can be made.
    if (status < 200 || status > 599) return response;
    return new Response(body === null ? null : this.#counted(body), { status, statusText, headers });
  }

  /** An answer the framework makes by itself; `undefined` for none. */
  endWith(status: number | undefined): void {
    this.#status = status;
    this.end(false);
  }

  /** Leaves the request to another access log: there is no record of it here. */
  forget(): void {
    this.request.signal.removeEventListener('abort', this.#onAbort);
    Reflect.deleteProperty(this.request, LOGGED);
  }

  /** Writes the record. The second call does nothing. */
  end(isAborted: boolean): void {
    this.request.signal.removeEventListener('abort', this.#onAbort);
    const { startMs } = this.entry;
    this.entry.route ??= this.#host.routeOf?.();
    this.entry.end({
      status: this.#status,
      isAborted,
      requestBytes: this.requestBody?.bytes,
      responseBytes: this.#bytes,
      firstByteS: this.#firstByteMs === 0 ? undefined : Math.round((this.#firstByteMs - startMs) * 1000) / 1e6,
      requestBody: this.requestBody,
      responseBody: undefined,
    });
  }

  /** The same bytes, read no earlier than they are asked for, in the context of the request. */
  #counted(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    const context = captureContext();
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => runInContext(context, () => this.#pass(reader, controller)),
        cancel: (reason) => {
          this.end(true);
          return reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #pass(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    try {
      const { done, value } = await reader.read();
      if (done) {
        this.end(false);
        return controller.close();
      }
      if (this.#firstByteMs === 0) this.#firstByteMs = performance.now();
      this.#bytes += value.byteLength;
      controller.enqueue(value);
    } catch (error) {
      this.entry.fail(error);
      this.end(true);
      controller.error(error);
    }
  }
}

function addressOf(forwardedFor: string | null): string | undefined {
  const first = firstOf(forwardedFor);
  return first === undefined ? undefined : usualAddress(first);
}

function firstOf(list: string | null): string | undefined {
  return list?.split(',', 1)[0]?.trim() || undefined;
}
