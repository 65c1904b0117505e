import { availableParallelism } from 'node:os';
import { inspect, parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { simulate } from '@logflume/testing';

// npm run simulate -- --seed 42             one run, with every step
// npm run simulate -- --runs 1000000        many, on all processors; --from 5000 begins elsewhere
// --disk yes or --disk no: all of them with a spool, or none; --ordered yes or no: in order, or not; else chance decides

const REPORT_EVERY_MS = 10_000;

if (isMainThread) await main();
else await work(workerData);

async function main() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      disk: { type: 'string' },
      ordered: { type: 'string' },
      runs: { type: 'string', default: '20000' },
      from: { type: 'string', default: '0' },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const options = { disk: toBoolean(values.disk), ordered: toBoolean(values.ordered) };
  if (values.seed !== undefined) return showOne(Number(values.seed), options);
  await runMany(Number(values.from), Number(values.runs), { workers: Number(values.workers), options });
}

function toBoolean(flag) {
  return flag === undefined ? undefined : flag !== 'no';
}

async function showOne(seed, options) {
  const summary = await simulate(seed, { ...options, onStep: say }).catch(explain);
  if (summary !== undefined) say(inspect(summary));
}

async function runMany(from, runs, { workers, options }) {
  const startMs = performance.now();
  const totals = {};
  let done = 0;
  let toldMs = startMs;
  const tell = () => {
    const seconds = (performance.now() - startMs) / 1000;
    const violations = process.exitCode === 1 ? 'VIOLATIONS' : 'no violation';
    say(`${done} of ${runs} runs in ${seconds.toFixed(0)} s, ${violations}`);
  };
  await Promise.all(
    Array.from({ length: workers }, (_, at) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { from: from + at, to: from + runs, workers, options },
      });
      worker.on('message', ({ finished, sums, failure }) => {
        if (failure !== undefined) explain(failure);
        done += finished;
        for (const [name, count] of Object.entries(sums)) totals[name] = (totals[name] ?? 0) + count;
        if (performance.now() - toldMs < REPORT_EVERY_MS) return;
        toldMs = performance.now();
        tell();
      });
      return new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
    }),
  );
  tell();
  say(inspect(totals));
}

async function work({ from, to, workers, options }) {
  for (let seed = from; seed < to; seed += workers * 100) {
    const sums = {};
    let finished = 0;
    for (let at = seed; at < Math.min(to, seed + workers * 100); at += workers) {
      const summary = await simulate(at, options).catch((failure) => {
        parentPort.postMessage({ finished: 0, sums: {}, failure: String(failure) });
      });
      finished++;
      add(sums, summary ?? {});
    }
    parentPort.postMessage({ finished, sums });
  }
}

function add(sums, { seed, dropped = {}, ...counts }) {
  const reasons = Object.entries(dropped).map(([reason, count]) => [`dropped.${reason}`, count]);
  for (const [name, count] of [...Object.entries(counts), ...reasons]) sums[name] = (sums[name] ?? 0) + Number(count);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function explain(failure) {
  process.exitCode = 1;
  process.stderr.write(`${failure}\n`);
}
