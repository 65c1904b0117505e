// @ts-check
/**
 * One sender in a process of its own against a receiver of its own.
 *
 * @typedef {object} Result
 * @property {import('./scenarios.js').Scenario} scenario
 * @property {string} sender
 * @property {import('./account.js').Account} account
 * @property {number} requests
 * @property {readonly string[]} printed - lines on stdout and stderr that are no records.
 * @property {number | undefined} shutdownMs - `undefined` if the sender never said that it was over.
 * @property {boolean} isCut - the shutdown was not over when its time was.
 * @property {import('./sender.js').Ledger | undefined} ledger
 * @property {string} exit - code or signal.
 * @property {readonly string[]} unhandled - errors nobody caught in the sender.
 *
 * @typedef {object} Run
 * @property {() => Promise<Result>} start
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { accountFor, readPrinted } from './account.js';
import { createReceiver } from './receiver.js';
import { recordsIn } from './scenarios.js';

/** A sender that has not ended this long after its last record never will. */
export const MAX_SHUTDOWN_MS = 60_000;

/** Both sides of a comparison, in the order of the table. */
export const senders = Object.freeze({
  logflume: new URL('sender-logflume.js', import.meta.url),
  OpenTelemetry: new URL('sender-opentelemetry.js', import.meta.url),
});

/**
 * Starts the receiver and the sender's process, up to the moment before its first record.
 *
 * @param {import('./scenarios.js').Scenario} scenario
 * @param {keyof typeof senders} sender
 * @returns {Promise<Run>}
 */
export async function prepareRun(scenario, sender) {
  const { load, fault, graceMs } = scenario;
  const receiver = await createReceiver();
  /** @type {import('./sender.js').Order} */
  const order = { url: receiver.url, load, ...(graceMs === undefined ? {} : { graceMs }) };
  const child = fork(senders[sender], [JSON.stringify(order)], { silent: true, execArgv: [], env: envOf(scenario) });
  const closed = once(child, 'close');
  const stdout = collectText(child.stdout);
  const stderr = collectText(child.stderr);
  /** @type {string[]} */
  const unhandled = [];
  /** @type {import('./sender.js').Ended | undefined} */
  let ended;
  const ready = /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      child.on('message', (/** @type {import('./sender.js').SenderMessage} */ message) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'ended') ended = message;
        else unhandled.push(message.message);
      });
    })
  );
  await Promise.race([ready, closed]);
  if (child.exitCode !== null) throw new Error(`the sender ${sender} did not start:\n${stderr()}`);

  return {
    async start() {
      child.send('go');
      if (fault !== undefined) receiver.misbehave(fault);
      const deadline = setTimeout(() => child.kill('SIGKILL'), load.seconds * 1000 + MAX_SHUTDOWN_MS);
      const [code, signal] = await closed;
      clearTimeout(deadline);
      const arrivals = await receiver.end();
      const { records, lines } = readPrinted(stderr());
      return {
        scenario,
        sender,
        account: accountFor(ended?.emitted ?? recordsIn(load), arrivals, records),
        requests: arrivals.requests,
        printed: [...stdout().split('\n').filter(Boolean), ...lines],
        shutdownMs: ended?.shutdownMs,
        isCut: ended?.isCut ?? false,
        ledger: ended?.ledger,
        exit: String(signal ?? code),
        unhandled,
      };
    },
  };
}

/**
 * Nothing of the caller's environment reaches a sender, as a variable for OpenTelemetry or a proxy would change it; but
 * for the spool directory, of which each scenario gets a part of its own.
 *
 * @param {import('./scenarios.js').Scenario} scenario
 * @returns {NodeJS.ProcessEnv}
 */
function envOf({ id }) {
  const { PATH, LOGFLUME_SPOOL_DIR: spoolDir } = process.env;
  return { PATH, ...(spoolDir === undefined ? {} : { LOGFLUME_SPOOL_DIR: path.join(spoolDir, id) }) };
}

/**
 * @param {import('node:stream').Readable | null} stream
 * @returns {() => string} what has been read so far.
 */
function collectText(stream) {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
}
