import type { CallContext, Logger, TraceContext } from 'logflume';
import type { ResolvedOptions } from './resolve-options.ts';

/** What is known of a request when it begins. */
export interface RequestFacts<Request> {
  /** The framework's own request, for functions among the options. */
  readonly request: Request;
  readonly method: string;
  /** Path and query as they came, before any router cut them. */
  readonly url: string;
  /** The id the application has the framework give the request; taken where the client sent none. */
  readonly hostId?: string | undefined;
  readonly scheme: string;
  /** Address without a port; `undefined` where the runtime does not tell it. */
  readonly clientAddress: string | undefined;
  /** Value of a header by its lower-case name; a list where it came more than once and is not joined. */
  header(name: string): string | readonly string[] | undefined;
  /** Value of a header of the answer by its lower-case name; asked at the end. */
  responseHeader(name: string): unknown;
}

/** What is known of a request when it ends. */
export interface Outcome {
  /** `undefined` if no headers were sent. */
  readonly status: number | undefined;
  readonly isAborted: boolean;
  /** Bytes of the request's body that came; `undefined` for none, or where nobody counts. */
  readonly requestBytes: number | undefined;
  /** Bytes of the response's body that were written. */
  readonly responseBytes: number | undefined;
  /** Seconds until the first byte of a body that was written piece by piece. */
  readonly firstByteS: number | undefined;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
}

/** One request as its record is made of it. */
export interface RequestState<Request> {
  readonly options: ResolvedOptions<Request>;
  readonly facts: RequestFacts<Request>;
  /** Without the query. */
  readonly path: string;
  readonly route: string | undefined;
  /** Whether the application's own function wants no record of it. */
  readonly isIgnored: boolean;
  readonly hasError: boolean;
  readonly error: unknown;
  readonly added: Readonly<Record<string, unknown>> | undefined;
  readonly id: string;
  /** Logger whose records carry the id. */
  readonly log: Logger;
  /** What the application's own contexts around the request add; none mostly. */
  readonly context: CallContext;
  /** The trace its records belong to. */
  readonly trace: TraceContext | undefined;
}
