// @ts-check
// One application with one route, with an access log or none, as a process of its own. It tells its port, and at every
// `report` the CPU it has used: what the access log does after the answers counts as well, so it is waited for.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createLogger } from 'logflume';
import { logByHand } from './by-hand.js';

const { framework, log, url, keepsTick } = JSON.parse(process.argv[2] ?? '{}');
if (keepsTick || log === 'hand') await keepTick();
const logger = url === undefined ? undefined : createLogger({ name: 'bench', endpoints: [url] });
const server = framework === 'express' ? await startExpress() : await startFastify();
const address = server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : 0 });

process.on('message', async () => {
  await logger?.flush();
  const { user, system } = process.cpuUsage();
  const stats = logger?.stats();
  process.send?.({ cpuUs: user + system, delivered: stats?.delivered ?? 0, accepted: stats?.accepted ?? 0 });
});
process.on('disconnect', () => process.exit(0));

/** An access log does so when it is made; this one is in front of nothing. */
async function keepTick() {
  const { accessLog } = await import('@logflume/middleware/node-http');
  accessLog({ logger: createLogger({ endpoints: ['http://127.0.0.1:9'] }) });
}

async function startExpress() {
  const { default: express } = await import('express');
  const app = express();
  if (log === 'pino-http') {
    const { default: pinoHttp } = await import('pino-http');
    app.use(pinoHttp()); // To stdout, which is /dev/null.
  }
  if (log === 'logflume') {
    const { accessLog } = await import('@logflume/middleware/express');
    app.use(accessLog({ logger }));
  }
  if (logger !== undefined && log === 'hand') {
    app.use((request, response, next) => {
      logByHand(logger, request, response, (id) => response.setHeader('x-request-id', id), next);
    });
  }
  app.get('/users/:id', (request, response) => {
    response.json({ id: request.params.id });
  });
  const listening = createServer(app).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return listening;
}

async function startFastify() {
  const { default: fastify } = await import('fastify');
  const app = fastify({ logger: log === 'fastify' }); // To stdout, which is /dev/null.
  if (log === 'logflume') {
    const { accessLog } = await import('@logflume/middleware/fastify');
    app.register(accessLog, { logger });
  }
  if (logger !== undefined && log === 'hand') {
    app.addHook('onRequest', (request, reply, next) => {
      logByHand(logger, request.raw, reply.raw, (id) => reply.header('x-request-id', id), next);
    });
  }
  app.get('/users/:id', async (request) => ({ id: /** @type {{ id: string }} */ (request.params).id }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}
