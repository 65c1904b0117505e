// @ts-check
// One contestant that logs as fast as it can, as an application under full load: a stretch of calls, then the event loop
// gets its turn. The time and the CPU of the whole process count from the first call to the end of the shutdown.
import { setImmediate as turn } from 'node:timers/promises';
import { load } from '../contestants/list.js';

/** Calls between two turns of the event loop. */
const CALLS_PER_TURN = 200;

const { file, url, options, records } = JSON.parse(process.argv[2] ?? '{}');
const { create } = await load(file);
const { calls, end } = await create(url, options ?? {});
const startMs = Date.now();
const before = process.cpuUsage();
for (let i = 0; i < records; ) {
  for (const last = Math.min(i + CALLS_PER_TURN, records); i < last; i++) calls.plain(i);
  await turn();
}
const loggedMs = Date.now();
// A worker that is waited for does not keep a process alive.
const alive = setInterval(() => undefined, 1000);
await end();
clearInterval(alive);
const { user, system } = process.cpuUsage(before);
const { maxRSS } = process.resourceUsage();
process.send?.({ startMs, loggedMs, cpuUs: user + system, rssKb: maxRSS }, () => process.exit(0));
