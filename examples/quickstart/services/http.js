// @ts-check
import { randomUUID } from 'node:crypto';
import { withContext } from 'logflume';
import { ShopError } from './shop-error.js';

/**
 * @import { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
 * @import { Logger } from 'logflume'
 * @typedef {{ orders: import('./orders.js').Orders, stock: import('./stock.js').Stock }} Services
 */

/**
 * The shop's API: `GET /products`, `POST /orders`, `GET /orders/:id`.
 *
 * @param {Services & { log: Logger }} parts
 * @returns {RequestListener}
 */
export function createHandler({ log, ...services }) {
  const httpLog = log.child({}, { name: 'http' });

  return (request, response) => {
    const id = request.headers['x-request-id'] ?? randomUUID();
    // Every record logged while this request is served carries its id, whichever module logs it.
    void withContext({ 'request.id': id }, () => serve(request, response));
  };

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async function serve(request, response) {
    const started = performance.now();
    /** @param {number} status */
    const facts = (status) => ({
      'http.request.method': request.method,
      'url.path': request.url,
      'http.response.status_code': status,
      'duration.ms': Math.round(performance.now() - started),
    });

    try {
      const { status, body } = await route(request, services);
      answer(response, status, body);
      httpLog.info('request answered', facts(status));
    } catch (error) {
      const status = error instanceof ShopError ? error.status : 500;
      answer(response, status, { error: status < 500 && error instanceof Error ? error.message : 'try again later' });
      if (status < 500) httpLog.warn('request refused', error, facts(status));
      else httpLog.error('request failed', error, facts(status));
    }
  }
}

/**
 * @param {IncomingMessage} request
 * @param {Services} services
 */
async function route(request, { orders, stock }) {
  const { method, url = '/' } = request;
  if (method === 'GET' && url === '/products') return { status: 200, body: stock.list() };
  if (method === 'POST' && url === '/orders') return { status: 201, body: await orders.place(await readWish(request)) };
  const orderId = /^\/orders\/([\w-]+)$/.exec(url)?.[1];
  if (method === 'GET' && orderId !== undefined) return { status: 200, body: orders.find(orderId) };
  throw new ShopError(404, 'there is nothing here');
}

/** @param {IncomingMessage} request */
async function readWish(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  try {
    const { product, quantity } = JSON.parse(text);
    if (Number.isInteger(quantity) && quantity > 0) return { product: String(product), quantity };
  } catch (error) {
    throw new ShopError(400, 'an order is a JSON object', { cause: error });
  }
  throw new ShopError(400, 'quantity must be a whole number above 0');
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {unknown} body
 */
function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
