// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{ orderId: string, euros: number, attempt: number }} Charge
 * @typedef {{ kind: 'charged', reference: string } | { kind: 'declined', reason: string }} Answer
 */

/**
 * Stands for a payment provider on the internet: takes a moment, is now and then out of reach, declines some cards.
 * Which orders it fails depends on their number alone, so that every run is alike.
 *
 * @param {Charge} charge
 * @returns {Promise<Answer>}
 */
export async function callProvider({ orderId, euros, attempt }) {
  const number = Number(orderId.replace('order-', ''));
  await sleep(2 + (number % 4));
  const isUnreachable = number % 60 === 40 || (number % 12 === 7 && attempt === 1);
  if (isUnreachable) throw new Error('acme-pay did not answer', { cause: connectionReset() });
  if (number % 25 === 13) return { kind: 'declined', reason: 'insufficient funds' };
  return { kind: 'charged', reference: `pay-${number}-${euros}` };
}

/** An error as a socket gives it. */
function connectionReset() {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
}
