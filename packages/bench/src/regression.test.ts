import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLogger } from 'logflume';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** Plain JavaScript; a computed address keeps the compiler from asking for its declarations. */
const load = (file: string) => import(new URL(file, import.meta.url).href);
const { messageFirst, attributesFirst } = await load('./harness/calls.js');
const { installed } = await load('./size/installed.js');

let requests = 0;
let wireBytes = 0;
const server = createServer((request, response) => {
  requests++;
  request.on('data', (chunk: Buffer) => {
    wireBytes += chunk.length;
  });
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
});
let logger: ReturnType<typeof createLogger>;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  logger = createLogger({ endpoints: [`http://127.0.0.1:${port}`], compression: 'none' });
});

afterAll(async () => {
  await logger.close();
  server.close();
});

// What counts bytes and requests is exact, and the same on every machine.

it('sends a burst in full batches, and few bytes for a record', async () => {
  const records = 20_000;
  const { plain } = messageFirst(logger);
  for (let i = 0; i < records; i++) plain(i);
  expect(await logger.flush()).toMatchObject({ pending: 0 });
  // 34 for 100,000.
  expect(requests).toBeLessThanOrEqual(Math.ceil(records / 3000));
  expect(wireBytes / records).toBeLessThan(300);
});

it('leaves little garbage', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { plain, messageOnly, disabled } = messageFirst(logger);
  /** The least of some bursts: V8 compiles when it finds the time, and code that is not compiled yet leaves more. */
  const garbage = async (call: (i: number) => void): Promise<number> => {
    const bursts: number[] = [];
    for (let burst = 0; burst < 5; burst++) {
      for (let i = 0; i < 3000; i++) call(i);
      await logger.flush();
      collect();
      const before = process.memoryUsage().heapUsed;
      // Few enough that nothing is collected meanwhile.
      for (let i = 0; i < 300; i++) call(i);
      bursts.push((process.memoryUsage().heapUsed - before) / 300);
    }
    return Math.min(...bursts);
  };
  // Of these the call's own objects are about 400 bytes, which is the application's.
  expect(await garbage(plain)).toBeLessThan(1000);
  expect(await garbage(messageOnly)).toBeLessThan(400);
  expect(await garbage(disabled)).toBeLessThan(50);
});

it('costs no more time than printing does, by far', async () => {
  const printer = pino({}, pino.destination({ dest: '/dev/null', sync: true }));
  const [log, print] = [messageFirst(logger).plain, attributesFirst(printer).plain];
  const timeOf = (call: (i: number) => void): number => {
    const start = performance.now();
    for (let i = 0; i < 2000; i++) call(i);
    return performance.now() - start;
  };
  // Three quarters of pino's time is what is measured, of code that is not warm yet. The best of some rounds is what a busy
  // machine disturbs least; where that is not enough, further rounds tell a disturbance from a loss.
  let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 9 || (round < 60 && ours >= theirs * 1.5); round++) {
    ours = Math.min(ours, timeOf(log));
    theirs = Math.min(theirs, timeOf(print));
    await logger.flush();
  }
  expect(ours).toBeLessThan(theirs * 1.5);
});

it('installs few packages and files', () => {
  const { packages, bytes } = installed(['logflume']);
  expect(packages.length, packages.join('\n')).toBeLessThanOrEqual(38);
  expect(bytes / 1_000_000).toBeLessThan(9);
});
