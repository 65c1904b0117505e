import {
  type Attributes,
  type CallContext,
  captureContext,
  noCall,
  type TraceContext,
  type WideEvent,
  withContext,
} from 'logflume';
import type { Exchange } from './access-log-options.ts';
import { createRequestId, isAcceptableId } from './request-id.ts';
import { createRequestLogger, type RequestLogger } from './request-logger.ts';
import type { Outcome, RequestFacts, RequestState } from './request-state.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { LocalTrace, parseTraceparent } from './traceparent.ts';
import { writeAccessRecord, writeLateRecord } from './write-record.ts';

/** Kept, as the global of that name is a getter, which would be asked twice for each request. */
const clock = performance;

/** More attributes than this are records of their own: the record of a request stays within OpenTelemetry's limit. */
const MAX_ADDED = 100;

/**
 * One request between its begin and its end: its id, its trace, its context, what was added on the way, and one record.
 */
export class RequestEntry<Request> implements RequestState<Request>, WideEvent {
  readonly options: ResolvedOptions<Request>;
  readonly facts: RequestFacts<Request>;
  readonly id: string;
  readonly path: string;
  readonly startMs: number;
  readonly isIgnored: boolean;
  route: string | undefined;
  error: unknown;
  hasError: boolean;
  added: Record<string, unknown> | undefined;
  context: CallContext;
  trace: TraceContext | undefined;
  /** Whether something is to be run in its context from outside, which is noted then. */
  isEnteredAgain: boolean;
  /** The context of what serves the request, where it was noted. */
  inside: CallContext | undefined;
  #addedCount: number;
  #isEnded: boolean;
  #log: RequestLogger | undefined;

  constructor(options: ResolvedOptions<Request>, facts: RequestFacts<Request>) {
    const { requestIdHeader } = options;
    const { hostId } = facts;
    const sent = requestIdHeader === undefined ? undefined : facts.header(requestIdHeader);
    const queryAt = facts.url.indexOf('?');
    this.options = options;
    this.facts = facts;
    if (isAcceptableId(sent)) this.id = sent;
    else this.id = isAcceptableId(hostId) ? hostId : createRequestId(Date.now());
    const target = queryAt < 0 ? facts.url : facts.url.slice(0, queryAt);
    this.path = pathOf(target);
    this.startMs = clock.now();
    this.isIgnored = options.isIgnoredRequest?.(facts.request) ?? false;
    this.route = undefined;
    this.error = undefined;
    this.hasError = false;
    this.added = undefined;
    this.context = noCall;
    this.trace = undefined;
    this.isEnteredAgain = false;
    this.inside = undefined;
    this.#addedCount = 0;
    this.#isEnded = false;
    this.#log = undefined;
  }

  /** The child of the logger that `req.log` is; made when somebody asks for it. */
  get log(): RequestLogger {
    this.#log ??= createRequestLogger(this.options.logger, this.id, (attributes) => this.add(attributes));
    return this.#log;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Runs what serves the request, so that every record inside carries its id and its trace. */
  run<T>(serve: () => T): T {
    const outer = captureContext();
    const given = parseTraceparent(this.facts.header('traceparent'));
    const attributes = { 'request.id': this.id };
    if (outer.frame === undefined) {
      // An active span of OpenTelemetry is the only trace there can be outside of all contexts, and it counts.
      const trace = outer.trace ?? given ?? new LocalTrace();
      this.trace = trace;
      return withContext(attributes, this.isEnteredAgain ? () => this.#enter(serve) : serve, {
        trace,
        event: this,
        outer,
      });
    }
    const enter = (): T => {
      this.context = captureContext();
      this.trace = this.context.trace;
      return this.#enter(serve);
    };
    return withContext(attributes, enter, { trace: given ?? new LocalTrace(), event: this, outer });
  }

  #enter<T>(serve: () => T): T {
    if (this.isEnteredAgain) this.inside = captureContext();
    return serve();
  }

  add(attributes: Attributes): void {
    if (this.#isEnded || this.#addedCount >= MAX_ADDED) return writeLateRecord(this, attributes);
    try {
      const before = this.added;
      this.added = { ...before, ...attributes };
      this.#addedCount = Object.keys(this.added).length;
    } catch {
      // A getter throws: the encoder of a record reads what can be read of it.
      writeLateRecord(this, attributes);
    }
  }

  /** Notes what was thrown; the first one counts, as what follows is about handling it. */
  fail(error: unknown): void {
    if (this.hasError) return;
    this.error = error;
    this.hasError = true;
  }

  /** Writes the record. The second call does nothing. */
  end(outcome: Outcome): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { request, method } = this.facts;
    const exchange: Exchange<Request> = {
      request,
      method,
      path: this.path,
      route: this.route,
      status: outcome.status,
      isAborted: outcome.isAborted,
      durationMs: clock.now() - this.startMs,
      error: this.error,
    };
    writeAccessRecord(this, exchange, outcome);
  }
}

/** Of a target that names its host, as proxies are sent, the path alone: there may be a user with a password before it. */
export function pathOf(target: string): string {
  if (target.charCodeAt(0) === 0x2f) return target;
  const hostAt = target.indexOf('://');
  if (hostAt < 0) return target;
  const pathAt = target.indexOf('/', hostAt + 3);
  return pathAt < 0 ? '/' : target.slice(pathAt);
}
