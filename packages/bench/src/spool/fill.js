// Leaves a spool of about 250 MiB behind: records that do not shrink, and no backend.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from 'logflume';

const RECORDS = 25_000;
const spool = { dir: process.env.SPOOL_DIR, maxBytes: 512 * 1024 * 1024 };
const log = createLogger({ endpoints: ['http://127.0.0.1:9'], compression: 'none', fallback: 'none', spool });
for (let i = 0; i < RECORDS; i++) {
  log.info(randomBytes(5000).toString('hex'), { i });
  // The disk gets its turn, so that nothing gives way in memory.
  if (i % 500 === 0) await sleep(20);
}
process.exit(0);
