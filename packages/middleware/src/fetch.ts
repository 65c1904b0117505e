import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { HttpCalls } from './core/http-calls.ts';
import { OpenCount } from './core/open-count.ts';
import type { OutboundLogOptions } from './core/outbound-log-options.ts';
import { watchRequests } from './core/outbound-scope.ts';
import { resolveOutboundOptions } from './core/resolve-outbound.ts';
import { UndiciCalls, type UndiciRequest } from './core/undici-calls.ts';

export type { OutboundExchange, OutboundLogOptions, OutboundTarget } from './core/outbound-log-options.ts';
export { withUrlTemplate } from './core/outbound-scope.ts';
export type { UndiciRequest } from './core/undici-calls.ts';

/** A request as the functions among the options get it: of undici, and so of `fetch`, or of node:http. */
export type SeenRequest = UndiciRequest | ClientRequest;

type Handler = (message: unknown) => void;

/**
 * Logs the outbound requests of the process: of the global `fetch`, of undici, of node:http and all clients on it. One
 * record for each request on the wire when its answer has been read to the end; a redirect that is followed and a retry
 * are requests of their own. Calls of an instance given to `logAxios` are told of there.
 *
 * Node.js tells of them by its diagnostics channels: nothing is patched. A `traceparent` is added to requests of `fetch`
 * and undici; to those of node:http where it announces them before their headers are sent, as Node.js 20 does not.
 *
 * @returns what undoes it; requests under way are still told of.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
 * @example
 * ```ts
 * logFetch({ logger: log });
 * await withUrlTemplate('/users/:id', () => fetch(`https://api.example.com/users/${id}`));
 * ```
 */
export function logFetch(options?: OutboundLogOptions<SeenRequest>): () => void {
  const resolved = resolveOutboundOptions(options, 'logFetch');
  const stopWatching = watchRequests();
  if (stopWatching === undefined) {
    resolved.reportMisuse('mountedTwice', 'logFetch was called twice: each request is logged once; remove the other');
    return () => undefined;
  }
  const count = new OpenCount();
  const undici = new UndiciCalls(resolved, count);
  const http = new HttpCalls(resolved, count);
  const begins: Record<string, Handler> = {
    'undici:request:create': safely(({ request }: { request: UndiciRequest }) => undici.begin(request)),
    'http.client.request.created': safely(({ request }: { request: ClientRequest }) => http.announce(request)),
    'http.client.request.start': safely(({ request }: { request: ClientRequest }) => http.begin(request)),
  };
  const ends: Record<string, Handler> = {
    'undici:request:headers': safely(undici.answer),
    'undici:request:trailers': safely(({ request }: { request: UndiciRequest }) => undici.end(request, undefined)),
    'undici:request:error': safely((message: { request: UndiciRequest; error: unknown }) => {
      undici.end(message.request, message.error);
    }),
    'http.client.response.finish': safely((message: { request: ClientRequest; response: IncomingMessage }) => {
      http.answer(message.request, message.response);
    }),
    'http.client.request.error': safely((message: { request: ClientRequest; error: unknown }) => {
      http.fail(message.request, message.error);
    }),
  };
  for (const [name, handler] of Object.entries({ ...begins, ...ends })) subscribe(name, handler);
  return () => {
    stopWatching();
    http.stop();
    for (const [name, handler] of Object.entries(begins)) unsubscribe(name, handler);
    count.whenIdle(() => {
      for (const [name, handler] of Object.entries(ends)) unsubscribe(name, handler);
    });
  };
}

/** What a subscriber throws would end the process. */
function safely<M>(handle: (message: M) => void): Handler {
  return (message) => {
    try {
      handle(message as M); // as Node.js and undici document the channel
    } catch {
      // A version that tells of its requests in another way: it sends them all the same.
    }
  };
}
