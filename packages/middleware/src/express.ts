import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessLogOptions } from './core/access-log-options.ts';
import { exchangeOf, NodeExchange } from './core/node-exchange.ts';
import type { RequestLogger } from './core/request-logger.ts';
import { resolveOptions } from './core/resolve-options.ts';
import { reportSecondMount } from './core/second-mount.ts';
import { errorOf, isMountedAfterRoutes, routeOf, watchResponses, watchRoutes } from './express-routes.ts';

declare global {
  namespace Express {
    interface Request {
      /** Id of the request, from its header or made. */
      id: string;
      /** Logger of the request: every record carries its id. */
      log: RequestLogger;
    }
  }
}

/** What Express's requests have in common, of versions 4 and 5: as much as is read here and as options mostly ask for. */
export interface ExpressRequest extends IncomingMessage {
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  get(name: string): string | undefined;
  readonly originalUrl?: string;
  readonly ip?: string | undefined;
  readonly protocol?: string;
  readonly body?: unknown;
}

type Next = (error?: unknown) => void;

/** A middleware of Express. */
export type ExpressMiddleware = (request: ExpressRequest, response: ServerResponse, next: Next) => void;

/** A middleware of Express for errors. */
export type ExpressErrorMiddleware = (
  error: unknown,
  request: ExpressRequest,
  response: ServerResponse,
  next: Next,
) => void;

/**
 * Makes the access log of Express 4 or 5, to be mounted before everything else: one record for each request, its id and
 * trace on every record inside, `req.log` and `req.id`.
 *
 * What was thrown is known to it with `router` 2.3 or later, which Express 5 brings; below that, mount
 * {@link accessLogErrors} after the routes.
 *
 * @typeParam Request - what functions among the options take: `express.Request` for all that Express has.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
 * @example
 * ```ts
 * app.use(accessLog({ logger: log }));
 * ```
 */
export function accessLog<Request extends ExpressRequest = ExpressRequest>(
  options?: AccessLogOptions<Request>,
): ExpressMiddleware {
  const resolved = resolveOptions(options as AccessLogOptions<ExpressRequest> | undefined);
  let isChecked = false;
  return function logflumeAccessLog(request, response, next) {
    watchRoutes(request); // First: on another application's prototype nobody sees that there is an exchange.
    if (exchangeOf(request) !== undefined) {
      reportSecondMount(resolved);
      return next();
    }
    if (!isChecked) {
      isChecked = true;
      if (isMountedAfterRoutes(request, logflumeAccessLog)) {
        const message =
          'accessLog is mounted after routes, whose requests it does not see: move app.use(accessLog()) up';
        resolved.reportMisuse('mountedAfterRoutes', message);
      }
    }
    const { headers } = request;
    const isProxied = headers['x-forwarded-for'] !== undefined || headers['x-forwarded-proto'] !== undefined;
    const { entry } = new NodeExchange(resolved, request, response, {
      request,
      url: request.originalUrl ?? request.url ?? '/',
      // Express decides by "trust proxy" whether these headers count; without them there is nothing to decide.
      scheme: isProxied ? request.protocol : undefined,
      clientAddress: isProxied ? request.ip : undefined,
      routeOf,
      errorOf,
      bodyOf,
      isWatched: watchResponses(response),
    });
    entry.run(next);
  };
}

/**
 * Makes the middleware that notes what was thrown, for Express 4 and for `router` below 2.3. Mount it after the routes
 * and before middleware of your own that answers errors; it hands every error on.
 */
export function accessLogErrors(): ExpressErrorMiddleware {
  return (error, request, _response, next) => {
    exchangeOf(request)?.entry.fail(error);
    next(error);
  };
}

function bodyOf(_: IncomingMessage, request: ExpressRequest): unknown {
  return request.body;
}
