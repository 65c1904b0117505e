// Starts with the spool that fill.js left, and says what that took.
import { readdirSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from 'logflume';

const dir = process.env.SPOOL_DIR;
const spoolBytes = readdirSync(dir, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .reduce((sum, entry) => sum + statSync(`${entry.parentPath}/${entry.name}`).size, 0);
// One logger before, so that what any logger takes is not counted.
await createLogger({ endpoints: ['http://127.0.0.1:9'], fallback: 'none' }).close({ timeoutMs: 1 });
globalThis.gc?.();
const before = process.memoryUsage().rss;
const startMs = performance.now();
const log = createLogger({
  endpoints: ['http://127.0.0.1:9'],
  fallback: 'none',
  spool: { dir, maxBytes: 512 * 1024 * 1024 },
});
log.info('first');
const readyMs = performance.now() - startMs;
let records = 0;
for (let same = 0; same < 5; ) {
  await sleep(50);
  const { spooled } = log.stats();
  same = spooled === records && spooled > 1 ? same + 1 : 0;
  records = spooled;
}
const countedMs = performance.now() - startMs - 250;
const rssMiB = (process.memoryUsage().rss - before) / 1024 / 1024;
process.send({ readyMs, countedMs, rssMiB, records, spoolMiB: Math.round(spoolBytes / 1024 / 1024) });
process.exit(0);
