/** A request as `onRequestError` gets it. */
export interface NextErrorRequest {
  /** With its query. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Where in the application an error came from. */
export interface NextErrorContext {
  readonly routerKind: string;
  /** Path of the route's file, such as `/api/users/[id]`. */
  readonly routePath: string;
  /** `render`, `route`, `action` or `proxy`. */
  readonly routeType: string;
  readonly renderSource?: string | undefined;
  readonly revalidateReason?: string | undefined;
}

/** A route handler or a proxy; what comes behind the request is handed on as it is. */
export type NextHandler<Req extends Request, Rest extends unknown[], Answer> = (
  request: Req,
  ...rest: Rest
) => Answer | Promise<Answer>;

/** An access log for Next. */
export interface NextAccessLog {
  /**
   * For `instrumentation.ts`: writes a record of an error that a page, an action or a handler threw, unless the record of
   * its request has it. Redirects and pages that were not found are no errors.
   */
  onRequestError(error: unknown, request: NextErrorRequest, context: NextErrorContext): void;
  /**
   * Wraps a route handler. What it throws is noted and thrown on. Where Next calls it to fill its cache, which is no
   * request, it runs as if it were not wrapped.
   *
   * @param about - `route`: template of the route, such as `/api/users/:id`; nothing tells it at run time.
   */
  wrap<Req extends Request, Rest extends unknown[], Answer extends Response>(
    handler: NextHandler<Req, Rest, Answer>,
    about?: { readonly route?: string | undefined },
  ): (request: Req, ...rest: Rest) => Promise<Response>;
  /**
   * Wraps the function of `proxy.ts`. There is a record of what it answers itself; what it lets through is the route's to
   * log.
   */
  wrapProxy<Req extends Request, Rest extends unknown[], Answer>(
    handler: NextHandler<Req, Rest, Answer>,
  ): (request: Req, ...rest: Rest) => Promise<Answer | Response>;
}
