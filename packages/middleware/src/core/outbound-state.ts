import type { CallContext } from 'logflume';
import type { ResolvedOutboundOptions } from './resolve-outbound.ts';

/** Where a request goes, without what only the other side is to know. */
export interface Destination {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Without the query. */
  readonly path: string;
}

/** What became of a call. */
export interface OutboundOutcome<Request> {
  readonly request: Request;
  readonly destination: Destination;
  /** `undefined` without an answer. */
  readonly status: number | undefined;
  /** What ended it before its answer did; `undefined` for nothing. */
  readonly error: unknown;
  /** Whether it was ended by this side, and not for its time. */
  readonly isAborted: boolean;
  readonly resendCount: number;
  /** Values of a header by its lower-case name; `undefined` for one that is not there. */
  readonly requestHeader: (name: string) => unknown;
  readonly responseHeader: (name: string) => unknown;
}

/** One call as its record is made of it. */
export interface OutboundState<Request> {
  readonly options: ResolvedOutboundOptions<Request>;
  /** Where it was made. */
  readonly context: CallContext;
}
