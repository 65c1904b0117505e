// @ts-check
// What an access log adds to a request, in latency and CPU: logflume's beside pino-http on Express and beside Fastify's own
// logger on Fastify. Ours goes to a backend in another process, theirs to /dev/null.
//
//   npm run middleware -w @logflume/bench                 about half a minute for each framework
//   npm run middleware -w @logflume/bench -- --quick      a few seconds: whether it works
//   npm run middleware -w @logflume/bench -- express      this one alone
//
// Three servers live in a process each and get bursts in turn, of a bounded number of requests, from this process, on one
// connection that waits for each answer. Latency is the median of a burst of few requests, of which many are taken; CPU is
// taken of few bursts of many requests, as records travel in batches. It exits with 1 if a ratio is above one half.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startReceiver } from '../harness/run-child.js';
import { median } from '../harness/statistics.js';
import { toText } from '../harness/table.js';
import { machine } from '../machine.js';
import { sendBurst } from './load.js';
import { addedBy } from './paired.js';

const RIVALS = { express: 'pino-http', fastify: 'fastify' };
const TARGET = 0.5;
const NAMES = /** @type {const} */ (['bare', 'theirs', 'ours']);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
/** What is measured, in how many bursts of how many requests. */
const measures = [
  { what: 'latency', key: /** @type {const} */ ('latencyUs'), rounds: values.quick ? 5 : 60, requests: 200 },
  {
    what: 'CPU',
    key: /** @type {const} */ ('cpuUs'),
    rounds: values.quick ? 1 : 7,
    requests: values.quick ? 500 : 3000,
  },
];
const chosen = positionals.length > 0 ? positionals : Object.keys(RIVALS);

const { cpu, cores, node, load } = machine();
console.log(`${cores} x ${cpu}, Node ${node}, load ${load.toFixed(1)}\n`);
/** @type {string[][]} */
const cells = [['µs for each request', 'bare', 'added by the rival', 'added by logflume', 'ratio', '']];
for (const [framework, rival] of Object.entries(RIVALS)) {
  if (!chosen.includes(framework)) continue;
  for (const { what, added } of await measure(framework, rival)) {
    const { bare, theirs, ours, ratio } = added;
    const isMet = ratio <= TARGET;
    if (!isMet) process.exitCode = 1;
    cells.push([
      `${framework}, ${what} (to ${rival === 'fastify' ? 'its own logger' : rival})`,
      ...[bare, theirs, ours].map((value) => value.toFixed(1)),
      ratio.toFixed(2),
      isMet ? 'met' : `missed, at most ${TARGET}`,
    ]);
  }
}
console.log(toText(cells));

/**
 * @param {string} framework
 * @param {string} rival
 */
async function measure(framework, rival) {
  const receiver = await startReceiver('discard');
  const servers = {
    bare: await startServer({ framework, log: 'none' }),
    theirs: await startServer({ framework, log: rival }),
    ours: await startServer({ framework, log: 'logflume', url: receiver.url }),
  };
  for (const server of Object.values(servers)) for (let i = 0; i < 3; i++) await server.burst(2000); // V8 warms up.
  const taken = [];
  for (const { what, key, rounds, requests } of measures) {
    /** @type {import('./paired.js').Round[]} */
    const bursts = [];
    for (let round = 0; round < rounds; round++) {
      /** @type {import('./paired.js').Round} */
      const one = { bare: 0, theirs: 0, ours: 0 };
      // Nobody is always the one after the longest pause.
      for (let i = 0; i < NAMES.length; i++) {
        const name = /** @type {keyof typeof servers} */ (NAMES[(i + round) % NAMES.length]);
        one[name] = (await servers[name].burst(requests))[key];
      }
      bursts.push(one);
    }
    taken.push({ what, added: addedBy(bursts) });
  }
  const { accepted, delivered } = await servers.ours.report();
  if (delivered !== accepted || accepted === 0) throw new Error(`${framework}: ${delivered} of ${accepted} arrived`);
  for (const server of Object.values(servers)) server.end();
  await receiver.end();
  return taken;
}

/** @param {{ framework: string, log: string, url?: string }} order */
async function startServer(order) {
  const isProfiled = values.profile !== undefined && order.log !== 'none';
  const child = fork(new URL('server.js', import.meta.url), [JSON.stringify(order)], {
    execArgv: isProfiled ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}/${order.framework}-${order.log}`] : [],
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = await once(child, 'message');
  const report = async () => {
    child.send('report');
    const [answer] = await once(child, 'message');
    return /** @type {{ cpuUs: number, accepted: number, delivered: number }} */ (answer);
  };
  return {
    report,
    end: () => child.disconnect(),
    /** @param {number} amount */
    async burst(amount) {
      const before = await report();
      const latencies = await sendBurst({ port, path: '/users/7', connections: 1, amount });
      const after = await report();
      return { latencyUs: median(latencies), cpuUs: (after.cpuUs - before.cpuUs) / amount };
    },
  };
}
