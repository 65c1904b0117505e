// @ts-check
// Each kind of call of one contestant, in bursts. The CPU of the calling thread is what is told where Node can tell it (from
// 23.9 on), else the time; what a contestant does between bursts is not in it.
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from '../contestants/list.js';
import { median } from '../harness/statistics.js';
import { cases } from './cases.js';

const WARM_UP_BURSTS = 3;
const GARBAGE_CALLS = 1000;
const GARBAGE_BURSTS = 5;
/** A call that does nothing would not be seen in a short burst. */
const DISABLED_FACTOR = 10;

const { file, url, options, what, bursts, burstCalls } = JSON.parse(process.argv[2] ?? '{}');
const { calls, flush, end } = await (await load(file)).create(url, options ?? {});

/**
 * A loop of its own for each kind of call: one that is shared would be compiled for all of them, and for none. Its text is
 * its own as well, as V8 takes two functions of the same text for one, which made 7 ns of a call that is off and takes 2.
 *
 * @param {string} name
 * @param {Function} call
 */
const loopOf = (name, call) =>
  new Function('call', `return (n) => { for (let i = 0; i < n; i++) call(i); }; // ${name}`)(call);

const threadCpuUsage = Reflect.get(process, 'threadCpuUsage')?.bind(process);
const nowNs = () => {
  if (threadCpuUsage === undefined) return Number(process.hrtime.bigint());
  const { user, system } = threadCpuUsage();
  return (user + system) * 1000;
};
const rest = async () => {
  await flush?.();
  await sleep(5);
};
const alive = setInterval(() => undefined, 1000);
/** @type {Record<string, number>} */
const result = {};
for (const name of Object.keys(cases)) {
  const run = loopOf(name, Reflect.get(calls, name));
  if (what === 'time')
    result[`${name}Ns`] = await timeOf(run, name === 'disabled' ? burstCalls * DISABLED_FACTOR : burstCalls);
  else result[`${name}Bytes`] = await garbageOf(run);
}
await end();
clearInterval(alive);
process.send?.(result, () => process.exit(0));

/**
 * @param {(n: number) => void} run
 * @param {number} n
 */
async function timeOf(run, n) {
  const times = [];
  for (let burst = -WARM_UP_BURSTS; burst < bursts; burst++) {
    const startNs = nowNs();
    run(n);
    if (burst >= 0) times.push((nowNs() - startNs) / n);
    await rest();
  }
  return median(times);
}

/**
 * From the growth of the heap in a burst without a collection: this process has room for it.
 *
 * @param {(n: number) => void} run
 */
async function garbageOf(run) {
  const garbage = [];
  for (let burst = 0; burst < GARBAGE_BURSTS; burst++) {
    run(GARBAGE_CALLS);
    await rest();
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    run(GARBAGE_CALLS);
    garbage.push((process.memoryUsage().heapUsed - before) / GARBAGE_CALLS);
  }
  return median(garbage);
}
