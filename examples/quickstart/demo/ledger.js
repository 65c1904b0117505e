// @ts-check
import { toText } from './paint.js';

/**
 * @import { DevBackend } from '@logflume/dev-backend'
 * @import { DeliveryStats, EndpointStats } from 'logflume'
 * @typedef {{ name: string, backend: DevBackend }} NamedBackend
 *
 * @typedef {object} BackendCounts
 * @property {string} name
 * @property {string} address
 * @property {EndpointStats} endpoint - what the shop says about it.
 * @property {number} received - records it stored.
 * @property {number} rejected - records it refused for good.
 * @property {number} requests
 * @property {Readonly<Record<string, number>>} byStatus
 * @property {number} unanswered
 *
 * @typedef {object} LedgerCounts
 * @property {number} logged - the shop's own count of its log calls.
 * @property {DeliveryStats} stats - the ledger of the shop's logger.
 * @property {number} fallbackLines - records the shop wrote to stderr.
 * @property {readonly BackendCounts[]} backends
 * @property {number} received - different records at all backends together.
 * @property {number} duplicates - records that came more than once.
 * @property {number} batches - different batches at all backends together.
 *
 * @typedef {{ left: string, right: string, holds: boolean }} LedgerLine
 */

/**
 * Brings together what the shop says and what the backends have.
 *
 * @param {Pick<LedgerCounts, 'logged' | 'stats' | 'fallbackLines'>} shop
 * @param {readonly NamedBackend[]} backends - in the order of the shop's endpoints.
 * @returns {LedgerCounts}
 */
export function gatherCounts(shop, backends) {
  const endpoints = new Map(shop.stats.endpoints.map((endpoint) => [new URL(endpoint.url).origin, endpoint]));
  return {
    ...shop,
    ...countUnique(backends),
    backends: backends.map(({ name, backend }) => {
      const endpoint = endpoints.get(backend.url);
      if (endpoint === undefined) throw new Error(`the shop does not know backend ${name} at ${backend.url}`);
      const { records, requests } = backend.stats();
      return {
        name,
        address: new URL(backend.url).host,
        endpoint,
        received: records.accepted,
        rejected: records.rejected,
        requests: requests.total,
        byStatus: requests.byStatus,
        unanswered: requests.unanswered,
      };
    }),
  };
}

/**
 * A batch that is sent again keeps its idempotency key, and the first request with a key counts: how a backend takes
 * duplicates out, if it does.
 *
 * @param {readonly NamedBackend[]} backends
 */
function countUnique(backends) {
  /** @type {Map<string, string>} */
  const firstRequests = new Map();
  let received = 0;
  let duplicates = 0;
  for (const { name, backend } of backends) {
    for (const { idempotencyKey, requestNumber } of backend.records()) {
      const request = `${name} ${requestNumber}`;
      const key = idempotencyKey ?? request;
      const first = firstRequests.get(key) ?? request;
      firstRequests.set(key, first);
      if (first === request) received += 1;
      else duplicates += 1;
    }
  }
  return { received, duplicates, batches: firstRequests.size };
}

/**
 * The lines that must hold whatever happened to the backends. Pure.
 *
 * @param {LedgerCounts} counts
 * @returns {LedgerLine[]}
 */
export function checkLedger({ logged, stats, fallbackLines, received }) {
  const { accepted, delivered, rejected, fallback, dropped, pending } = stats;
  const fates = /** @type {const} */ ([
    [delivered, 'delivered'],
    [rejected, 'rejected'],
    [fallback, 'fallback'],
    [dropped.total, 'dropped'],
    [pending, 'pending'],
  ]);
  return [
    toLine([[logged, 'logged']], [[accepted, 'accepted']]),
    toLine([[accepted, 'accepted']], fates),
    toLine([[delivered, 'delivered']], [[received, 'different records at the backends']]),
    toLine([[fallback, 'fallback']], [[fallbackLines, 'records on stderr']]),
  ];
}

/**
 * @typedef {readonly (readonly [count: number, name: string])[]} Terms
 * @param {Terms} left
 * @param {Terms} right
 * @returns {LedgerLine}
 */
function toLine(left, right) {
  return { left: toSumText(left), right: toSumText(right), holds: toSum(left) === toSum(right) };
}

/** @param {Terms} terms */
function toSum(terms) {
  return terms.reduce((total, [count]) => total + count, 0);
}

/** @param {Terms} terms */
function toSumText(terms) {
  return terms.map(([count, name]) => `${toText(count)} ${name}`).join(' + ');
}
