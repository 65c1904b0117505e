// @ts-check
// One application of the outage: so many turns a second, each of them a little work and, with a logger, its records. It says
// what it cost as one line of JSON.
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createLogger } from 'logflume';

const TURN_MS = 10;
const WARM_UP_SECONDS = 5;

const { url, seconds, rate, maxBytes } = JSON.parse(process.argv[2] ?? '{}');
const log = url === '' ? undefined : createLogger({ name: 'outage', endpoints: [url], queue: { maxBytes } });
const attributes = { path: '/api/v1/orders', method: 'POST', status: 200, padding: 'x'.repeat(150) };

// While the backend is well: what V8 and the connections take once they work is not the outage's.
await run(WARM_UP_SECONDS);
await log?.flush();
process.send?.('warm');
await once(process, 'message');
globalThis.gc?.();
const startBytes = process.memoryUsage.rss();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const mostBytes = await run(seconds);
delay.disable();
const stats = log?.stats();
const result = {
  rssGrowthBytes: mostBytes - startBytes,
  delayP50Ms: delay.percentile(50) / 1e6,
  delayP99Ms: delay.percentile(99) / 1e6,
  stats,
};
process.send?.(result, () => process.exit(0));

/** @param {number} length of it, in seconds */
async function run(length) {
  const startMs = performance.now();
  let logged = 0;
  let most = 0;
  for (let turn = 1; performance.now() - startMs < length * 1000; turn++) {
    const dueMs = startMs + turn * TURN_MS;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    const due = Math.floor(((performance.now() - startMs) / 1000) * rate);
    // A machine that was busy makes up for what it missed, as an application with a queue of requests does.
    for (; logged < due; logged++) log?.info('order placed', { ...attributes, 'order.id': logged });
    if (turn % 10 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  return most;
}
