// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{ sent: number, answered: number, refused: number, failed: number, unanswered: number }} TrafficCounts
 *   `answered` with 2xx, `refused` with 4xx, `failed` with 5xx, `unanswered` without any.
 */

const requestsPerSecond = 210;
const maxUnderWay = 64;
const tickMs = 10;
const graceSeconds = 3;
const timeoutMs = 5_000;
const products = ['axe', 'saw', 'boots', 'rope'];

/** What customers do, over and over: look around, order, look at what they have ordered. */
const round = ['look', 'order', 'check', 'order', 'look', 'order', 'look', 'check', 'order', 'look'];

/** Every so many checks somebody mistypes the number of the order. */
const mistypedEvery = 40;

/**
 * Plays customers: a steady number of requests per second, in an order that is the same in every run.
 *
 * @param {string} url - of the shop.
 * @param {{ seconds: number, signal: AbortSignal }} until - a shop that is too slow gets a little longer, not for ever.
 * @returns {{ counts: TrafficCounts, ended: Promise<void> }} `counts` changes until `ended` resolves.
 */
export function startTraffic(url, { seconds, signal }) {
  /** @type {TrafficCounts} */
  const counts = { sent: 0, answered: 0, refused: 0, failed: 0, unanswered: 0 };
  /** @type {string[]} */
  const orderIds = [];
  /** @type {Set<Promise<void>>} */
  const underWay = new Set();
  let checks = 0;

  /** @param {number} number */
  const toRequest = (number) => {
    const headers = { 'x-request-id': `req-${number}` };
    switch (round[number % round.length]) {
      case 'order': {
        const wish = { product: products[number % products.length], quantity: 1 + (number % 3) };
        return new Request(`${url}/orders`, { method: 'POST', body: JSON.stringify(wish), headers });
      }
      case 'check': {
        checks += 1;
        const id = checks % mistypedEvery === 0 ? 'order-none' : orderIds.at(-1);
        return new Request(id === undefined ? `${url}/products` : `${url}/orders/${id}`, { headers });
      }
      default:
        return new Request(`${url}/products`, { headers });
    }
  };

  /** @param {Request} request */
  const send = async (request) => {
    counts.sent += 1;
    try {
      const response = await fetch(request, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
      const body = /** @type {{ id: string }} */ (await response.json());
      if (response.status === 201) orderIds.push(body.id);
      if (response.ok) counts.answered += 1;
      else if (response.status < 500) counts.refused += 1;
      else counts.failed += 1;
    } catch {
      // Counted, and told at the end; an interrupted demo ends its requests in this way too.
      counts.unanswered += 1;
    }
  };

  const play = async () => {
    const total = Math.round(seconds * requestsPerSecond);
    const started = performance.now();
    const elapsedSeconds = () => (performance.now() - started) / 1000;
    while (counts.sent < total && elapsedSeconds() < seconds + graceSeconds && !signal.aborted) {
      const due = Math.min(total, elapsedSeconds() * requestsPerSecond);
      while (counts.sent < due && underWay.size < maxUnderWay) {
        const request = send(toRequest(counts.sent)).finally(() => underWay.delete(request));
        underWay.add(request);
      }
      await sleep(tickMs);
    }
    await Promise.all(underWay);
  };

  return { counts, ended: play() };
}
