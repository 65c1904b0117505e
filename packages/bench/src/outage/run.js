// @ts-check
// What an outage costs the application: a backend that refuses every connection, no spool, and records that keep coming.
// An application with logging and one without run beside each other, so that a slow machine is slow for both. Exits with
// 1 if the memory grew by more than the queue's budget and 32 MiB, or the event loop was held up by more than 2 ms more.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import os from 'node:os';
import { parseArgs } from 'node:util';

const MIB = 1024 * 1024;
const MORE_BYTES = 32 * MIB;
const MORE_DELAY_MS = 2;

const { values } = parseArgs({
  options: {
    // The queue is full after about 35 seconds at this rate; then stderr takes what it gives up.
    seconds: { type: 'string', default: '50' },
    rate: { type: 'string', default: '5000' },
    'queue-mib': { type: 'string', default: '64' },
    full: { type: 'boolean', default: false },
  },
});
const seconds = values.full ? 600 : Number(values.seconds);
const maxBytes = Number(values['queue-mib']) * MIB;
const rate = Number(values.rate);

await main();

async function main() {
  console.log(`Node ${process.versions.node}, ${os.availableParallelism()} cores`);
  console.log(
    `every connection refused for ${seconds} s, ${rate} records a second, queue of ${maxBytes / MIB} MiB, no spool\n`,
  );
  const backend = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const apps = [start(''), start(urlOf(backend))];
  await Promise.all(apps.map(({ warm }) => warm));
  backend.close();
  backend.closeAllConnections();
  const [silent, logging] = await Promise.all(apps.map(({ go }) => go()));
  show('without logging', silent);
  show('with logging', logging);
  const { accepted, fallback, dropped, pending } = logging.stats;
  console.log(`\n${accepted} records: ${pending} pending, ${fallback} on stderr, ${dropped.total} dropped and counted`);
  const tooMuch = logging.rssGrowthBytes > maxBytes + MORE_BYTES;
  const tooLate = logging.delayP99Ms > silent.delayP99Ms + MORE_DELAY_MS;
  console.log(`memory: at most ${mib(maxBytes + MORE_BYTES)} more is allowed: ${tooMuch ? 'TOO MUCH' : 'kept'}`);
  console.log(`event loop: at most ${MORE_DELAY_MS} ms more at the 99th percentile: ${tooLate ? 'TOO LATE' : 'kept'}`);
  if (tooMuch || tooLate) process.exitCode = 1;
}

/** @param {import('node:http').Server} server */
function urlOf(server) {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

/** @param {string} url */
function start(url) {
  const options = JSON.stringify({ url, seconds, rate, maxBytes });
  const child = fork(new URL('app.js', import.meta.url), [options], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return {
    warm: once(child, 'message'),
    async go() {
      const answered = once(child, 'message');
      child.send('go');
      const [result] = await answered;
      return result;
    },
  };
}

/**
 * @param {string} name
 * @param {{ rssGrowthBytes: number, delayP50Ms: number, delayP99Ms: number }} result
 */
function show(name, { rssGrowthBytes, delayP50Ms, delayP99Ms }) {
  const delays = `event loop delay p50 ${delayP50Ms.toFixed(2)} ms, p99 ${delayP99Ms.toFixed(2)} ms`;
  console.log(`${name.padEnd(16)} memory + ${mib(rssGrowthBytes).padStart(10)}, ${delays}`);
}

/** @param {number} bytes */
function mib(bytes) {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
