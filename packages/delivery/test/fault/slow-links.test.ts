import { expect, it } from 'vitest';
import { answering, Inbox, serveHttp } from './backend.ts';
import { createSender } from './sender.ts';
import { type Link, serveSlowly } from './slow-relay.ts';

const texts = Array.from({ length: 40 }, (_, i) => `${i}`.padEnd(100, '.'));

it.each<[string, Link]>([
  ['of 10 KB a second (F34)', { pieceBytes: 500, paceMs: () => 50 }],
  ['that passes one byte at a time (F35)', { pieceBytes: 1, paceMs: () => 0 }],
  // A tenth of the two seconds ± one of the fault, so that the test ends: what adapts is a ratio.
  ['with a latency of 200 ms ± 100 (F36)', { pieceBytes: 1 << 20, paceMs: () => 100 + Math.random() * 200 }],
])('a link %s delivers everything once, with no failure, and the requests under way stay few', async (_what, link) => {
  const inbox = new Inbox();
  await using server = await serveHttp(
    answering(inbox, (request, response) => {
      inbox.keep(request);
      response.writeHead(200, { 'content-type': 'application/x-texts' });
      response.end('0|read to the end');
    }),
  );
  await using relay = await serveSlowly(server.port, link);
  await using sender = createSender([relay.url], { batch: { maxRecords: 4 }, timeoutMs: 20_000 });
  expect(await sender.send(...texts)).toBe(true);
  expect(inbox.texts.sort()).toEqual([...texts].sort());
  expect(inbox.duplicates).toBe(0);
  expect(relay.connections).toBeLessThanOrEqual(8);
  expect(sender.delivery.stats()).toMatchObject({ delivered: 40, endpoints: [{ failures: 0, inFlight: 0 }] });
  await expect.poll(() => sender.diagnostics.map(({ message }) => message).join()).toContain('read to the end');
});
