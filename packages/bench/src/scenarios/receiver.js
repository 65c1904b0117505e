// @ts-check
/**
 * A backend for one sender, that misbehaves as the scenario says and remembers which records came, how often, and under
 * which batch id.
 *
 * @typedef {object} Arrivals
 * @property {Map<number, (string | undefined)[]>} copies - by record number: the batch id of each copy, in order.
 * @property {number} strangers - records that are not ours, or not as they were written.
 * @property {number} requests
 *
 * @typedef {object} Receiver
 * @property {string} url
 * @property {(fault: import('./scenarios.js').FaultWindow) => void} misbehave - the window counts from this call.
 * @property {() => Promise<Arrivals>} end - waits until everything sent has been read, then stops. Call it when the
 *   sender's process has ended.
 */
import { setTimeout as waitMs } from 'node:timers/promises';
import { createDevBackend } from '@logflume/dev-backend';
import { numberOf } from './record.js';

/** Records are counted and forgotten this often: a backend that keeps them all takes a gigabyte for nine scenarios. */
const SWEEP_MS = 250;

/** More than arrive between two sweeps. */
const MAX_KEPT_RECORDS = 1_000_000;

/** The dead sender's last bytes are in the system's buffers; connections not taken yet are taken within this. */
const BACKLOG_MS = 100;

/** @returns {Promise<Receiver>} */
export async function createReceiver() {
  const backend = await createDevBackend({ maxRecords: MAX_KEPT_RECORDS });
  /** @type {Map<number, (string | undefined)[]>} */
  const copies = new Map();
  let strangers = 0;
  let counted = 0;
  const sweep = () => {
    for (const { body, attributes, idempotencyKey } of backend.records()) {
      counted++;
      const number = numberOf(body, attributes);
      const known = number === undefined ? undefined : copies.get(number);
      if (number === undefined) strangers++;
      else if (known === undefined) copies.set(number, [idempotencyKey]);
      else known.push(idempotencyKey);
    }
    backend.clearRecords();
  };
  /** @type {NodeJS.Timeout[]} */
  const timers = [setInterval(sweep, SWEEP_MS)];

  return {
    url: backend.url,
    misbehave({ rule, fromSeconds, toSeconds }) {
      const begin = () => backend.setFaults([rule]);
      if (fromSeconds === 0) begin();
      else timers.push(setTimeout(begin, fromSeconds * 1000));
      if (Number.isFinite(toSeconds)) timers.push(setTimeout(() => backend.setFaults([]), toSeconds * 1000));
    },
    async end() {
      for (const timer of timers) clearTimeout(timer);
      await waitMs(BACKLOG_MS);
      await backend.waitFor((_, { connections, requests }) => connections.open === 0 && requests.inFlight === 0);
      sweep();
      const { records, requests } = backend.stats();
      await backend.close();
      if (records.accepted !== counted) throw new Error(`${records.accepted} records were taken, ${counted} counted`);
      return { copies, strangers, requests: requests.total };
    },
  };
}
