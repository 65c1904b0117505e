// Compiled, not run: what functions among the options may read of a framework's request, and where an access log fits.
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import Router from '@koa/router';
import express from 'express';
import express4 from 'express-4';
import fastify, { type FastifyRequest } from 'fastify';
import Koa from 'koa';
import type { Logger } from 'logflume';
import { accessLog as expressLog } from '../src/express.ts';
import { createFastifyLogger, accessLog as fastifyLog } from '../src/fastify.ts';
import type { Exchange } from '../src/index.ts';
import { type AccessLogContext, accessLog as koaLog } from '../src/koa.ts';
import { accessLog as nodeLog } from '../src/node-http.ts';

export function takesExpress(): void {
  for (const app of [express(), express4()]) {
    app.use(expressLog());
    app.use(expressLog({ ignore: (request) => request.path === '/x' || request.get('user-agent') === 'probe' }));
    app.use(
      expressLog({ attributes: ({ request }) => ({ 'user.id': request.params['id'], page: request.query['page'] }) }),
    );
    app.use(expressLog({ ignore: (request: express.Request) => request.hostname === 'internal' }));
    app.use(expressLog<express.Request>({ ignore: ({ cookies }) => cookies !== undefined }));
    // @ts-expect-error: no request has it.
    app.use(expressLog({ ignore: (request) => request.pathname === '/x' }));
  }
}

interface State {
  user: string;
}

export function takesKoa(): void {
  const app = new Koa<State, AccessLogContext>();
  app.use(koaLog());
  app.use(koaLog({ ignore: (context) => context.path === '/x' || context.get('user-agent') === 'probe' }));
  app.use(
    koaLog({
      attributes: ({ request }: Exchange<Koa.ParameterizedContext<State>>) => ({ user: request.state.user }),
    }),
  );
  app.use(koaLog<Koa.ParameterizedContext<State>>({ attributes: ({ request }) => ({ user: request.state.user }) }));
  app.use(new Router<State, AccessLogContext>().get('/', (context) => context.log.info('x')).routes());
}

export function takesServers(): void {
  const serve = nodeLog().wrap((request, response) => void response.end(request.id));
  createServer(serve);
  createTlsServer({}, serve);
  createSecureServer({ allowHTTP1: true }, serve);
}

export function takesFastify(log: Logger): void {
  const app = fastify({ loggerInstance: createFastifyLogger(log) });
  app.register(fastifyLog);
  app.register(fastifyLog, { logger: log, ignore: (request) => request.headers['x-internal'] === '1' });
  app.register(fastifyLog, {
    attributes: ({ request }) => ({ url: request.url, method: request.method, page: request.query }),
  });
  app.register(fastifyLog, { ignore: (request: FastifyRequest) => request.hostname === 'internal' });
  app.get('/', async (request) => request.log.add({ a: 1 }));
  fastify().register(fastifyLog, { logger: log });
  fastify({ http2: true }).register(fastifyLog, { logger: log });
}
