// @ts-check
// An access log of twenty lines: hardly more than what gives a request an id and a context and ships a record of it. It
// knows no routes, no sizes, no aborted requests and no options; what it adds is mostly Node, the framework and sending.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const contexts = new AsyncLocalStorage();

/**
 * @param {import('logflume').Logger} logger
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {(id: string) => unknown} tellId - sets the header by which the client learns the id.
 * @param {() => void} serve
 */
export function logByHand(logger, request, response, tellId, serve) {
  const startMs = performance.now();
  const id = randomUUID();
  const path = request.url;
  response.on('close', () => {
    logger.info(`${request.method} ${path} ${response.statusCode}`, {
      'request.id': id,
      'url.path': path,
      'http.response.status_code': response.statusCode,
      'http.server.request.duration': (performance.now() - startMs) / 1000,
    });
  });
  tellId(id);
  contexts.run({ id }, serve);
}
