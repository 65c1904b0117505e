import type { Attributes, Level, Logger, LoggerOptions } from 'logflume';

/** A request and what became of it, for functions among the options. */
export interface Exchange<Request> {
  /** The framework's own request. */
  readonly request: Request;
  /** As it came, such as `GET`. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Template of the route with the prefixes of its routers, such as `/users/:id`; `undefined` where none matched. */
  readonly route: string | undefined;
  /** `undefined` as long as none was sent. */
  readonly status: number | undefined;
  /** Whether the connection ended before the answer did. */
  readonly isAborted: boolean;
  /** Milliseconds, ≥ 0. */
  readonly durationMs: number;
  /** What was thrown; `undefined` if nothing was. */
  readonly error: unknown;
}

/**
 * Levels by what became of a request. Keys, the more telling first: `GET /users/:id` and `/users/:id` (a route's
 * template), `404` (a status), `4xx` (its class), `aborted`. The value `off` leaves the record out.
 */
export type LevelTable = Readonly<Record<string, Level | 'off'>>;

/** Which headers a record carries, by name. Values of secret ones (`authorization`, `cookie`, …) are masked. */
export interface HeaderOptions {
  /** Of the request: `http.request.header.<name>`. @defaultValue none */
  readonly request?: readonly string[] | undefined;
  /** Of the response: `http.response.header.<name>`. @defaultValue none */
  readonly response?: readonly string[] | undefined;
}

/** Which bodies a record carries. Members with secret names are masked at any depth. */
export interface BodyOptions {
  /**
   * Media types of request bodies, such as `application/json`. JSON and form bodies alone: of others no member has a
   * name by which it could be masked. The body is the one the framework parsed.
   * @defaultValue none
   */
  readonly request?: readonly string[] | undefined;
  /** The same of response bodies. @defaultValue none */
  readonly response?: readonly string[] | undefined;
  /** Bytes, 1 … 65536; of a larger body the size alone is told. @defaultValue 4096 */
  readonly maxBytes?: number | undefined;
  /** Only with answers of 400 and above, aborted requests and thrown errors. @defaultValue true */
  readonly onlyFailed?: boolean | undefined;
}

/** Something that was put together in a way that cannot work as meant. Told once. */
export interface MisuseDiagnostic {
  readonly kind: 'accessLogMisused';
  readonly reason: 'mountedTwice' | 'mountedAfterRoutes' | 'noLogger';
  /** The whole story in one line, for people. */
  readonly message: string;
}

/**
 * A function of the application. It may name the framework's own type for what it takes: TypeScript lets a method ask for more
 * than is promised, and what comes is the framework's own.
 */
export type Asking<Argument, Answer> = { ask(argument: Argument): Answer }['ask'];

/** Options of every access log, in the same words for every framework. */
export interface AccessLogOptions<Request = unknown> {
  /**
   * Where records go: a logger from `createLogger`, or options to make one. It is the application's to close.
   * @defaultValue `createLogger()`, which the environment configures
   */
  readonly logger?: Logger | LoggerOptions | undefined;
  /**
   * Requests without a record, unless they fail with 500 and above or throw: paths, where `*` stands for any text, or a
   * function that is asked when a request begins. Their logs inside are not affected.
   * @defaultValue none but health checks
   */
  readonly ignore?: readonly string[] | Asking<Request, boolean> | undefined;
  /** Whether `/health`, `/healthz`, `/livez`, `/readyz` and their like are logged. @defaultValue false */
  readonly healthChecks?: boolean | undefined;
  /**
   * Level of a record. What it leaves open: `error` for 500 and above, `warn` for 400 and above and for aborted
   * requests, else `info`.
   */
  readonly level?: LevelTable | Asking<Exchange<Request>, Level | 'off' | undefined> | undefined;
  /** Headers to carry, by name. @defaultValue none */
  readonly headers?: HeaderOptions | undefined;
  /** Bodies to carry, by media type. @defaultValue none */
  readonly bodies?: BodyOptions | undefined;
  /** Whether records carry `url.query`, secret parameters masked. @defaultValue false */
  readonly query?: boolean | undefined;
  /** Further names of headers, query parameters and body members to mask. @defaultValue [] */
  readonly redact?: readonly string[] | undefined;
  /**
   * Milliseconds, ≥ 0, from which a request counts as slow: its record says so and is at least a `warn`.
   * @defaultValue none
   */
  readonly slowMs?: number | undefined;
  /**
   * Share of the records below `warn` that are kept, 0 … 1; by trace, so that services which do the same keep the same
   * ones. The record tells it as `logflume.sample_ratio`.
   * @defaultValue 1
   */
  readonly sampleRatio?: number | undefined;
  /** Further attributes of the record. What it throws is told in the record. @defaultValue none */
  readonly attributes?: Asking<Exchange<Request>, Attributes | undefined> | undefined;
  /**
   * Header that brings a request's id and echoes it, or `false` to make one for each and tell nobody. Only an id of
   * 1 … 128 characters of `A-Z a-z 0-9 _ - = . :` is taken over.
   * @defaultValue 'x-request-id'
   */
  readonly requestIdHeader?: string | false | undefined;
  /** Hears of misuse, once for each kind. @defaultValue a line on stderr */
  readonly onDiagnostic?: ((event: MisuseDiagnostic) => void) | undefined;
}
