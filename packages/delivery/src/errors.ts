/** Every code a `LogflumeError` can carry. Match on `error.code`, not on the class or the text. */
export type LogflumeErrorCode =
  /** An option that cannot work; thrown when the logger or delivery is made. `details` names the option. */
  | 'ERR_LOGFLUME_INVALID_OPTION'
  /** An option this version or this Node cannot serve, such as zstd before Node 22.15. */
  | 'ERR_LOGFLUME_UNSUPPORTED';

/**
 * The one error the libraries throw, at construction only: a log call never throws, a delivery's result is a value.
 *
 * The message says what was expected, what came and what to do. It never holds a header, a query string or a token.
 */
export class LogflumeError extends Error {
  readonly code: LogflumeErrorCode;
  /** Facts for a program: `option`, `expected`, `got`. Free of secrets, as the message is. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: LogflumeErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LogflumeError';
    this.code = code;
    this.details = options.details ?? {};
  }
}
