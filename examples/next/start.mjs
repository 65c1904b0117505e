// Serves a few requests beside a backend for development, and shows what arrived there. Next compiles what is asked for:
// the first answers take some seconds.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';
import next from 'next';

const backend = await createDevBackend();
process.env['LOGFLUME_ENDPOINTS'] = backend.url;
const app = next({ dev: true, dir: fileURLToPath(new URL('.', import.meta.url)), turbopack: true });
await app.prepare();
const handle = app.getRequestHandler();
const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

for (const path of ['/api/users/7', '/api/users/13', '/old']) {
  const { status } = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual' });
  console.log(path, status);
}
await backend.waitFor(3);
for (const { severityText, body, attributes } of backend.records()) console.log({ severityText, body, attributes });
console.log(`serving on http://127.0.0.1:${port}, Ctrl+C ends it`); // Next has no end of its own in a server like this.
