import type { Attributes, Level, Logger, LoggerOptions } from 'logflume';
import type { Exchange, HeaderOptions, LevelTable, MisuseDiagnostic } from './access-log-options.ts';

/** A call to another service and what became of it, for functions among the options. */
export interface OutboundExchange<Request> extends Exchange<Request> {
  /** Without a port, as the URL has it. */
  readonly host: string;
  /** That of the scheme where the URL names none; 0 where neither is known. */
  readonly port: number;
  /** Template of the URL's path, such as `/users/:id`; `undefined` unless the application named it. */
  readonly route: string | undefined;
  /** How often it was sent again, by retries and redirects; integer ≥ 0. */
  readonly resendCount: number;
}

/** A call that begins or ended, for the function that names its template or ignores it. */
export type OutboundTarget<Request> = Pick<OutboundExchange<Request>, 'request' | 'method' | 'host' | 'port' | 'path'>;

/** Options of the log of outbound calls, in the words of `accessLog`. No query and no body is ever in a record. */
export interface OutboundLogOptions<Request = unknown> {
  /**
   * Where records go: a logger from `createLogger`, or options to make one. It is the application's to close.
   * @defaultValue `createLogger()`, which the environment configures
   */
  readonly logger?: Logger | LoggerOptions | undefined;
  /**
   * Calls without a record, unless they fail with 500 and above or without an answer: paths (`/health`), hosts with a path
   * (`auth.internal/*`, `127.0.0.1:4318/*`), where `*` stands for any text, or a function. What carries the records of
   * logflume itself is never logged.
   * @defaultValue none
   */
  readonly ignore?: readonly string[] | ((call: OutboundTarget<Request>) => boolean) | undefined;
  /**
   * Level of a record; keys as those of `accessLog`, a route being the template of the URL. What it leaves open: `error`
   * for 500 and above, for calls without an answer and for those that failed with one below 400, `warn` for 400 and above
   * and for aborted calls, else `info`.
   */
  readonly level?: LevelTable | ((exchange: OutboundExchange<Request>) => Level | 'off' | undefined) | undefined;
  /** Headers to carry, by name; values of secret ones are masked. @defaultValue none */
  readonly headers?: HeaderOptions | undefined;
  /** Further names of headers to mask. @defaultValue [] */
  readonly redact?: readonly string[] | undefined;
  /** Milliseconds, ≥ 0, from which a call counts as slow: its record says so and is at least a `warn`. @defaultValue none */
  readonly slowMs?: number | undefined;
  /** Share of the records below `warn` that are kept, 0 … 1, by trace. @defaultValue 1 */
  readonly sampleRatio?: number | undefined;
  /** Further attributes of the record. What it throws is told in the record. @defaultValue none */
  readonly attributes?: ((exchange: OutboundExchange<Request>) => Attributes | undefined) | undefined;
  /** Names the template of a URL, such as `/users/:id`; `withUrlTemplate` goes before it. @defaultValue none */
  readonly urlTemplate?: ((call: OutboundTarget<Request>) => string | undefined) | undefined;
  /**
   * Whether calls carry a `traceparent` of the running trace, as long as they have none: `false` for none, or hosts that get
   * one, with or without a port (`*.internal`, `127.0.0.1:4000`, `[::1]:4000`), where `*` stands for any text.
   * @defaultValue true
   */
  readonly propagate?: boolean | readonly string[] | undefined;
  /**
   * Whether calls, to the hosts of `propagate`, also carry a trace that `accessLog` made up for a request that came without
   * one. Records of services without tracing are then tied together across them; but its flags say "not sampled", and a
   * tracer that meets it, OpenTelemetry's with its default sampler, records nothing of the request. So only where none of
   * the services called, or called by these, has one.
   * @defaultValue false
   */
  readonly propagateLocalTrace?: boolean | undefined;
  /** Hears of misuse, once for each kind. @defaultValue a line on stderr */
  readonly onDiagnostic?: ((event: MisuseDiagnostic) => void) | undefined;
}
