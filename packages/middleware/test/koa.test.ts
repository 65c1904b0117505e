import http from 'node:http';
import Router from '@koa/router';
import express from 'express';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { accessLog as expressLog } from '../src/express.ts';
import type { AccessLogOptions } from '../src/index.ts';
import { type AccessLogContext, accessLog } from '../src/koa.ts';
import { accessLog as nodeLog } from '../src/node-http.ts';
import { send } from './client.ts';
import { listen } from './hosts/listen.ts';
import { type Application, Rig, type Sample } from './sample.ts';

type App = Koa<Koa.DefaultState, AccessLogContext>;
type Build = (app: App, mount: () => void, sample: Sample) => void;

/** An application of one's own on the rig of the conformance suite. */
function hostOf(build: Build): Application {
  return {
    async start(sample, options) {
      const app: App = new Koa();
      app.silent = true;
      build(app, () => void app.use(accessLog(options)), sample);
      return listen(http.createServer(app.callback()));
    },
  };
}

describe('the access log of Koa', () => {
  it('tells of an error with a status of its own, whose headers are kept', async () => {
    const host = hostOf((app, mount) => {
      mount();
      app.use((ctx) => ctx.throw(409, 'taken', { headers: { 'retry-after': '7' } }));
    });
    await using rig = await Rig.start(host);
    const { status, body, headers } = await send(rig.url);
    const record = await rig.access();
    expect([status, body, headers['retry-after']]).toEqual([409, 'taken', '7']);
    expect(headers['x-request-id']).toBe(record.attributes['request.id']);
    expect(record).toMatchObject({ severityText: 'WARN', attributes: { 'error.type': 'ConflictError' } });
  });

  it('knows what an error handler before it makes an answer of, and blames no proper one on it', async () => {
    const host = hostOf((app, mount, sample) => {
      app.use(async (ctx, next) => {
        await next().catch(() => {
          ctx.status = ctx.path === '/forgiven' ? 200 : 503;
          ctx.body = 'try later';
        });
      });
      mount();
      app.use(async () => {
        throw sample.failure();
      });
    });
    await using rig = await Rig.start(host);
    await send(`${rig.url}/failed`);
    await send(`${rig.url}/forgiven`);
    const [failed, forgiven] = await rig.received(2);
    expect(failed?.attributes).toMatchObject({ 'http.response.status_code': 503, 'exception.message': 'it broke' });
    expect(forgiven).toMatchObject({ severityText: 'INFO' });
    expect(forgiven?.attributes).not.toHaveProperty(['exception.message']);
    expect(rig.diagnostics).toEqual([]);
  });

  it.each<[string, string, string | undefined, (router: Router) => unknown]>([
    ['of a regular expression', '/a12', '/^\\/a(\\d+)$/', (router) => router.get(/^\/a(\d+)$/, ok)],
    ['of one of several paths', '/b/7', '/b/:id', (router) => router.get(['/a/:id', '/b/:id'], ok)],
    ['of another method is none', '/p', undefined, (router) => router.post('/p', ok)],
  ])('names the route %s', async (_, path, route, build) => {
    const host = hostOf((app, mount) => {
      mount();
      const router = new Router();
      build(router);
      app.use(router.routes()).use(router.allowedMethods());
    });
    await using rig = await Rig.start(host);
    await send(`${rig.url}${path}`);
    expect((await rig.access()).attributes['http.route']).toBe(route);
  });

  it.each<[string, (inner: http.RequestListener, options: AccessLogOptions) => http.RequestListener]>([
    [
      'Express',
      (inner, options) =>
        express()
          .use(expressLog(options as never))
          .use(inner),
    ],
    ['node:http', (inner, options) => nodeLog(options as never).wrap(inner)],
  ])('gives its context the logger of the request inside %s, which logs it', async (_, wrap) => {
    const told: string[] = [];
    const host: Application = {
      async start(_sample, options) {
        const app: App = new Koa();
        app.use(accessLog({ logger: { endpoints: [] }, onDiagnostic: ({ reason }) => told.push(reason) }));
        app.use((ctx) => {
          ctx.log.add({ 'post.kind': 'long' });
          ctx.body = 'ok';
        });
        return listen(http.createServer(wrap(app.callback(), options)));
      },
    };
    await using rig = await Rig.start(host);
    expect((await send(rig.url)).status).toBe(200);
    expect((await rig.access()).attributes['post.kind']).toBe('long');
    expect(told).toEqual(['mountedTwice']);
  });

  it('believes a proxy where Koa does', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
    for (const isTrusted of [false, true]) {
      const host = hostOf((app, mount) => {
        app.proxy = isTrusted;
        mount();
        app.use(ok);
      });
      await using rig = await Rig.start(host);
      await send(rig.url, { headers });
      expect((await rig.access()).attributes).toMatchObject({
        'client.address': isTrusted ? '203.0.113.7' : '127.0.0.1',
        'url.scheme': isTrusted ? 'https' : 'http',
      });
    }
  });
});

function ok(ctx: { body: unknown }): void {
  ctx.body = 'ok';
}
