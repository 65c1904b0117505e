// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { callProvider } from './payment-provider.js';
import { ShopError } from './shop-error.js';

/**
 * @import { Logger } from 'logflume'
 * @typedef {ReturnType<typeof createPayments>} Payments
 */

const maxAttempts = 2;
const pauseMs = 20;

/** @param {Logger} log */
export function createPayments(log) {
  const paymentsLog = log.child({ 'payment.provider': 'acme-pay' }, { name: 'payments' });

  return {
    /**
     * Charges an order, with a second attempt if the provider cannot be reached.
     *
     * @param {string} orderId
     * @param {number} euros
     * @returns {Promise<string>} the provider's reference
     */
    async charge(orderId, euros) {
      for (let attempt = 1; ; attempt += 1) {
        paymentsLog.debug('charging', { euros, attempt });
        try {
          const answer = await callProvider({ orderId, euros, attempt });
          if (answer.kind === 'declined') throw new ShopError(402, `payment declined: ${answer.reason}`);
          paymentsLog.debug('charged', { euros, 'payment.reference': answer.reference });
          return answer.reference;
        } catch (error) {
          if (error instanceof ShopError) throw error;
          if (attempt === maxAttempts) throw new ShopError(503, 'no payment is possible now', { cause: error });
          paymentsLog.warn('provider failed, trying again', error, { attempt });
          await sleep(pauseMs);
        }
      }
    },
  };
}
