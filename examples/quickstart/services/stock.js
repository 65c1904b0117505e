// @ts-check
import { ShopError } from './shop-error.js';

/**
 * @import { Logger } from 'logflume'
 * @typedef {ReturnType<typeof createStock>} Stock
 */

const lowBelow = 10;
const refillTo = 60;

/** @param {Logger} log */
export function createStock(log) {
  const stockLog = log.child({ 'warehouse.id': 'north' }, { name: 'stock' });
  const products = [
    { name: 'axe', euros: 45, left: refillTo },
    { name: 'saw', euros: 29, left: refillTo },
    { name: 'boots', euros: 119, left: refillTo },
    { name: 'rope', euros: 15, left: refillTo },
  ];

  /** @param {string} name */
  const find = (name) => {
    const product = products.find((each) => each.name === name);
    if (product === undefined) throw new ShopError(404, `no product ${name}`);
    return product;
  };

  return {
    list: () => products.map(({ name, euros, left }) => ({ name, euros, isAvailable: left > 0 })),

    /**
     * Sets goods aside for an order.
     *
     * @param {string} name
     * @param {number} quantity
     * @returns {number} what they cost, in euros
     */
    reserve(name, quantity) {
      const product = find(name);
      if (product.left < quantity) throw new ShopError(409, `only ${product.left} of ${name} left`);
      product.left -= quantity;
      // Asked for only if somebody wants debug records of this module: LOG_LEVEL=info,stock=debug
      stockLog.debug('reserved', () => ({ product: name, quantity, left: product.left }));
      if (product.left < lowBelow) {
        stockLog.event('stock.refilled', { product: name, 'left.before': product.left, 'left.after': refillTo });
        product.left = refillTo;
      }
      return product.euros * quantity;
    },

    /**
     * Puts back what a cancelled order had set aside.
     *
     * @param {string} name
     * @param {number} quantity
     */
    release(name, quantity) {
      find(name).left += quantity;
      stockLog.debug('released', { product: name, quantity });
    },
  };
}
