// @ts-check
// One contestant at a steady rate for some seconds, after a second to warm up: what it costs, and how long it holds up the
// event loop. Without a contestant it is the harness alone.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from '../contestants/list.js';

const WARM_UP_MS = 1000;
const TURN_MS = 4;

const { file, url, options, rate, seconds, isCut } = JSON.parse(process.argv[2] ?? '{}');
const { calls, end } =
  file === undefined
    ? { calls: { plain: () => undefined }, end: () => undefined }
    : await (await load(file)).create(url, options ?? {});
const records = rate * seconds + (rate * WARM_UP_MS) / 1000;
const delay = monitorEventLoopDelay({ resolution: 1 });
let before = process.cpuUsage();
let counted = 0;
const startMs = performance.now();
for (let i = 0, isWarm = false; i < records; ) {
  const passedMs = performance.now() - startMs;
  if (!isWarm && passedMs >= WARM_UP_MS) {
    isWarm = true;
    before = process.cpuUsage();
    counted = records - i;
    delay.enable();
  }
  // What was missed is made up for, as an application with a queue of requests does.
  for (const due = Math.min(records, (passedMs / 1000) * rate); i < due; i++) calls.plain(i);
  await sleep(TURN_MS);
}
delay.disable();
const rssMb = process.resourceUsage().maxRSS / 1024;
const alive = setInterval(() => undefined, 1000);
// With a backend that is down, an end may take as long as it likes.
if (isCut !== true) await end();
clearInterval(alive);
const { user, system } = process.cpuUsage(before);
const result = {
  cpuUs: (user + system) / counted,
  delayP99Ms: delay.percentile(99) / 1e6,
  delayMaxMs: delay.max / 1e6,
  rssMb,
  records,
};
process.send?.(result, () => process.exit(0));
