import { activeTrace, type CallContext, captureContext } from 'logflume';
import type { OutboundExchange } from './outbound-log-options.ts';
import { activeUrlTemplate } from './outbound-scope.ts';
import type { Destination, OutboundOutcome, OutboundState } from './outbound-state.ts';
import type { ResolvedOutboundOptions } from './resolve-outbound.ts';
import { formatTraceparent } from './traceparent.ts';
import { writeOutboundRecord } from './write-outbound.ts';

/** One call to another service between its begin and its end, and its one record. A class, so that axios copies it by reference. */
export class OutboundCall<Request> implements OutboundState<Request> {
  readonly #options: ResolvedOutboundOptions<Request>;
  readonly #context: CallContext;
  readonly template: string | undefined;
  /** Of a call that is repeated: how often it has been sent. */
  attempts: number;
  /** Whether it has got what it asked for; its end may be later. */
  isAnswered: boolean;
  readonly #startMs: number;
  #isEnded: boolean;

  constructor(options: ResolvedOutboundOptions<Request>, template: string | undefined, attempts: number) {
    this.#options = options;
    this.#context = captureContext();
    this.template = activeUrlTemplate() ?? template;
    this.attempts = attempts;
    this.isAnswered = false;
    this.#startMs = performance.now();
    this.#isEnded = false;
  }

  // Not fields: it hangs on configurations that applications print, and the logger behind it is nothing to read there.
  get options(): ResolvedOutboundOptions<Request> {
    return this.#options;
  }

  get context(): CallContext {
    return this.#context;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Since it began. */
  get durationMs(): number {
    return performance.now() - this.#startMs;
  }

  /** Whether a value is a call, and no copy: a deep one has the prototype of a call, and nothing that is private. */
  static isCall<Request>(value: unknown): value is OutboundCall<Request> {
    return typeof value === 'object' && value !== null && #isEnded in value;
  }

  /** Writes the record. The second call does nothing. Never throws. */
  end(outcome: OutboundOutcome<Request>): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { method, host, port, path } = outcome.destination;
    const target = { request: outcome.request, method, host, port, path };
    const exchange: OutboundExchange<Request> = {
      ...target,
      route: this.template ?? templateOf(this.options.urlTemplate, target),
      status: outcome.status,
      isAborted: outcome.isAborted,
      durationMs: this.durationMs,
      error: outcome.error,
      resendCount: outcome.resendCount,
    };
    writeOutboundRecord(this, exchange, outcome);
  }
}

/** The `traceparent` a request is to carry; `undefined` for none. */
export function traceparentFor(options: ResolvedOutboundOptions<never>, to: Destination): string | undefined {
  const trace = activeTrace();
  if (trace === undefined || !options.propagatesTo(to)) return undefined;
  // Nobody decided whether to sample it, and its flags would tell a tracer that somebody did.
  return trace.isLocal !== true || options.propagatesLocalTrace ? formatTraceparent(trace) : undefined;
}

function templateOf<T>(name: ((target: T) => string | undefined) | undefined, target: T): string | undefined {
  try {
    return name?.(target);
  } catch {
    return undefined; // The application's own function threw; the record tells the path.
  }
}

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Reads where an absolute URL leads. @returns `undefined` for what is none. Pure; never throws. */
export function destinationOf(method: unknown, url: string): Destination | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(url);
  return {
    method: typeof method === 'string' && method !== '' ? method.toUpperCase() : 'GET',
    scheme: protocol.slice(0, -1),
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (PORTS[protocol] ?? 0) : Number(port),
    path: pathname,
  };
}
