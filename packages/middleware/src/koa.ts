import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessLogOptions } from './core/access-log-options.ts';
import { exchangeOf, NodeExchange } from './core/node-exchange.ts';
import type { RequestLogger } from './core/request-logger.ts';
import { resolveOptions } from './core/resolve-options.ts';
import { reportSecondMount } from './core/second-mount.ts';

/**
 * What the access log puts on a context, as a type for the application:
 * `new Koa<Koa.DefaultState, AccessLogContext>()`.
 */
export interface AccessLogContext {
  /** Logger of the request: every record carries its id. */
  log: RequestLogger;
}

/** What is read of a context of Koa. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  readonly path: string;
  get(name: string): string;
  readonly originalUrl: string;
  readonly ip: string;
  readonly protocol: string;
  readonly app: { readonly middleware: readonly unknown[] };
  readonly request: object;
}

/** A middleware of Koa. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>;

/**
 * Makes the access log of Koa 3, to be used before everything else: one record for each request, its id and trace on every
 * record inside, `ctx.log`.
 *
 * The route is that of `@koa/router`, with the prefixes of its routers. What was thrown is known if it comes out of all
 * middleware; an error handler of the application belongs before the access log, or throws on.
 *
 * @typeParam Context - what functions among the options take: the application's own type of a context.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
 * @example
 * ```ts
 * app.use(accessLog({ logger: log }));
 * ```
 */
export function accessLog<Context extends KoaContext = KoaContext>(options?: AccessLogOptions<Context>): KoaMiddleware {
  const resolved = resolveOptions(options as AccessLogOptions<KoaContext> | undefined);
  let isChecked = false;
  return function logflumeAccessLog(context, next) {
    const { req, res } = context;
    const known = exchangeOf(req);
    if (known !== undefined) {
      reportSecondMount(resolved);
      Object.assign(context, { log: known.entry.log });
      return next();
    }
    if (!isChecked) {
      isChecked = true;
      if (isUsedAfterRouter(context.app.middleware, logflumeAccessLog)) {
        const message =
          'accessLog is used after a router, whose requests it does not see: move app.use(accessLog()) up';
        resolved.reportMisuse('mountedAfterRoutes', message);
      }
    }
    const { headers } = req;
    const isProxied = headers['x-forwarded-for'] !== undefined || headers['x-forwarded-proto'] !== undefined;
    const exchange = new NodeExchange(resolved, req, res, {
      request: context,
      url: context.originalUrl,
      // Koa decides by "app.proxy" whether these headers count; without them there is nothing to decide.
      scheme: isProxied ? context.protocol : undefined,
      clientAddress: isProxied ? context.ip : undefined,
      routeOf,
      bodyOf,
    });
    const { entry } = exchange;
    Object.assign(context, { log: entry.log });
    return entry.run(async () => {
      try {
        return await next();
      } catch (error) {
        exchange.thrown ??= error;
        throw error;
      }
    });
  };
}

/** `@koa/router` leaves the template of the route it took on the context. */
function routeOf(_: IncomingMessage, context: KoaContext): string | undefined {
  const route: unknown = Reflect.get(context, '_matchedRoute');
  return route === undefined || route === null ? undefined : String(route);
}

/** Where parsers of bodies leave it. */
function bodyOf(_: IncomingMessage, { request }: KoaContext): unknown {
  return Reflect.get(request, 'body');
}

/** The middleware a router makes of itself has the router on it. */
function isUsedAfterRouter(middleware: readonly unknown[], own: unknown): boolean {
  const at = middleware.indexOf(own);
  return middleware.slice(0, Math.max(at, 0)).some((each) => typeof each === 'function' && 'router' in each);
}
