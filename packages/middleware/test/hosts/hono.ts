import type http from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { type AccessLogEnv, accessLog } from '../../src/hono.ts';
import type { Host, Sample } from '../sample.ts';
import { listen } from './listen.ts';

/** The sample on Hono and node:http. */
export const hono4: Host = {
  name: 'Hono 4',
  hasRoutes: true,
  hasErrors: true,
  knowsOrder: false,
  async start(sample, options, mount) {
    const app = new Hono<AccessLogEnv>();
    app.use(accessLog(options));
    if (mount === 'twice') app.use(accessLog(options));
    addSample(app, sample);
    return listen(createAdaptorServer({ fetch: app.fetch, autoCleanupIncoming: false }) as http.Server);
  },
};

function addSample(app: Hono<AccessLogEnv>, sample: Sample): void {
  app.onError((_error, c) => c.text('failed', 500)); // Hono's own prints what was thrown.
  const orders = new Hono<AccessLogEnv>().get('/orders/:order', async (c) => c.text(await sample.text()));
  app.route('/api', new Hono<AccessLogEnv>().route('/users/:user', orders));
  app.get('/hello', async (c) => c.text(await sample.text()));
  app.get('/healthz', (c) => c.text('well'));
  app.post('/echo', async (c) => {
    await c.req.json();
    return c.text(await sample.text());
  });
  app.post('/refuse', async (c) => {
    await c.req.json();
    return c.json(sample.refusal, 400);
  });
  app.get('/sync-error', () => {
    throw sample.failure();
  });
  app.get('/async-error', async () => {
    await new Promise(setImmediate);
    throw sample.failure();
  });
  app.get('/status/:code', (c) => c.body(null, Number(c.req.param('code')) as StatusCode));
  app.get('/stream', () => new Response(streamOf(sample.chunks)));
  app.get('/hang', () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('begun'));
        sample.hung();
      },
    });
    return new Response(body);
  });
  app.get('/add', (c) => {
    const { log } = c.var;
    sample.add(log);
    (c.env as HttpBindings).outgoing.on('close', () => sample.addLate(log));
    return c.text('added');
  });
  app.get('/meet/:number', async (c) => c.text(await sample.meet(c.req.param('number'))));
}

/** A body that comes piece by piece. */
function streamOf(chunks: readonly string[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
}
