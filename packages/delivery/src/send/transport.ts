/** One attempt to hand a body to one endpoint. */
export interface TransportRequest {
  readonly url: string;
  /** Where to connect instead of looking up the URL's host; `Host` and TLS server name stay those of the URL. */
  readonly address?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** For the whole attempt, in milliseconds; 0 is no limit. The one timer that sees a full window or a slow drip. */
  readonly timeoutMs: number;
  /** Cuts the attempt short: at the deadline of a `close`. */
  readonly signal: AbortSignal;
}

/** What came back. */
export type TransportResult =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly contentType: string | undefined;
      readonly retryAfter: string | undefined;
      /** The server's own clock, to read a `Retry-After` that is a date. */
      readonly date: string | undefined;
      readonly body: Uint8Array;
      /** `false` when the reply was cut short, or larger than the cap. */
      readonly complete: boolean;
      /** Whether it is incomplete for being larger than the cap. */
      readonly isTooLarge?: boolean | undefined;
      /** Whether nothing reads the request's body any more, so that its memory may be written to. @defaultValue false */
      readonly isBodyFree?: boolean | undefined;
    }
  | {
      readonly kind: 'failure';
      /** A Node.js error code, or `ERR_LOGFLUME_TIMEOUT`, `ERR_LOGFLUME_CONNECT_TIMEOUT`, `ERR_LOGFLUME_ABORTED`. */
      readonly code: string;
      /** For a person; holds no header, query or token. */
      readonly message: string;
    };

/** Sends bytes. Every answer is a value: an implementation never rejects and never throws. */
export interface Transport {
  /** Loads what sending needs, once; awaited before the first attempt so that it is not the endpoint's time. */
  ready?(): Promise<unknown>;
  send(request: TransportRequest): Promise<TransportResult>;
  /** An endpoint is gone and nothing is under way there: its connections can be closed. */
  release?(endpoint: { readonly url: string; readonly address?: string | undefined }): void;
  /**
   * Hands on what was answered for and is still held here: for a transport with a queue of its own. A `flush` and a
   * `close` of the delivery wait for it, up to their deadline.
   */
  flush?(): Promise<unknown>;
  /**
   * Closes idle connections. In-flight attempts are the caller's to abort. A promise is waited for, up to the deadline of
   * the `close`.
   */
  close(): unknown;
}
