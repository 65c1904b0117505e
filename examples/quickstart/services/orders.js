// @ts-check
import { withContext } from 'logflume';
import { ShopError } from './shop-error.js';

/**
 * @import { Logger } from 'logflume'
 * @typedef {{ product: string, quantity: number }} Wish
 * @typedef {{ id: string, product: string, quantity: number, totalEuros: number, payment: string }} Order
 * @typedef {ReturnType<typeof createOrders>} Orders
 */

/** @param {{ log: Logger, stock: import('./stock.js').Stock, payments: import('./payments.js').Payments }} parts */
export function createOrders({ log, stock, payments }) {
  const ordersLog = log.child({}, { name: 'orders' });
  /** @type {Map<string, Order>} */
  const placed = new Map();
  let lastNumber = 0;

  return {
    /**
     * @param {Wish} wish
     * @returns {Promise<Order>}
     */
    place({ product, quantity }) {
      lastNumber += 1;
      const id = `order-${lastNumber}`;
      // From here on the records of every module carry the order's id beside the request's.
      return withContext({ 'order.id': id }, async () => {
        ordersLog.info('order received', { product, quantity });
        const totalEuros = stock.reserve(product, quantity);
        try {
          const payment = await payments.charge(id, totalEuros);
          const order = { id, product, quantity, totalEuros, payment };
          placed.set(id, order);
          ordersLog.event('order.placed', { product, quantity, 'total.euros': totalEuros });
          return order;
        } catch (error) {
          stock.release(product, quantity);
          ordersLog.event('order.cancelled', { product, quantity }, { level: 'warn' });
          throw error;
        }
      });
    },

    /** @param {string} id */
    find(id) {
      const order = placed.get(id);
      if (order === undefined) throw new ShopError(404, `no order ${id}`);
      return order;
    },
  };
}
