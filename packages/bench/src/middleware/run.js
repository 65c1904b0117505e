// @ts-check
// What an access log adds to a request, in latency and CPU: logflume's beside pino-http on Express and beside Fastify's own
// logger on Fastify. Ours goes to a backend in another process, theirs to /dev/null.
//
//   npm run middleware -w @logflume/bench                 about half a minute for each framework
//   npm run middleware -w @logflume/bench -- --quick      a few seconds: whether it works
//   npm run middleware -w @logflume/bench -- express      this one alone
//
// Three servers live in a process each and get bursts in turn, of a bounded number of requests, from this process. Latency
// is that of a request on a connection that waits for its answer: the time of a burst, times its connections, by its
// requests. It exits with 1 if a ratio is above one half.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startReceiver } from '../harness/run-child.js';
import { toText } from '../harness/table.js';
import { machine } from '../machine.js';
import { sendBurst } from './load.js';
import { addedBy } from './paired.js';

const RIVALS = { express: 'pino-http', fastify: 'fastify' };
const TARGET = 0.5;
const CONNECTIONS = 1;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    profile: { type: 'string' },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 3 : 21));
const requests = values.quick ? 300 : 1000;
const chosen = positionals.length > 0 ? positionals : Object.keys(RIVALS);

const { cpu, cores, node, load } = machine();
console.log(`${cores} x ${cpu}, Node ${node}, load ${load.toFixed(1)}; ${rounds} rounds of ${requests} requests\n`);
/** @type {string[][]} */
const cells = [['µs for each request', 'bare', 'added by the rival', 'added by logflume', 'ratio', '']];
for (const [framework, rival] of Object.entries(RIVALS)) {
  if (!chosen.includes(framework)) continue;
  const added = addedBy(await measure(framework, rival));
  for (const [key, what] of /** @type {const} */ ([
    ['latencyUs', 'latency'],
    ['cpuUs', 'CPU'],
  ])) {
    const { bare, theirs, ours, ratio } = added[key];
    const isMet = ratio <= TARGET;
    if (!isMet) process.exitCode = 1;
    const name = rival === 'fastify' ? 'its own logger' : rival;
    cells.push([
      `${framework}, ${what} (to ${name})`,
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
  /** @type {import('./paired.js').Round[]} */
  const taken = [];
  const names = /** @type {const} */ (['bare', 'theirs', 'ours']);
  for (let round = 0; round < rounds; round++) {
    // Nobody is always the one after the longest pause.
    const order = names.map((_, i) => /** @type {keyof typeof servers} */ (names[(i + round) % names.length]));
    /** @type {Partial<import('./paired.js').Round>} */
    const one = {};
    for (const name of order) one[name] = await servers[name].burst(requests);
    taken.push(/** @type {import('./paired.js').Round} */ (one));
  }
  const { accepted, delivered } = await servers.ours.report();
  if (delivered !== accepted || accepted < rounds * requests) {
    throw new Error(`${framework}: of ${rounds * requests} records and more ${delivered} arrived`);
  }
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
    /**
     * @param {number} amount
     * @returns {Promise<import('./paired.js').Burst>}
     */
    async burst(amount) {
      const before = await report();
      const ms = await sendBurst({ port, path: '/users/7', connections: CONNECTIONS, amount });
      const after = await report();
      return { latencyUs: (ms * 1000 * CONNECTIONS) / amount, cpuUs: (after.cpuUs - before.cpuUs) / amount };
    },
  };
}
