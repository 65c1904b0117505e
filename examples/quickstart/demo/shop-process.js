// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * @import { ShopReport } from './observed.js'
 * @typedef {Awaited<ReturnType<typeof startShop>>} ShopProcess
 */

const shopPath = fileURLToPath(new URL('../shop.js', import.meta.url));
const endWithinMs = 10_000;

/**
 * Starts the shop as a process of its own.
 *
 * @param {Readonly<Record<string, string>>} environment - all of it: the shop inherits nothing.
 * @param {(line: string) => void} onStderrLine - hears what the shop writes to stderr, except records.
 */
export async function startShop(environment, onStderrLine) {
  const child = spawn(process.execPath, [shopPath], { env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const { stdout, stderr } = /** @type {import('node:child_process').ChildProcessWithoutNullStreams} */ (child);
  const closed = once(child, 'close');
  let fallbackLines = 0;
  /** @type {ShopReport | undefined} */
  let lastReport;

  child.on('message', (message) => {
    lastReport = /** @type {ShopReport} */ (message);
  });
  createInterface({ input: stderr }).on('line', (line) => {
    // A record that found no backend is one JSON line.
    if (line.startsWith('{')) fallbackLines += 1;
    else onStderrLine(line);
  });

  /** Asks the shop to end as a platform would, and ends it by force if it does not. */
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), endWithinMs);
    await closed;
    clearTimeout(force);
  };

  return {
    url: await readUrl(stdout),
    end,
    /** Resolves when the process has ended and all it wrote is read. */
    ended: closed.then(() => undefined),
    report: () => lastReport,
    fallbackLines: () => fallbackLines,
    /** How the shop ended, in words; `undefined` for a regular end. */
    troubleAtEnd() {
      if (child.signalCode !== null) return `the shop was ended by ${child.signalCode}`;
      if (child.exitCode !== 0) return `the shop ended with exit code ${child.exitCode}`;
      return lastReport?.kind === 'closed' ? undefined : 'the shop ended without closing its logger';
    },
  };
}

/**
 * The first line the shop prints is its address.
 *
 * @param {import('node:stream').Readable} stdout
 * @returns {Promise<string>}
 */
function readUrl(stdout) {
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout })
      .once('line', resolve)
      .once('close', () => reject(new Error('the shop ended before it opened')));
  });
}
