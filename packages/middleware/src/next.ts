import { type Attributes, emitRecord, severityOfLevel } from 'logflume';
import type { AccessLogOptions } from './core/access-log-options.ts';
import { FetchExchange, isLogged } from './core/fetch-exchange.ts';
import { type ResolvedOptions, resolveOptions } from './core/resolve-options.ts';
import { reportSecondMount } from './core/second-mount.ts';
import { inertLog } from './next-edge.ts';
import { createIsPrerender } from './next-prerender.ts';
import { parseNextSignal } from './next-signal.ts';
import type { NextAccessLog, NextErrorContext, NextErrorRequest, NextHandler } from './next-types.ts';

export type { NextAccessLog, NextErrorContext, NextErrorRequest, NextHandler } from './next-types.ts';

/**
 * Marks errors that have a record: Next tells of them once more. Registered, as bundles of Next have copies of this
 * package, and a handler's may be another one than that of `instrumentation.ts`.
 */
const TOLD: unique symbol = Symbol.for('logflume.middleware.told');

/**
 * Makes an access log for Next 16. Route handlers and the proxy are wrapped, as Next has no hook for its requests.
 *
 * While `next build` loads the modules of an application, it does nothing and makes no logger.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
 * @example
 * ```ts
 * // access.ts
 * export const access = accessLog({ logger: { name: 'shop' } });
 * // instrumentation.ts
 * export const { onRequestError } = access;
 * // app/api/users/[id]/route.ts
 * export const GET = access.wrap(find, { route: '/api/users/:id' });
 * ```
 */
export function accessLog(options?: AccessLogOptions<Request>): NextAccessLog {
  if (process.env['NEXT_PHASE'] === 'phase-production-build') return inertLog;
  const resolved = resolveOptions(options);
  const isPrerender = createIsPrerender();
  return {
    onRequestError: (error, request, context) => writeError(resolved, error, request, context),
    wrap(handler, about) {
      return async (request, ...rest) => {
        if (isPrerender()) return handler(request, ...rest);
        if (isLogged(request)) {
          reportSecondMount(resolved);
          return handler(request, ...rest);
        }
        const exchange = beginRoute(resolved, request, about?.route);
        if (exchange === undefined) return handler(request, ...rest);
        return exchange.entry.run(async () => {
          const answer = await noted(exchange, async () => handler(request, ...rest));
          if (answer instanceof Response) return exchange.answer(answer);
          exchange.endWith(500); // Next says what it expected.
          return answer;
        });
      };
    },
    wrapProxy(handler) {
      return async (request, ...rest) => {
        if (isLogged(request)) {
          reportSecondMount(resolved);
          return handler(request, ...rest);
        }
        const exchange = new FetchExchange<Request>(resolved, request, { isBehindProxy: true });
        return exchange.entry.run(async () => {
          const answer = await noted(exchange, async () => handler(request, ...rest));
          if (answer instanceof Response && !isPassedOn(answer)) return exchange.answer(answer);
          exchange.forget();
          return answer;
        });
      };
    },
  };
}

/** Where the access log of the functions below is. Of the process: bundles of Next have copies of this package. */
const SHARED: unique symbol = Symbol.for('logflume.middleware.next');
const place: typeof globalThis & { [SHARED]?: NextAccessLog } = globalThis;

/** What `register` made, else one that the environment configures. */
function shared(): NextAccessLog {
  return place[SHARED] ?? register();
}

/**
 * For `instrumentation.ts`: makes the access log of the process, which `onRequestError`, `withAccessLog` and
 * `withProxyAccessLog` write to. Next calls it when a server starts; without it the environment says where records go.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
 * @example
 * ```ts
 * // instrumentation.ts
 * export { onRequestError, register } from '@logflume/middleware/next';
 * // app/api/users/[id]/route.ts
 * export const GET = withAccessLog(find, { route: '/api/users/:id' });
 * ```
 */
export function register(options?: AccessLogOptions<Request>): NextAccessLog {
  place[SHARED] = accessLog(options);
  return place[SHARED];
}

/** For `instrumentation.ts`; see {@link NextAccessLog}. */
export function onRequestError(error: unknown, request: NextErrorRequest, context: NextErrorContext): void {
  shared().onRequestError(error, request, context);
}

