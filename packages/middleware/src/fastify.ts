import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { captureContext, runInContext, withContext } from 'logflume';
import type { AccessLogOptions } from './core/access-log-options.ts';
import { exchangeOf, type HeaderKeeper, NodeExchange } from './core/node-exchange.ts';
import { resolveOptions } from './core/resolve-options.ts';
import { reportSecondMount } from './core/second-mount.ts';
import { ACCESS_LOG } from './fastify-lines.ts';
import { RequestFastifyLogger } from './fastify-logger.ts';

export { createFastifyLogger, type FastifyLogger, type FastifyLogMethod } from './fastify-logger.ts';

/** What Fastify's requests have in common: as much as is read here and as options mostly ask for. */
export interface FastifyRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly params: unknown;
  readonly query: unknown;
  readonly raw: IncomingMessage & { readonly originalUrl?: string };
  id: string;
  log: unknown;
  readonly ip?: string | undefined;
  readonly protocol?: string | undefined;
  readonly body?: unknown;
  readonly routeOptions: { readonly url?: string | undefined };
}

interface FastifyReply extends HeaderKeeper {
  log: unknown;
  readonly raw: ServerResponse;
}

type Done = (error?: Error) => void;

type OnRequest = (request: FastifyRequest, reply: FastifyReply, done: Done) => void;

/** What is used of an instance of Fastify. */
export interface FastifyInstance {
  [ACCESS_LOG]?: boolean;
  readonly log: unknown;
  readonly initialConfig: { readonly requestIdHeader?: string | boolean | undefined };
  after(then: () => void): unknown;
  addHook(name: 'onRequest', hook: OnRequest): unknown;
  addHook(
    name: 'onError',
    hook: (request: FastifyRequest, reply: FastifyReply, error: Error, done: () => void) => void,
  ): unknown;
}

/**
 * The access log of Fastify 5, a plugin that is not encapsulated: one record for each request of the instance it is
 * registered on, its id and trace on every record inside, whatever plugin the route is in. It stands before all hooks,
 * those of plugins that were registered before it included: the order does not matter, but for a context or span that a
 * hook begins, which is on the record if the hook was registered before.
 *
 * `request.log` and `reply.log` are the logger of the request where Fastify has no logger of its own, or has one of
 * {@link createFastifyLogger}; another logger stays where it is.
 *
 * An id that the application has Fastify give a request, by `requestIdHeader` or `genReqId`, is that of the record where the
 * access log's own header brought none.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work; `app.ready()` rejects with it.
 * @example
 * ```ts
 * app.register(accessLog, { logger: log });
 * ```
 */
export async function accessLog(instance: FastifyInstance, options: AccessLogOptions<FastifyRequest>): Promise<void> {
  const resolved = resolveOptions(options);
  const own = hasNoLogger(instance.log) ? new RequestFastifyLogger(resolved.logger) : undefined;
  const isInner = instance[ACCESS_LOG] === true;
  instance[ACCESS_LOG] = true;
  const { requestIdHeader } = instance.initialConfig;
  const hostHeader = typeof requestIdHeader === 'string' ? requestIdHeader : '';
  let isContextNoted = false;

  instance.addHook('onRequest', function logflumeAccessLog(request, reply, next) {
    const { raw } = request;
    if (exchangeOf(raw) !== undefined) {
      reportSecondMount(resolved);
      return next();
    }
    const { headers } = raw;
    const isProxied = headers['x-forwarded-for'] !== undefined || headers['x-forwarded-proto'] !== undefined;
    const exchange = new NodeExchange(resolved, raw, reply.raw, {
      request,
      reply,
      url: raw.originalUrl ?? raw.url ?? '/',
      id: isCounted(request.id) && headers[hostHeader] !== request.id ? undefined : request.id,
      // Fastify decides by "trustProxy" whether these headers count; without them there is nothing to decide.
      scheme: isProxied ? request.protocol : undefined,
      clientAddress: isProxied ? request.ip : undefined,
      routeOf,
      bodyOf,
    });
    const log = request.log instanceof RequestFastifyLogger ? request.log : own;
    if (log !== undefined) {
      request.log = log.forRequest(exchange, request.id);
      reply.log = request.log;
    }
    request.id = exchange.entry.id;
    if (isContextNoted) exchange.entry.isEnteredAgain = true;
    exchange.entry.run(next);
  });

  instance.addHook('onError', (request, _reply, error, next) => {
    const exchange = exchangeOf(request.raw);
    if (exchange !== undefined) exchange.thrown ??= error;
    next();
  });

  // One further out comes first: it has the requests of this one, too.
  if (!isInner)
    instance.after(() => {
      isContextNoted = moveLastToFront(instance);
    });
}

// What the package fastify-plugin would set: hooks of the plugin are those of the instance it is registered on.
Object.assign(accessLog, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@logflume/middleware',
  [Symbol.for('plugin-meta')]: { name: '@logflume/middleware', fastify: '5.x' },
});

function routeOf(_: IncomingMessage, { routeOptions }: FastifyRequest): string | undefined {
  return routeOptions.url; // With all prefixes; of a request without a route there is none.
}

function bodyOf(_: IncomingMessage, { body }: FastifyRequest): unknown {
  return body;
}

/** Whether an id is of Fastify's own counter, which begins anew with the process: `req-1` to `req-zik0zj`. */
function isCounted(id: unknown): boolean {
  return typeof id === 'string' && id.length <= 10 && id.startsWith('req-');
}

/**
 * Fastify hands a hook to plugins that were there before, behind their own and those of the instance: what these answer
 * would have no record. In its place stays one that notes what they began.
 *
 * @returns whether there were any.
 */
function moveLastToFront(instance: object): boolean {
  const hooks: unknown = Object(memberOf(instance, 'fastify.hooks')).onRequest;
  let isMoved = false;
  if (Array.isArray(hooks) && hooks.length > 1) {
    hooks.unshift(hooks.splice(-1, 1, noteContext)[0]);
    isMoved = true;
  }
  const children = memberOf(instance, 'fastify.children');
  if (Array.isArray(children)) for (const child of children) isMoved = moveLastToFront(child) || isMoved;
  return isMoved;
}

/** A hook before us may have begun a context or a span for all that serves the request: its record has them as well. */
const noteContext: OnRequest = ({ raw }, _reply, next) => {
  const entry = exchangeOf(raw)?.entry;
  const begun = entry?.inside;
  if (entry === undefined || begun === undefined) return next();
  const context = captureContext();
  const { frame, trace } = context;
  // A pool of connections may call back where no request is known.
  if (frame === undefined) return runInContext(begun, next);
  // Only then: with a context around it a record shares nothing with those alike.
  if (frame !== begun.frame) entry.context = context;
  entry.inside = context;
  if (trace === begun.trace || trace?.spanId === begun.trace?.spanId) return next();
  entry.trace = trace ?? entry.trace;
  const enter = (): void => {
    entry.inside = captureContext();
    next();
  };
  // What waits for a body is entered again without the span being active.
  withContext({}, enter, { trace, outer: context });
};

/** What an instance has of its own under a symbol that only Fastify has. */
function memberOf(instance: object, description: string): unknown {
  const symbol = Object.getOwnPropertySymbols(instance).find((each) => each.description === description);
  return symbol === undefined ? undefined : Reflect.get(instance, symbol);
}

/** Whether Fastify was made without a logger: it has one that does nothing, and whose children are itself. */
function hasNoLogger(log: unknown): boolean {
  const { child } = Object(log);
  return typeof child === 'function' && child.length === 0 && child() === log;
}
