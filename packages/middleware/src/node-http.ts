import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { AccessLogOptions } from './core/access-log-options.ts';
import { exchangeOf, NodeExchange } from './core/node-exchange.ts';
import type { RequestLogger } from './core/request-logger.ts';
import { resolveOptions } from './core/resolve-options.ts';
import { reportSecondMount } from './core/second-mount.ts';

/** A request as a wrapped handler gets it. */
export type LoggedRequest = IncomingMessage & {
  /** Id of the request, from its header or made. */
  readonly id: string;
  /** Logger of the request: every record carries its id. */
  readonly log: RequestLogger;
};

/** What serves a request; may return a promise, which is listened to and handed on. */
export type Handler = (request: LoggedRequest, response: ServerResponse) => unknown;

/** An access log for node:http. */
export interface NodeAccessLog {
  /** As a middleware: of connect, polka, restify or one's own. */
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void;
  /** Wraps a handler: what it throws, or rejects with, is noted and thrown on. */
  wrap(handler: Handler): Listener;
}

/** What `createServer` takes, that of HTTP/2 as well: its requests have the interface of those of node:http. */
export type Listener = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => unknown;

/**
 * Makes an access log for node:http: one record for each request, and its id and trace on every record inside.
 *
 * There are no routes; name one by `request.log.add({ 'http.route': '/users/:id' })` if there is one.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
 * @example
 * ```ts
 * const access = accessLog({ logger: log });
 * createServer(access.wrap((request, response) => response.end('hello'))).listen(3000);
 * ```
 */
export function accessLog(options?: AccessLogOptions<IncomingMessage>): NodeAccessLog {
  const resolved = resolveOptions(options);
  const begin = (request: IncomingMessage, response: ServerResponse): NodeExchange<IncomingMessage> =>
    new NodeExchange(resolved, request, response, {
      request,
      url: request.url ?? '/',
    });
  const middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    if (exchangeOf(request) !== undefined) {
      reportSecondMount(resolved);
      return next();
    }
    const { entry } = begin(request, response);
    Object.assign(request, { id: entry.id, log: entry.log });
    entry.run(next);
  };
  const serve = (handler: Handler, request: IncomingMessage, response: ServerResponse): unknown => {
    if (exchangeOf(request) !== undefined) {
      reportSecondMount(resolved);
      return handler(request as LoggedRequest, response); // Both were set by the first one.
    }
    const { entry } = begin(request, response);
    const logged = Object.assign(request, { id: entry.id, log: entry.log });
    return entry.run(() => {
      try {
        return noteRejection(handler(logged, response), (error) => entry.fail(error));
      } catch (error) {
        entry.fail(error);
        throw error;
      }
    });
  };
  const wrap =
    (handler: Handler): Listener =>
    (request, response) =>
      serve(handler, request as IncomingMessage, response as ServerResponse);
  return Object.assign(middleware, { wrap });
}

/** Listens to a promise and hands it on: who gets it is told of the rejection as if nobody had listened. */
function noteRejection(returned: unknown, note: (error: unknown) => void): unknown {
  if (!(returned instanceof Promise)) return returned;
  return returned.catch((error: unknown) => {
    note(error);
    throw error;
  });
}
