// Serves a few requests beside a backend for development, and shows what arrived there.
import 'reflect-metadata';
import { createDevBackend } from '@logflume/dev-backend';
import { createLogger } from 'logflume';
import { createApp } from './app.ts';

const backend = await createDevBackend();
const log = createLogger({ name: 'shop', endpoints: [backend.url] });
const app = await createApp(log);
await app.listen(0, '127.0.0.1');

for (const order of ['12', '13', '14']) await (await fetch(`${await app.getUrl()}/users/7/orders/${order}`)).text();
await app.close();
await log.close();

for (const { severityText, body, attributes } of backend.records()) console.log({ severityText, body, attributes });
await backend.close();
