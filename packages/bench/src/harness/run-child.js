// @ts-check
/** Child processes: contestants and receivers. Nothing of the caller's environment reaches them. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

const MAX_MS = 180_000;

/**
 * Runs a file to its end with an order, and answers with what it said.
 *
 * @param {URL} file - says `process.send(result)` once.
 * @param {object} order
 * @param {readonly string[]} [execArgv]
 * @returns {Promise<{ result: any, stderr: string }>}
 */
export async function runChild(file, order, execArgv = []) {
  const child = fork(file, [JSON.stringify(order)], {
    execArgv: [...execArgv],
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  let result;
  child.on('message', (message) => {
    result = message;
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), MAX_MS);
  const [code, signal] = await once(child, 'close');
  clearTimeout(deadline);
  if (result === undefined) {
    throw new Error(
      `${file.pathname} ended with ${signal ?? code} for ${JSON.stringify(order)}\n${stderr.slice(-2000)}`,
    );
  }
  return { result, stderr };
}

/**
 * @param {'normal' | 'discard' | 'silent'} mode
 * @returns {Promise<{ url: string, end(): Promise<Arrivals> }>}
 *
 * @typedef {object} Arrivals
 * @property {number} records
 * @property {number} unique - of them, different ones.
 * @property {number} requests
 * @property {number} wireBytes - headers included.
 * @property {number} lastMs - when the last request was answered, on the wall clock.
 */
export async function startReceiver(mode) {
  const child = fork(new URL('receiver.js', import.meta.url), [mode], { execArgv: ['--max-old-space-size=8192'] });
  const [{ port }] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    async end() {
      child.send('count');
      const [arrivals] = await once(child, 'message');
      child.disconnect();
      return arrivals;
    },
  };
}
