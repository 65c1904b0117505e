// A shop with two routes, one of them in a router of its own.
import { accessLog } from '@logflume/middleware/express';
import express from 'express';

/** @param {import('logflume').Logger} log */
export function createApp(log) {
  const app = express();
  app.use(accessLog({ logger: log })); // The one line, before everything else.

  const orders = express.Router();
  orders.get('/:order', async (request, response) => {
    request.log.add({ 'order.id': request.params.order }); // Onto the record of the request.
    response.json(await find(log, request.params.order));
  });
  app.use('/users/:user/orders', orders);
  app.get('/', (_request, response) => {
    response.send('a shop');
  });

  /** @type {import('express').ErrorRequestHandler} */
  const answerError = (_error, _request, response, _next) => {
    response.status(500).json({ error: 'try again later' });
  };
  app.use(answerError);
  return app;
}

/**
 * Knows of no request; its records carry the request's id and trace all the same.
 *
 * @param {import('logflume').Logger} log
 * @param {string} order
 */
async function find(log, order) {
  log.info('looking up', { order });
  await new Promise(setImmediate);
  if (order === '13') throw new RangeError('the shelf is empty');
  return { order };
}