/** {@link NextAccessLog} `wrap` of the access log of the process. */
export function withAccessLog<Req extends Request, Rest extends unknown[], Answer extends Response>(
  handler: NextHandler<Req, Rest, Answer>,
  about?: { readonly route?: string | undefined },
): (request: Req, ...rest: Rest) => Promise<Response> {
  return (request, ...rest) => shared().wrap(handler, about)(request, ...rest);
}

/** {@link NextAccessLog} `wrapProxy` of the access log of the process. */
export function withProxyAccessLog<Req extends Request, Rest extends unknown[], Answer>(
  handler: NextHandler<Req, Rest, Answer>,
): (request: Req, ...rest: Rest) => Promise<Answer | Response> {
  return (request, ...rest) => shared().wrapProxy(handler)(request, ...rest);
}

/** `undefined` for a request that Next does not let us read: it has no record, and is served all the same. */
function beginRoute(
  resolved: ResolvedOptions<Request>,
  request: Request,
  route: string | undefined,
): FetchExchange<Request> | undefined {
  try {
    return new FetchExchange(resolved, request, { routeOf: () => route, isBehindProxy: true });
  } catch {
    return undefined;
  }
}

/** Notes what is thrown and throws it on; what Next says by throwing is an answer. */
async function noted<T>(exchange: FetchExchange<Request>, serve: () => Promise<T>): Promise<T> {
  try {
    return await serve();
  } catch (error) {
    const signal = parseNextSignal(error);
    if (signal === undefined) {
      exchange.entry.fail(error);
      markTold(error);
    }
    exchange.endWith(signal === undefined ? 500 : signal.status);
    throw error;
  }
}

/** Whether a proxy lets a request through, to its route or another one. */
function isPassedOn({ headers }: Response): boolean {
  return headers.has('x-middleware-next') || headers.has('x-middleware-rewrite');
}

function writeError(
  { logger }: ResolvedOptions<Request>,
  error: unknown,
  { method, path }: NextErrorRequest,
  { routePath: given, routeType, routerKind, renderSource, revalidateReason }: NextErrorContext,
): void {
  if (parseNextSignal(error) !== undefined) return;
  if (!markTold(error)) return;
  const [urlPath = ''] = path.split('?', 1);
  const routePath = routeType === 'route' ? withoutFile(given, urlPath) : given;
  const attributes: Attributes = {
    'http.request.method': method,
    'http.route': toTemplate(routePath),
    'url.path': urlPath,
    'nextjs.route_type': routeType,
    'nextjs.router_kind': routerKind,
    'nextjs.render_source': renderSource,
    'nextjs.revalidate_reason': revalidateReason,
    'nextjs.error_digest': digestOf(error),
  };
  emitRecord(logger, {
    severityNumber: severityOfLevel.error,
    severityText: 'ERROR',
    body: `${method} ${routePath} failed: ${routeType}`,
    attributes,
    exception: error,
    eventName: 'nextjs.request.error',
  });
}

/** Whether nobody told of an error before; of values that cannot be marked nobody knows. */
function markTold(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true;
  if (Object.hasOwn(error, TOLD)) return false;
  Reflect.defineProperty(error, TOLD, { value: true }); // Does nothing to an error that is frozen.
  return true;
}

/**
 * Of what fails while an answer is made anew Next tells the file, `/users/[id]/route`, and else the folder, which may have
 * that name as well: the path that was asked for has no segment for a file. Pure.
 */
function withoutFile(routePath: string, path: string): string {
  if (!routePath.endsWith('/route')) return routePath;
  const folder = routePath.slice(0, -'/route'.length);
  const isFile = /\[\.{3}[^/]+$/.test(folder) || segmentsOf(path) < segmentsOf(toTemplate(routePath));
  return isFile ? folder || '/' : routePath;
}

function segmentsOf(path: string): number {
  return path.split('/').filter(Boolean).length;
}

/** `/users/[id]` as frameworks write it, `/users/:id`; groups in parentheses are no part of a path. Pure. */
export function toTemplate(routePath: string): string {
  const parts = routePath.split('/').filter((part) => !/^\(.*\)$|^@/.test(part));
  return (
    parts.join('/').replace(/\[{1,2}(\.\.\.)?([^\]]+)\]{1,2}/g, (_, rest, name) => `${rest ? '*' : ':'}${name}`) || '/'
  );
}

/** React's copy of an error has lost its message in production; by this it is found in the log of the server. */
function digestOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'digest') : undefined;
}
