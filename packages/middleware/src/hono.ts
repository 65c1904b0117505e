import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessLogOptions } from './core/access-log-options.ts';
import { isWantedType, type ParsedBody } from './core/capture-body.ts';
import { entryOf, FetchExchange } from './core/fetch-exchange.ts';
import { exchangeOf, NodeExchange } from './core/node-exchange.ts';
import type { RequestEntry } from './core/request-entry.ts';
import type { RequestLogger } from './core/request-logger.ts';
import { type ResolvedOptions, resolveOptions } from './core/resolve-options.ts';
import { reportSecondMount } from './core/second-mount.ts';

/** What the access log sets on a context, as a type for the application: `new Hono<AccessLogEnv>()`. */
export interface AccessLogEnv {
  Variables: {
    /** Logger of the request: every record carries its id. */
    log: RequestLogger;
  };
}

/** What is read of a context of Hono. */
export interface HonoContext {
  readonly req: HonoRequest;
  res: Response;
  readonly error: Error | undefined;
  readonly env: unknown;
  set(name: 'log', log: RequestLogger): void;
}

interface HonoRequest {
  readonly raw: Request;
  readonly routeIndex: number;
  readonly matchedRoutes: readonly { readonly method: string; readonly path: string }[];
  readonly bodyCache: object;
  text(): Promise<string>;
}

/** A middleware of Hono. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>;

/**
 * Makes the access log of Hono 4, to be used before everything else: one record for each request, its id and trace on every
 * record inside, `c.var.log`.
 *
 * With `@hono/node-server` it reads what node:http knows: bytes, the address of the client, whether the answer went out.
 * In other runtimes the record is written when the body of the answer was read to its end; they need
 * `AsyncLocalStorage` of `node:async_hooks`, as Bun, Deno and Workers with `nodejs_compat` have it.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
 * @example
 * ```ts
 * app.use(accessLog({ logger: log }));
 * ```
 */
export function accessLog(options?: AccessLogOptions<Request>): HonoMiddleware {
  const resolved = resolveOptions(options);
  return function logflumeAccessLog(context, next) {
    const node = nodeOf(context.env);
    const { raw } = context.req;
    const entry = node === undefined ? entryOf(raw) : exchangeOf(node.incoming)?.entry;
    if (entry !== undefined) {
      // Another request of the same access log is one that what is between handed on: that is no misuse.
      if (entry.options !== resolved || entry.facts.request === raw) reportSecondMount(resolved);
      return serveKnown(entry, context, next);
    }
    return node === undefined ? serveFetch(resolved, context, next) : serveNode(resolved, context, next, node);
  };
}

/** What `@hono/node-server` hands in. */
interface NodeBindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

function nodeOf(env: unknown): NodeBindings | undefined {
  const { incoming, outgoing } = Object(env);
  const isNode = typeof outgoing === 'object' && outgoing !== null && typeof outgoing.writeHead === 'function';
  return isNode && typeof incoming === 'object' ? { incoming, outgoing } : undefined;
}

/** What an access log has already: of what is served here the outermost may see the answer alone. */
async function serveKnown(
  entry: RequestEntry<unknown>,
  context: HonoContext,
  next: () => Promise<void>,
): Promise<void> {
  context.set('log', entry.log);
  await next();
  // Below a prefix the template lacks that.
  if (new URL(context.req.raw.url).pathname === entry.path) entry.route ??= routeOf(context.req);
  if (context.error !== undefined && context.res.status >= 400) entry.fail(context.error);
}

function serveNode(
  resolved: ResolvedOptions<Request>,
  context: HonoContext,
  next: () => Promise<void>,
  { incoming, outgoing }: NodeBindings,
): Promise<void> {
  let body: unknown;
  const exchange = new NodeExchange<Request>(resolved, incoming, outgoing, {
    request: context.req.raw,
    url: incoming.url ?? '/',
    routeOf: () => routeOf(context.req),
    bodyOf: () => body,
  });
  const { entry } = exchange;
  context.set('log', entry.log);
  return entry.run(async () => {
    try {
      await next();
      exchange.thrown = context.error;
    } catch (error) {
      exchange.thrown = error;
      throw error;
    } finally {
      if (resolved.requestBodies.length > 0) body = (await readBody(resolved, context.req))?.value;
    }
  });
}

function serveFetch(
  resolved: ResolvedOptions<Request>,
  context: HonoContext,
  next: () => Promise<void>,
): Promise<void> {
  const exchange = new FetchExchange<Request>(resolved, context.req.raw, {
    routeOf: () => routeOf(context.req),
    isBehindProxy: false,
  });
  const { entry } = exchange;
  context.set('log', entry.log);
  return entry.run(async () => {
    try {
      await next();
    } catch (error) {
      entry.fail(error);
      exchange.endWith(500);
      throw error;
    }
    // An error that somebody made a proper answer of has been dealt with.
    if (context.error !== undefined && context.res.status >= 400) entry.fail(context.error);
    if (resolved.requestBodies.length > 0) exchange.requestBody = await readBody(resolved, context.req);
    const answer = exchange.answer(context.res);
    context.res = undefined as never;
    context.res = answer;
  });
}

/**
 * The template of the route that answered, with the prefixes of all applications. Middleware is registered for all methods
 * below a path: what it answers itself, or leaves to nobody, has no route.
 *
 * From the request, not by the helper of `hono/route`: that one knows the requests of its own copy of Hono alone, and an
 * application of CommonJS has another one than this module would get.
 */
function routeOf({ matchedRoutes, routeIndex }: HonoRequest): string | undefined {
  const route = matchedRoutes[routeIndex];
  return route === undefined || (route.method === 'ALL' && route.path.endsWith('*')) ? undefined : route.path;
}

/** The body, if it is wanted and the application has read it; nobody else may. */
async function readBody(
  { requestBodies }: ResolvedOptions<Request>,
  request: HonoRequest,
): Promise<ParsedBody | undefined> {
  const contentType = request.raw.headers.get('content-type');
  if (!isWantedType(contentType, requestBodies) || Object.keys(request.bodyCache).length === 0) return undefined;
  try {
    const text = await request.text();
    return { kind: 'parsed', contentType, value: text, bytes: Buffer.byteLength(text) };
  } catch {
    return undefined; // It broke off.
  }
}
