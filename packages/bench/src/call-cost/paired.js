// What one log call costs the application thread: logflume shipping to a backend beside pino printing to /dev/null.
//
// Both run in this process, in turn, round by round, so that a machine that changes its speed changes it for both. A
// round is a burst of calls without a pause; what happens between rounds (flushing) is not timed as a call, but the CPU
// of the whole process is counted too, so nothing is hidden by doing it later.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { createLogger } from 'logflume';
import pino from 'pino';
import { fiftyOf } from '../harness/records.js';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean' } },
});
const ROUNDS = flags.quick ? 15 : 41;
const CALLS = 10_000;
const WARMUP_ROUNDS = 5;

const message = 'request completed in forty characters ok';
const bound = { 'request.id': 'req-7f3a91c2', tenant: 'acme', shard: 7 };
const attributesOf = (i) => ({
  userId: i,
  path: '/api/v1/orders',
  method: 'POST',
  status: 200,
  durationMs: 12.5,
  cached: false,
});

const receiver = fork(new URL('../receiver.js', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const [port] = await once(receiver, 'message');

const ours = createLogger({ name: 'bench', endpoints: [`http://127.0.0.1:${port}`], exit: { handleSignals: false } });
const oursBound = ours.child(bound);
const theirs = pino({ level: 'info' }, pino.destination({ dest: '/dev/null', sync: true }));
const theirsBound = theirs.child(bound);
const nothing = () => undefined;
const holder = { nothing };

/** Each case is a loop of its own, as it is in an application: one call site, one shape. */
const cases = {
  '6 attributes + 3 bound': {
    logflume: (n) => {
      for (let i = 0; i < n; i++) oursBound.info(message, attributesOf(i));
    },
    pino: (n) => {
      for (let i = 0; i < n; i++) theirsBound.info(attributesOf(i), message);
    },
    target: 0.6,
  },
  'message only': {
    logflume: (n) => {
      for (let i = 0; i < n; i++) ours.info(message);
    },
    pino: (n) => {
      for (let i = 0; i < n; i++) theirs.info(message);
    },
    target: 0.7,
  },
  'with an error': {
    logflume: (n) => {
      for (let i = 0; i < n; i++) ours.error('failed', failure);
    },
    pino: (n) => {
      for (let i = 0; i < n; i++) theirs.error(failure, 'failed');
    },
  },
  '50 attributes': {
    logflume: (n) => {
      for (let i = 0; i < n; i++) ours.info(message, fiftyOf(i));
    },
    pino: (n) => {
      for (let i = 0; i < n; i++) theirs.info(fiftyOf(i), message);
    },
    target: 0.5,
  },
  'disabled level': {
    logflume: (n) => {
      for (let i = 0; i < n; i++) ours.debug(message);
    },
    pino: (n) => {
      for (let i = 0; i < n; i++) theirs.debug(message);
    },
    'empty function': (n) => {
      for (let i = 0; i < n; i++) holder.nothing(message);
    },
    callsPerRound: 1_000_000,
  },
};
const failure = new Error('connection refused', { cause: new Error('ECONNREFUSED 127.0.0.1:5432') });

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function measure(contestants, calls) {
  const samples = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = -WARMUP_ROUNDS; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const cpuBefore = process.cpuUsage();
      const startNs = process.hrtime.bigint();
      run(calls);
      const callNs = Number(process.hrtime.bigint() - startNs) / calls;
      if (name === 'logflume') await ours.flush();
      const { user, system } = process.cpuUsage(cpuBefore);
      if (round >= 0) samples[name].push({ callNs, cpuNs: ((user + system) * 1000) / calls });
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, rounds]) => [
      name,
      { callNs: median(rounds.map((r) => r.callNs)), cpuNs: median(rounds.map((r) => r.cpuNs)) },
    ]),
  );
}

/** Bytes of garbage per call, from the heap's growth over a burst too short for a collection. */
function garbagePerCall(run) {
  const calls = 2000;
  run(calls);
  const samples = [];
  for (let i = 0; i < 9; i++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    run(calls);
    samples.push((process.memoryUsage().heapUsed - before) / calls);
  }
  return median(samples);
}

const results = {};
for (const [name, { target, callsPerRound = CALLS, ...contestants }] of Object.entries(cases)) {
  const figures = await measure(contestants, callsPerRound);
  for (const [contestant, run] of Object.entries(contestants)) {
    figures[contestant].garbageBytes = garbagePerCall(run);
    await ours.flush();
  }
  results[name] = { figures, target };
}
const stats = ours.stats();
await ours.close();
receiver.disconnect();

const machine = `${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores, Node ${process.versions.node}`;
if (flags.json) {
  console.log(JSON.stringify({ machine, pino: pino.version ?? '10.4.0', results }, undefined, 2));
} else {
  console.log(`${machine}; medians of ${ROUNDS} rounds of ${CALLS} calls, in turn\n`);
  const columns = ['case', 'who', 'ns per call', 'CPU ns per record', 'garbage B', 'ratio to pino'];
  const rows = [columns];
  for (const [name, { figures, target }] of Object.entries(results)) {
    for (const [who, { callNs, cpuNs, garbageBytes }] of Object.entries(figures)) {
      const ratio = callNs / figures.pino.callNs;
      const goal = who === 'logflume' && target !== undefined ? ` (target ${target})` : '';
      rows.push([
        name,
        who,
        callNs.toFixed(1),
        cpuNs.toFixed(1),
        garbageBytes.toFixed(0),
        `${ratio.toFixed(2)}${goal}`,
      ]);
    }
  }
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  for (const row of rows)
    console.log(row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '));
  console.log(`\nlogflume delivered ${stats.delivered} of ${stats.accepted} records.`);
}
