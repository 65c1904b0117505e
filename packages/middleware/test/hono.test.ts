import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { methodOverride } from 'hono/method-override';
import { describe, expect, it } from 'vitest';
import { type AccessLogEnv, accessLog } from '../src/hono.ts';
import type { AccessLogOptions } from '../src/index.ts';
import { send } from './client.ts';
import { type Application, Rig } from './sample.ts';

interface Started {
  readonly rig: Rig;
  /** As a runtime without `node:http` calls an application. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

async function start(
  build: (app: Hono<AccessLogEnv>, rig: () => Rig) => void,
  options: AccessLogOptions = {},
): Promise<Started> {
  const app = new Hono<AccessLogEnv>();
  const host: Application = {
    async start(_sample, given) {
      app.use(accessLog(given as AccessLogOptions<Request>));
      return { url: 'https://shop.example', close: async () => undefined };
    },
  };
  const rig = await Rig.start(host, options);
  build(app, () => rig);
  const fetch = async (path: string, init?: RequestInit): Promise<Response> =>
    app.fetch(new Request(`${rig.url}${path}`, init), {});
  return { rig, fetch };
}

describe('the access log of Hono in a runtime without node:http', () => {
  it('has one record, its records inside carry id and trace, and the answer is the same with the id', async () => {
    const { rig, fetch } = await start((app, own) => {
      const users = new Hono<AccessLogEnv>().get('/:id', async (c) => {
        c.var.log.add({ 'user.tier': 'gold' });
        await new Promise(setImmediate);
        own().logger.info('inside');
        c.header('set-cookie', 'seen=yes');
        return c.json({ id: c.req.param('id') }, 201);
      });
      app.route('/api', new Hono<AccessLogEnv>().route('/users', users));
    });
    await using _ = rig;
    const headers = {
      'x-request-id': 'one',
      'user-agent': 'probe/1.0',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'gopher',
    };
    const answer = await fetch('/api/users/7?token=s3cret-value', { headers });
    expect([answer.status, await answer.json(), answer.headers.get('x-request-id')]).toEqual([201, { id: '7' }, 'one']);
    expect(answer.headers.get('set-cookie')).toBe('seen=yes');
    const [inside, record] = await rig.received();
    expect(inside).toMatchObject({ body: 'inside', attributes: { 'request.id': 'one' } });
    expect(inside?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(record?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/api/users/:id',
      'url.path': '/api/users/7',
      'url.scheme': 'https', // What a client writes into forwarding headers is not believed.
      'http.response.status_code': 201,
      'user_agent.original': 'probe/1.0',
      'http.response.body.size': 10,
      'http.server.request.duration': expect.any(Number),
      'logflume.time_to_first_byte': expect.any(Number),
      'request.id': 'one',
      'user.tier': 'gold',
    });
    expect(JSON.stringify(rig.backend.records())).not.toContain('s3cret-value');
  });

  it('tells what was thrown, whoever answers it, and blames no proper answer on it', async () => {
    const { rig, fetch } = await start((app) => {
      app.onError((error, c) => (c.req.path === '/forgiven' ? c.text('fine') : c.text(error.message, 500)));
      for (const path of ['/failed', '/forgiven']) {
        app.get(path, () => {
          throw new TypeError('it broke');
        });
      }
      const own = new Hono<AccessLogEnv>().get('/teapot', () => {
        throw new HTTPException(418, { message: 'short and stout' });
      });
      own.onError((_error, c) => c.text('no coffee', 418));
      app.route('/own', own);
    });
    await using _ = rig;
    for (const path of ['/failed', '/forgiven', '/own/teapot']) await (await fetch(path)).text();
    const records = await rig.received(3);
    expect(records.map(({ attributes }) => [attributes['url.path'], attributes['exception.message']])).toEqual([
      ['/failed', 'it broke'],
      ['/forgiven', undefined],
      ['/own/teapot', 'short and stout'],
    ]);
    expect(records.map(({ severityText }) => severityText)).toEqual(['ERROR', 'INFO', 'WARN']);
  });

  it('throws on what is no error, as Hono does', async () => {
    const { rig, fetch } = await start((app) => {
      app.get('/', () => {
        throw 'a text';
      });
    });
    await using _ = rig;
    await expect(fetch('/')).rejects.toBe('a text');
    expect(await rig.access()).toMatchObject({
      severityText: 'ERROR',
      attributes: { 'http.response.status_code': 500, 'http.route': '/', 'exception.message': 'a text' },
    });
  });

  it.each<[string, string, string | undefined]>([
    ['that passed on to another', '/p/7', '/p/:second'],
    ['of all methods', '/all', '/all'],
    ['of middleware that answers is none', '/admin/7', undefined],
    ['where there is none', '/nowhere', undefined],
  ])('names the route %s', async (_, path, route) => {
    const { rig, fetch } = await start((app) => {
      app.get('/p/:first', (_c, next) => next()).get('/p/:second', (c) => c.text('ok'));
      app.all('/all', (c) => c.text('ok'));
      app.use('/admin/*', async (c) => c.text('no', 401));
      app.get('/admin/:id', (c) => c.text('secret'));
    });
    await using _rig = rig;
    await (await fetch(path)).text();
    expect((await rig.access()).attributes['http.route']).toBe(route);
  });

  it('ends with the last byte of a streamed answer, or when the client is gone', async () => {
    const { rig, fetch } = await start((app) => {
      app.get('/stream', () => {
        let left = 3;
        const pull = (controller: ReadableStreamDefaultController): void => {
          if (left-- > 0) controller.enqueue(new Uint8Array(5));
          else controller.close();
        };
        return new Response(new ReadableStream({ pull }));
      });
      app.get('/hang', () => new Promise<Response>(() => undefined));
    });
    await using _ = rig;
    expect((await (await fetch('/stream')).arrayBuffer()).byteLength).toBe(15);
    const client = new AbortController();
    void fetch('/hang', { signal: client.signal });
    client.abort();
    const [cut, whole] = (await rig.received(2)).sort((a, b) => b.severityNumber - a.severityNumber);
    expect(whole?.attributes).toMatchObject({ 'http.response.body.size': 15, 'http.route': '/stream' });
    expect(cut).toMatchObject({
      severityText: 'WARN',
      body: 'GET /hang aborted',
      attributes: { 'http.route': '/hang' },
    });
  });

  it('carries bodies of failed requests that the application read, and reads none itself', async () => {
    const { rig, fetch } = await start(
      (app) => {
        app.post('/refuse', async (c) => {
          await c.req.json();
          return c.text('no', 400);
        });
        app.post('/unread', (c) => c.text('no', 400));
      },
      { bodies: { request: ['application/json'] } },
    );
    await using _ = rig;
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"ann","password":"s3cret-value"}',
    };
    for (const path of ['/refuse', '/unread']) await (await fetch(path, init)).text();
    const [refused, unread] = await rig.received(2);
    expect(refused?.attributes).toMatchObject({
      'logflume.request.body': { name: 'ann', password: '[redacted]' },
      'http.request.body.size': 40,
    });
    expect(unread?.attributes).not.toHaveProperty(['logflume.request.body']);
  });

  it('logs once when used twice, which is said', async () => {
    const { rig, fetch } = await start((app, own) => {
      app.use(accessLog({ logger: own().logger, onDiagnostic: () => diagnostics.push('second') }));
      app.get('/', (c) => c.text('ok'));
    });
    const diagnostics: string[] = [];
    await using _ = rig;
    await (await fetch('/')).text();
    await rig.access();
    expect(diagnostics).toEqual(['second']);
  });
});

/** Served by fetch alone, and by node:http below it. */
describe.each(['fetch', '@hono/node-server'])('the access log of Hono where a request is handed on, by %s', (by) => {
  const ask = async (
    build: (app: Hono<AccessLogEnv>) => void,
    path: string,
    init: { method: string; headers: Record<string, string> },
  ): Promise<{ rig: Rig; status: number; id: unknown }> => {
    if (by === 'fetch') {
      const { rig, fetch } = await start(build);
      const answer = await fetch(path, init);
      await answer.text();
      return { rig, status: answer.status, id: answer.headers.get('x-request-id') };
    }
    const rig = await Rig.start({
      async start(_sample, given) {
        const app = new Hono<AccessLogEnv>();
        app.use(accessLog(given as AccessLogOptions<Request>));
        build(app);
        return new Promise((resolve) => {
          const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
            resolve({
              url: `http://127.0.0.1:${port}`,
              close: () => new Promise((done) => void server.close(() => done())),
            }),
          );
        });
      },
    });
    const { status, headers } = await send(`${rig.url}${path}`, init);
    return { rig, status, id: headers['x-request-id'] };
  };

  it('has one record of a request whose method another middleware changes, and its logger inside', async () => {
    const build = (app: Hono<AccessLogEnv>): void => {
      app.use(methodOverride({ app, header: 'x-method' }));
      app.delete('/posts/:id', (c) => {
        c.var.log.info('deleting');
        throw new TypeError('it broke');
      });
      app.onError((error, c) => c.text(error.message, 503));
    };
    const headers = { 'x-method': 'DELETE', 'user-agent': 'probe/1.0' };
    const { rig, status, id } = await ask(build, '/posts/7', { method: 'POST', headers });
    await using _ = rig;
    const records = await rig.received();
    expect([status, records.map(({ body }) => body)]).toEqual([503, ['deleting', 'POST /posts/7 503']]);
    for (const { attributes } of records) expect(attributes['request.id']).toBe(id);
    expect(records[1]?.attributes).toMatchObject({ 'http.route': '/posts/:id', 'exception.message': 'it broke' });
    expect(rig.diagnostics).toEqual([]);
  });

  it('has one record of a request to an application inside that has an access log too', async () => {
    const told: string[] = [];
    const build = (app: Hono<AccessLogEnv>): void => {
      const inner = new Hono<AccessLogEnv>();
      inner.use(accessLog({ logger: { endpoints: [] }, onDiagnostic: ({ reason }) => told.push(reason) }));
      inner.get('/posts/:id', (c) => {
        c.var.log.add({ 'post.kind': 'long' });
        return c.text('ok');
      });
      app.mount('/sub', inner.fetch);
    };
    const { rig, status, id } = await ask(build, '/sub/posts/7', { method: 'GET', headers: { 'user-agent': 'a' } });
    await using _ = rig;
    expect(status).toBe(200);
    const { body, attributes } = await rig.access();
    expect([body, attributes['request.id'], attributes['post.kind']]).toEqual(['GET /sub/posts/7 200', id, 'long']);
    expect(told).toEqual(['mountedTwice']);
  });
});

it.each(['/page', '/v1/data'])(
  'has a record of its own of a request that an application makes to itself: %s',
  async (path) => {
    const { rig, fetch } = await start((app) => {
      // With what the client sent, as proxies do, by a path with which the first one may end.
      app.get(path, async (c) => c.text(await (await app.request('/data', { headers: c.req.raw.headers })).text()));
      app.get('/data', (c) => c.text('data'));
    });
    await using _ = rig;
    expect(await (await fetch(path)).text()).toBe('data');
    expect((await rig.received(2)).map(({ body }) => body)).toEqual(['GET /data 200', `GET ${path} 200`]);
  },
);
