// A shop with two routes, one of them in a plugin with a prefix.
import { accessLog, createFastifyLogger } from '@logflume/middleware/fastify';
import fastify from 'fastify';
import { addToEvent } from 'logflume';

/** @param {import('logflume').Logger} log */
export function createApp(log) {
  const app = fastify({ loggerInstance: createFastifyLogger(log) }); // What Fastify and its plugins log.
  app.register(accessLog, { logger: log }); // The one line.

  app.register(
    async (orders) => {
      orders.get('/:order', async ({ log: own, params }) => {
        const { order } = /** @type {{ order: string }} */ (params);
        addToEvent({ 'order.id': order }); // Onto the record of the request.
        own.info({ order }, 'looking up');
        return find(order);
      });
    },
    { prefix: '/users/:user/orders' },
  );
  app.get('/', () => 'a shop');
  return app;
}

/** @param {string} order */
async function find(order) {
  await new Promise(setImmediate);
  if (order === '13') throw new RangeError('the shelf is empty');
  return { order };
}
