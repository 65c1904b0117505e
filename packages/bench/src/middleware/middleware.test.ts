import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';

/** Plain JavaScript; a computed address keeps the compiler from asking for its declarations. */
const load = (file: string) => import(new URL(file, import.meta.url).href);
const { addedBy } = await load('./paired.js');
const { sendBurst } = await load('./load.js');

it('takes what is added from the bare application of the same round, and the median of it', () => {
  const round = (slow: number, theirs: number, ours: number) => ({
    bare: 100 * slow,
    theirs: 100 * slow + theirs,
    ours: 100 * slow + ours,
  });
  // A machine that is three times slower in one round, and a round that somebody disturbed.
  const added = addedBy([round(1, 10, 4), round(3, 10, 4), round(1, 900, 4)]);
  expect(added).toEqual({ bare: 100, theirs: 10, ours: 4, ratio: 0.4 });
});

it('sends as many requests as it was told, each when the one before it was answered', async () => {
  let answered = 0;
  const server = createServer((_request, response) => {
    answered++;
    response.write('in two');
    response.end(' pieces');
  });
  // With a length, as the clients of a benchmark read it; the body comes in pieces all the same.
  server.prependListener('request', (_request, response) => void response.setHeader('content-length', 13));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await sendBurst({ port, path: '/', connections: 2, amount: 9 })).toHaveLength(9);
  expect(answered).toBe(9);
  server.closeAllConnections();
  server.close();
});
