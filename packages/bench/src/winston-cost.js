// What @logflume/winston adds to a winston call: the same logger with a transport that does nothing, in turn, round by
// round, in one process. The default format (JSON) is on in all of them, as winston runs it for every record.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { LogflumeTransport } from '@logflume/winston';
import { createLogger } from 'logflume';
import winston from 'winston';
import TransportStream from 'winston-transport';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = flags.quick ? 11 : 41;
const WARMUP_ROUNDS = 5;
const CALLS = 10_000;
/** Microseconds per call, for the ordinary shapes. */
const TARGET_US = 1;

/** Does as little as a transport can. */
class NullTransport extends TransportStream {
  log(_info, callback) {
    callback();
  }
}

const receiver = fork(new URL('receiver.js', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const [port] = await once(receiver, 'message');
const logger = createLogger({ endpoints: [`http://127.0.0.1:${port}`], exit: { handleSignals: false } });

const contestantsOf = (format) => ({
  nothing: winston.createLogger({ format, transports: [new NullTransport()] }),
  logflume: winston.createLogger({ format, transports: [new LogflumeTransport({ logger })] }),
  both: winston.createLogger({ format, transports: [new NullTransport(), new LogflumeTransport({ logger })] }),
});
const { combine, errors, json, splat, timestamp } = winston.format;
const usual = contestantsOf(json());
const full = contestantsOf(combine(errors({ stack: true }), splat(), timestamp(), json()));
const failure = new Error('connection refused', { cause: new Error('ECONNREFUSED 127.0.0.1:5432') });
const message = 'request completed in forty characters ok';
const attributesOf = (i) => ({
  userId: i,
  path: '/api/v1/orders',
  method: 'POST',
  status: 200,
  durationMs: 12.5,
  cached: false,
});
const cases = {
  'message only': [
    usual,
    (log, n) => {
      for (let i = 0; i < n; i++) log.info(message);
    },
  ],
  '6 attributes': [
    usual,
    (log, n) => {
      for (let i = 0; i < n; i++) log.info(message, attributesOf(i));
    },
  ],
  'one object': [
    usual,
    (log, n) => {
      for (let i = 0; i < n; i++) log.log({ level: 'info', message, userId: i, path: '/api/v1/orders', status: 200 });
    },
  ],
  'all formats': [
    full,
    (log, n) => {
      for (let i = 0; i < n; i++) log.info(message, attributesOf(i));
    },
  ],
  'with an error': [
    usual,
    (log, n) => {
      for (let i = 0; i < n; i++) log.error('failed', failure);
    },
  ],
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
/** CPU, not the clock, as other processes disturb that: of this thread where Node tells it (≥ 23.9), else of all. */
const isThreadTime = typeof process.threadCpuUsage === 'function';
const cpuUs = () => {
  const { user, system } = isThreadTime ? process.threadCpuUsage() : process.cpuUsage();
  return user + system;
};
/** A stream may leave a tick behind for each record: that is a part of the call, which shipping is not. */
const ticksOfCalls = () => new Promise((resolve) => process.nextTick(resolve));
/** What a busy machine disturbs least. */
const bestTenth = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)];

console.log(
  `${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores, Node ${process.versions.node}, winston ${winston.version}`,
);
console.log(
  `medians of ${ROUNDS} rounds of ${CALLS} calls, in turn; us of CPU of the ${isThreadTime ? 'thread' : 'process'} per call`,
);
console.log(
  'measured: the calls, the ticks they leave behind and the garbage collections meanwhile; not what ships the records later\n',
);
console.log(
  `${'case'.padEnd(16)}${'null'.padStart(8)}${'logflume'.padStart(10)}${'both'.padStart(8)}${'added'.padStart(8)}${'ratio'.padStart(7)}${'best tenth: null, added'.padStart(26)}`,
);
for (const [name, [contestants, run]] of Object.entries(cases)) {
  const samples = { nothing: [], logflume: [], both: [] };
  for (let round = -WARMUP_ROUNDS; round < ROUNDS; round++) {
    for (const [who, log] of Object.entries(contestants)) {
      const startUs = cpuUs();
      run(log, CALLS);
      await ticksOfCalls();
      const us = (cpuUs() - startUs) / CALLS;
      if (round >= 0) samples[who].push(us);
      await logger.flush();
    }
  }
  const [base, ours, both] = Object.values(samples).map(median);
  const cells = [base.toFixed(2).padStart(8), ours.toFixed(2).padStart(10), both.toFixed(2).padStart(8)];
  const [bestBase, bestOurs] = Object.values(samples).map(bestTenth);
  const best = [bestBase.toFixed(2).padStart(17), (bestOurs - bestBase).toFixed(2).padStart(9)];
  // Over a transport that does nothing: what choosing logflume costs.
  const added = [(ours - base).toFixed(2).padStart(8), (ours / base).toFixed(2).padStart(7)];
  console.log(`${name.padEnd(16)}${cells.join('')}${added.join('')}${best.join('')}`);
}
console.log(`\ntarget for all but the last: at most ${TARGET_US.toFixed(1)} added`);
const { accepted, delivered } = logger.stats();
console.log(`delivered ${delivered} of ${accepted} records`);
await logger.close();
receiver.disconnect();
