// Serves a few requests beside a backend for development, and shows what arrived there.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createDevBackend } from '@logflume/dev-backend';
import { createLogger } from 'logflume';
import { createApp } from './app.js';

const backend = await createDevBackend();
const log = createLogger({ name: 'shop', endpoints: [backend.url] });
const server = createServer(createApp(log)).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

for (const path of ['/', '/users/7/orders/12', '/users/7/orders/13', '/nowhere']) {
  await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}
server.close();
await log.close();

for (const { severityText, body, attributes } of backend.records()) console.log({ severityText, body, attributes });
await backend.close();
