import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { accessLog, type FastifyLogger } from '../../src/fastify.ts';
import type { Host, RunningHost } from '../sample.ts';

/** The sample on Fastify, which has no logger of its own here. */
export const fastify5: Host = {
  name: 'Fastify 5',
  hasRoutes: true,
  hasErrors: true,
  knowsOrder: false,
  async start(sample, options, mount) {
    const app = fastify({ forceCloseConnections: true });
    app.register(accessLog, options);
    if (mount === 'twice')
      app.register(async (child) => void child.register(accessLog, options).get('/hello', () => sample.text()));
    else app.get('/hello', () => sample.text());
    app.register(
      async (api) => {
        api.register(async (orders) => void orders.get('/orders/:order', () => sample.text()), {
          prefix: '/users/:user',
        });
      },
      { prefix: '/api' },
    );
    app.get('/healthz', () => 'well');
    app.post('/echo', () => sample.text());
    app.post('/refuse', (_request, reply) => reply.code(400).send(sample.refusal));
    app.get('/sync-error', () => {
      throw sample.failure();
    });
    app.get('/async-error', async () => {
      await new Promise(setImmediate);
      throw sample.failure();
    });
    app.get<{ Params: { code: string } }>('/status/:code', (request, reply) =>
      reply.code(Number(request.params.code)).send(),
    );
    app.get('/stream', (_request, reply) => reply.send(Readable.from(sample.chunks)));
    app.get('/hang', (_request, reply) => {
      reply.hijack();
      reply.raw.write('begun');
      sample.hung();
    });
    app.get('/add', (request, reply) => {
      const log = request.log as FastifyLogger; // The type is Fastify's, of any logger.
      sample.add(log);
      reply.raw.on('close', () => sample.addLate(log));
      return 'added';
    });
    app.get<{ Params: { number: string } }>('/meet/:number', (request) => sample.meet(request.params.number));
    return listenFastify(app);
  },
};

/** Lets an application listen on a free port of the loopback. */
export async function listenFastify(app: FastifyInstance): Promise<RunningHost> {
  const url = await app.listen({ host: '127.0.0.1', port: 0, backlog: 2000 });
  return { url, close: () => app.close() };
}
