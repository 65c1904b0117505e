import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { asPublished } from '../../../test/as-published.ts';

/**
 * A large nursery: V8 grows one as an application runs, and only there does a request that is taken for long-lived take
 * all that come after it along. Old objects have room, so that nothing is cleaned up before it is counted.
 */
const FLAGS = ['--min-semi-space-size=16', '--initial-old-space-size=1024'];

// One collection of the young generation is 0.3 ms where requests die young, and 20 ms where they do not.
it.each(['node:http', 'express', 'fastify', 'koa', 'hono'])('lets requests of %s die young', async (name) => {
  const program = asPublished(fileURLToPath(new URL('fixtures/promoted.js', import.meta.url)));
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, program, name]);
  const { bare, logged } = JSON.parse(stdout);
  // Bytes for each request: batches and code are 500, and 1,500 where Express 5 on Node 20 has 13,000 of its own. With a
  // function of its own on each response it was 2,700 to 7,800.
  expect(logged - bare).toBeLessThan(2200);
});
