// What the spool costs: CPU per record in each mode, beside memory alone, at 20,000 records a second; and how long a
// process with a backlog of 256 MiB takes to start, and how much memory.
//
// The modes take turns in one process, second by second, so that a machine that changes its speed changes it for all.
// The CPU is that of the whole process, thread pool included, from the first call to the last acknowledgement.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createLogger } from 'logflume';

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, 'skip-start': { type: 'boolean', default: false } },
});
const TICK_MS = 20;
const RECORDS_PER_TICK = 400;
const TICKS = 50;
const RECORDS = RECORDS_PER_TICK * TICKS;

const dir = mkdtempSync(path.join(os.tmpdir(), 'logflume-bench-'));
const receiver = fork(new URL('../receiver.js', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const [port] = await once(receiver, 'message');
const toLogger = (spool) =>
  createLogger({ endpoints: [`http://127.0.0.1:${port}`], exit: { handleSignals: false }, ...(spool && { spool }) });
const modes = {
  memory: toLogger(),
  wal: toLogger({ dir: path.join(dir, 'wal') }),
  'wal, fsync interval': toLogger({ dir: path.join(dir, 'fsync'), fsync: 'interval' }),
  spill: toLogger({ dir: path.join(dir, 'spill'), mode: 'spill' }),
};
const costs = Object.fromEntries(Object.keys(modes).map((mode) => [mode, []]));

/** @returns CPU microseconds per record. */
async function second(log) {
  const before = process.cpuUsage();
  for (let tick = 0; tick < TICKS; tick++) {
    for (let i = 0; i < RECORDS_PER_TICK; i++) {
      log.info('request completed in forty characters ok', {
        userId: i,
        path: '/api/v1/orders',
        method: 'POST',
        status: 200,
        durationMs: 12.5,
        'trace.note': 'what an ordinary record carries besides, about three hundred bytes of it in all',
      });
    }
    await sleep(TICK_MS);
  }
  const { pending } = await log.flush();
  if (pending > 0) throw new Error(`${pending} records were not delivered`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / RECORDS;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

for (let round = -2; round < Number(flags.rounds); round++) {
  for (const [mode, log] of Object.entries(modes)) {
    const cost = await second(log);
    if (round >= 0) costs[mode].push(cost);
  }
}
for (const log of Object.values(modes)) await log.close();
receiver.disconnect();

console.log(
  `Node ${process.version}, ${os.cpus().length} x ${os.cpus()[0]?.model}, load ${os.loadavg()[0]?.toFixed(1)}`,
);
console.log(
  `\nCPU per record at 20,000 a second, median of ${flags.rounds} rounds; ratio to memory, median of the rounds`,
);
for (const [mode, values] of Object.entries(costs)) {
  const ratios = values.map((value, round) => value / costs.memory[round]);
  console.log(`  ${mode.padEnd(20)} ${median(values).toFixed(2)} us   ${median(ratios).toFixed(2)} x`);
}

if (!flags['skip-start']) {
  const env = { ...process.env, SPOOL_DIR: path.join(dir, 'backlog') };
  await once(fork(new URL('fill.js', import.meta.url), { env }), 'exit');
  const starter = fork(new URL('start.js', import.meta.url), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [started] = await once(starter, 'message');
  const { readyMs, countedMs, rssMiB, records } = started;
  console.log(`\nstart with a backlog of ${records} records, ${started.spoolMiB} MiB`);
  console.log(
    `  ready after ${readyMs.toFixed(1)} ms, all counted after ${countedMs.toFixed(0)} ms, RSS + ${rssMiB.toFixed(1)} MiB`,
  );
}
rmSync(dir, { recursive: true, force: true });
