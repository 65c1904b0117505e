import http from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import Router from '@koa/router';
import Koa from 'koa';
import { type AccessLogContext, accessLog } from '../../src/koa.ts';
import type { Host } from '../sample.ts';
import { listen } from './listen.ts';

/** The sample on Koa, with the router most applications have. */
export const koa3: Host = {
  name: 'Koa 3',
  hasRoutes: true,
  hasErrors: true,
  knowsOrder: true,
  async start(sample, options, mount) {
    const app = new Koa<Koa.DefaultState, AccessLogContext>();
    app.silent = true; // Else Koa prints what was thrown.
    const router = new Router<Koa.DefaultState, AccessLogContext>();
    const orders = new Router<Koa.DefaultState, AccessLogContext>();
    orders.get('/orders/:order', async (ctx) => {
      ctx.body = await sample.text();
    });
    const api = new Router<Koa.DefaultState, AccessLogContext>({ prefix: '/api' });
    api.use('/users/:user', orders.routes());
    if (mount === 'late') app.use(new Router().get('/early', () => undefined).routes());
    app.use(accessLog(options));
    if (mount === 'twice') app.use(accessLog(options));
    app.use(async (ctx, next) => {
      if (ctx.method === 'POST') Reflect.set(ctx.request, 'body', JSON.parse(await readText(ctx.req)));
      return next();
    });
    router.get('/hello', async (ctx) => {
      ctx.body = await sample.text();
    });
    router.get('/healthz', (ctx) => {
      ctx.body = 'well';
    });
    router.post('/echo', async (ctx) => {
      ctx.body = await sample.text();
    });
    router.post('/refuse', (ctx) => {
      ctx.status = 400;
      ctx.body = sample.refusal;
    });
    router.get('/sync-error', () => {
      throw sample.failure();
    });
    router.get('/async-error', async () => {
      await new Promise(setImmediate);
      throw sample.failure();
    });
    router.get('/status/:code', (ctx) => {
      ctx.body = null; // It makes the status 204.
      ctx.status = Number(ctx.params['code']);
    });
    router.get('/stream', (ctx) => {
      ctx.body = Readable.from(sample.chunks);
    });
    router.get('/hang', (ctx) => {
      const body = new PassThrough();
      body.write('begun');
      ctx.body = body;
      sample.hung();
    });
    router.get('/add', (ctx) => {
      const { log } = ctx;
      sample.add(log);
      ctx.res.on('close', () => sample.addLate(log));
      ctx.body = 'added';
    });
    router.get('/meet/:number', async (ctx) => {
      ctx.body = await sample.meet(String(ctx.params['number']));
    });
    app.use(api.routes()).use(router.routes());
    return listen(http.createServer(app.callback()));
  },
};

async function readText(request: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
