// @ts-check
/**
 * What both senders share: a child process that is told what to log and where, logs it at its pace, shuts down and says
 * how long that took. It ends by itself, as an application does.
 *
 * @typedef {object} Contestant
 * @property {(number: number) => void} write - logs one record.
 * @property {() => Promise<Ledger | undefined>} shutdown - what an application calls before it ends.
 *
 * @typedef {object} Ledger - the sender's own account, in records.
 * @property {number} accepted
 * @property {number} delivered
 * @property {number} rejected
 * @property {number} fallback
 * @property {number} dropped
 * @property {number} pending
 *
 * @typedef {object} Order
 * @property {string} url - of the receiver, without a path.
 * @property {import('./scenarios.js').Load} load
 * @property {number} [graceMs]
 *
 * @typedef {object} Ended
 * @property {'ended'} kind
 * @property {number} emitted
 * @property {number} shutdownMs
 * @property {boolean} isCut - the shutdown was not over when its time was.
 * @property {Ledger | undefined} ledger
 *
 * @typedef {{ kind: 'ready' } | { kind: 'unhandled', message: string } | Ended} SenderMessage
 */
import { once } from 'node:events';
import { setTimeout as waitMs } from 'node:timers/promises';
import { recordsDue } from './scenarios.js';

/** The pace of the baseline: 10 records every 20 ms. */
const TICK_MS = 20;

/** @param {(url: string) => Contestant} open */
export async function runSender(open) {
  /** @type {Order} */
  const { url, load, graceMs } = JSON.parse(process.argv[2] ?? '');
  process.on('uncaughtExceptionMonitor', (error) => tell({ kind: 'unhandled', message: String(error) }));
  // A parent that is gone has no use for the rest.
  process.once('disconnect', leave);
  const contestant = open(url);
  await tell({ kind: 'ready' });
  await once(process, 'message');

  const emitted = await emit(load, contestant.write);
  const startMs = performance.now();
  const shutdown = contestant.shutdown().then((ledger) => ({ ledger, isCut: false }));
  const cut = { ledger: undefined, isCut: true };
  const { ledger, isCut } = await (graceMs === undefined
    ? shutdown
    : Promise.race([shutdown, waitMs(graceMs, cut, { ref: false })]));
  await tell({ kind: 'ended', emitted, shutdownMs: performance.now() - startMs, isCut, ledger });
  process.off('disconnect', leave);
  process.disconnect();
  if (isCut) process.exit();
}

/**
 * Logs what is due by the clock, so that a late timer changes when a record is logged and never how many are.
 *
 * @param {import('./scenarios.js').Load} load
 * @param {(number: number) => void} write
 */
async function emit(load, write) {
  const startMs = performance.now();
  let emitted = 0;
  for (let atMs = 0; ; atMs = performance.now() - startMs) {
    for (const due = recordsDue(load, atMs); emitted < due; emitted++) write(emitted);
    if (atMs >= load.seconds * 1000) break;
    await waitMs(TICK_MS);
  }
  write(emitted++);
  return emitted;
}

/** @param {SenderMessage} message */
function tell(message) {
  return /** @type {Promise<void>} */ (new Promise((resolve) => process.send?.(message, () => resolve())));
}

function leave() {
  process.exit(1);
}
