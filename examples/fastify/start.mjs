// Serves a few requests beside a backend for development, and shows what arrived there.
import { createDevBackend } from '@logflume/dev-backend';
import { createLogger } from 'logflume';
import { createApp } from './app.js';

const backend = await createDevBackend();
const log = createLogger({ name: 'shop', endpoints: [backend.url] });
const app = createApp(log);
const url = await app.listen({ port: 0, host: '127.0.0.1' });

for (const path of ['/', '/users/7/orders/12', '/users/7/orders/13', '/nowhere']) {
  await (await fetch(`${url}${path}`)).text();
}
await app.close();
await log.close();

for (const { severityText, body, attributes } of backend.records()) console.log({ severityText, body, attributes });
await backend.close();
