// @ts-check
// What an access log adds to a request, in latency and CPU: logflume's beside pino-http on Express and beside Fastify's own
// logger on Fastify. Ours goes to a backend in another process, theirs to /dev/null.
//
//   npm run middleware -w @logflume/bench                 five minutes for Express, two for Fastify
//   npm run middleware -w @logflume/bench -- --quick      a few seconds: whether it works
//   npm run middleware -w @logflume/bench -- express      this one alone
//   npm run middleware -w @logflume/bench -- --keep-tick  process.nextTick stays quick in all three, as it does in ours
//   npm run middleware -w @logflume/bench -- --by-hand    in our place twenty lines (by-hand.js)
//
// Three servers live in a process each and get bursts in turn, of a bounded number of requests, from this process. First
// they wait for their work, as servers do: in that pause V8 tidies up, after which a request is dearer to some programs.
// Without it, chance decides in each process whether that happens. V8 still makes quicker or slower code of the same program
// in every process, by some 2 µs a request: several sets of processes are taken. It exits with 1 if a ratio is above one
// half.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startReceiver } from '../harness/run-child.js';
import { lowerQuartile, median } from '../harness/statistics.js';
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
    'keep-tick': { type: 'boolean', default: false },
    'by-hand': { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
/** What stands beside the rival: our access log, unless the flag says otherwise. */
const OURS = values['by-hand'] ? 'hand' : 'logflume';
const SETS = values.quick ? 1 : 5;
/** V8 tidies up when it has had little to do for 8 s, and again half a second later. */
const PAUSE_MS = values.quick ? 0 : 12_000;
/**
 * One connection that waits for each answer, from the server's own core: its latency is work, and no core that sleeps.
 * Ten from another core, as many as autocannon has by default: they leave the server no pause.
 */
const LOADS = [
  { connections: 1, bursts: 7, requests: 3000, clientCore: 1 },
  { connections: 10, bursts: 7, requests: 8000, clientCore: 0 },
];
const SERVER_CORE = 1;
const WARM_UP = 20_000;
/** How many requests there are of it: `--quick` asks for a tenth. */
const scaled = (/** @type {number} */ requests) => (values.quick ? requests / 10 : requests);
const chosen = positionals.length > 0 ? positionals : Object.keys(RIVALS);

const { cpu, cores, node, load } = machine();
console.log(`${cores} x ${cpu}, Node ${node}, load ${load.toFixed(1)}\n`);
/** @type {string[][]} */
const cells = [['µs for each request', 'bare', 'added by the rival', `added by ${OURS}`, 'ratio', '']];
for (const [framework, rival] of Object.entries(RIVALS)) {
  if (!chosen.includes(framework)) continue;
  for (const { what, rounds } of await measure(framework, rival)) {
    const { bare, theirs, ours, ratio } = addedBy(rounds);
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
 * Figures of several sets of processes, a round each.
 *
 * @param {string} framework
 * @param {string} rival
 */
async function measure(framework, rival) {
  /** @type {{ what: string, rounds: import('./paired.js').Round[] }[]} */
  const figures = [];
  for (let set = 0; set < SETS; set++) {
    pin(process.pid, 0);
    const receiver = await startReceiver('discard'); // It stays where this process is now.
    const servers = {
      bare: await startServer({ framework, log: 'none' }),
      theirs: await startServer({ framework, log: rival }),
      ours: await startServer({ framework, log: OURS, url: receiver.url }),
    };
    await wait(PAUSE_MS);
    for (const server of Object.values(servers)) await server.burst(10, scaled(WARM_UP));
    for (const load of LOADS) {
      const { latency, cpu } = await measureLoad(servers, load);
      const name = `${load.connections} connection${load.connections === 1 ? '' : 's'}`;
      addRound(figures, `${name}, latency`, latency);
      addRound(figures, `${name}, CPU`, cpu);
    }
    const { accepted, delivered } = await servers.ours.report();
    if (delivered !== accepted || accepted === 0) throw new Error(`${framework}: ${delivered} of ${accepted} arrived`);
    for (const server of Object.values(servers)) server.end();
    await receiver.end();
  }
  return figures;
}

/**
 * @param {{ what: string, rounds: import('./paired.js').Round[] }[]} figures
 * @param {string} what
 * @param {import('./paired.js').Round} round
 */
function addRound(figures, what, round) {
  const known = figures.find((figure) => figure.what === what);
  if (known === undefined) figures.push({ what, rounds: [round] });
  else known.rounds.push(round);
}

/**
 * Of bursts taken in turn, what the quiet ones took.
 *
 * @param {Record<keyof import('./paired.js').Round, Awaited<ReturnType<typeof startServer>>>} servers
 * @param {typeof LOADS[number]} load
 */
async function measureLoad(servers, { connections, bursts, requests, clientCore }) {
  pin(process.pid, clientCore);
  /** @type {Record<keyof import('./paired.js').Round, { latencyUs: number, cpuUs: number }[]>} */
  const taken = { bare: [], theirs: [], ours: [] };
  for (let burst = 0; burst < bursts; burst++) {
    for (let i = 0; i < NAMES.length; i++) {
      // Nobody is always the one after the longest pause.
      const name = /** @type {typeof NAMES[number]} */ (NAMES[(i + burst) % NAMES.length]);
      taken[name].push(await servers[name].burst(connections, scaled(requests)));
    }
  }
  const usual = (/** @type {'latencyUs' | 'cpuUs'} */ key) => ({
    bare: lowerQuartile(taken.bare.map((burst) => burst[key])),
    theirs: lowerQuartile(taken.theirs.map((burst) => burst[key])),
    ours: lowerQuartile(taken.ours.map((burst) => burst[key])),
  });
  return { latency: usual('latencyUs'), cpu: usual('cpuUs') };
}

/**
 * Keeps a process on a core, where the machine has `taskset`: a scheduler that moves client and server apart and
 * together again makes answers wait twice as long, whoever logs.
 *
 * @param {number | undefined} pid
 * @param {number} core
 */
function pin(pid, core) {
  if (cores > 1) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(pid)]);
}

/** @param {{ framework: string, log: string, url?: string }} order */
async function startServer(order) {
  const isProfiled = values.profile !== undefined && order.log !== 'none';
  const child = fork(
    new URL('server.js', import.meta.url),
    [JSON.stringify({ ...order, keepsTick: values['keep-tick'] })],
    {
      execArgv: isProfiled ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}/${order.framework}-${order.log}`] : [],
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const [{ port }] = await once(child, 'message');
  pin(child.pid, SERVER_CORE);
  const report = async () => {
    child.send('report');
    const [answer] = await once(child, 'message');
    return /** @type {{ cpuUs: number, accepted: number, delivered: number }} */ (answer);
  };
  return {
    report,
    end: () => child.disconnect(),
    /**
     * @param {number} connections
     * @param {number} amount
     */
    async burst(connections, amount) {
      const before = await report();
      const latencies = await sendBurst({ port, path: '/users/7', connections, amount });
      const after = await report();
      return { latencyUs: median(latencies), cpuUs: (after.cpuUs - before.cpuUs) / amount };
    },
  };
}
