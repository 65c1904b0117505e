// @ts-check
// A backend in a process of its own. It answers at once and counts afterwards, when the sender has ended: what it does with
// the records must not slow the sender down. With `silent` it takes connections and never answers; with `discard` it keeps
// nothing.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { countRecords } from './count-records.js';

const mode = process.argv[2];
/** @type {{ body: Buffer, encoding: string | undefined, type: string }[]} */
const requests = [];
let lastMs = 0;

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => {
    if (mode === 'normal') chunks.push(chunk);
  });
  request.on('end', () => {
    if (mode === 'silent') return;
    const type = request.headers['content-type'] ?? '';
    const isLoki = request.url === '/loki/api/v1/push';
    response.writeHead(isLoki ? 204 : 200, isLoki ? {} : { 'content-type': type });
    response.end(type.includes('json') && !isLoki ? '{}' : undefined);
    lastMs = Date.now();
    if (mode === 'normal')
      requests.push({ body: Buffer.concat(chunks), encoding: request.headers['content-encoding'], type });
  });
});
/** @type {import('node:net').Socket[]} */
const sockets = [];
server.on('connection', (socket) => {
  sockets.push(socket);
  socket.on('error', () => undefined); // A sender that is cut off.
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : 0 });

process.on('message', async () => {
  const wireBytes = sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  process.send?.({ ...countRecords(requests), requests: requests.length, wireBytes, lastMs });
});
process.on('disconnect', () => process.exit(0));
