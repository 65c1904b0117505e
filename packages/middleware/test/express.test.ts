import http from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import express5 from 'express';
import express4 from 'express-4';
import { describe, expect, it } from 'vitest';
import { accessLog } from '../src/express.ts';
import type { AccessLogOptions } from '../src/index.ts';
import { abandon, send } from './client.ts';
import { listen } from './hosts/listen.ts';
import { type Application, isAccess, Rig } from './sample.ts';

/** An application of one's own on the rig of the conformance suite. */
function hostOf(
  build: (app: express5.Express, express: typeof express5) => void,
  express: typeof express5,
): Application {
  return {
    async start(_sample, options) {
      const app = express();
      app.set('env', 'test');
      app.use(accessLog(options));
      build(app, express);
      return listen(http.createServer(app));
    },
  };
}

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('the route in %s', (name, express) => {
  it.each<[string, string, string | undefined, (app: express5.Express, own: typeof express5) => void]>([
    ['of a mounted application', '/sub/7', '/sub/:id', (app, own) => app.use('/sub', own().get('/:id', ok))],
    ['of a router at the root', '/x/7', '/x/:id', (app, own) => app.use(own.Router().get('/x/:id', ok))],
    ['that is the root of its router', '/api', '/api', (app, own) => app.use('/api', own.Router().get('/', ok))],
    ['of a regular expression', '/a12', '/^\\/a(\\d+)$/', (app) => app.get(/^\/a(\d+)$/, ok)],
    [
      'of several paths',
      '/b/7',
      name === 'Express 5' ? '/b/:id' : '/a/:id|/b/:id',
      (app) => app.get(['/a/:id', '/b/:id'], ok),
    ],
    [
      'that another one passed on to',
      '/p/7',
      '/p/:second',
      (app) => app.get('/p/:first', (_q, _s, next) => next()).get('/p/:second', ok),
    ],
    ['of middleware is none', '/m/7', undefined, (app) => app.use('/m', ok)],
    [
      'for all paths is none where nothing was found',
      '/m/7',
      undefined,
      (app) => app.all(name === 'Express 5' ? '/m*path' : '/m*', (_q, _s, next) => next()),
    ],
    [
      'for all paths of one method is one also where it says that nothing was found',
      '/m/7',
      name === 'Express 5' ? '/m*path' : '/m*',
      (app) => app.get(name === 'Express 5' ? '/m*path' : '/m*', (_q, response) => void response.status(404).end()),
    ],
    [
      'for all paths is one where it answers',
      '/m/7',
      name === 'Express 5' ? '/m*path' : '/m*',
      (app) => app.all(name === 'Express 5' ? '/m*path' : '/m*', ok),
    ],
    [
      'after a router that did not answer',
      '/r/7',
      '/r/:late',
      (app, own) =>
        app
          .use(
            '/r/:id',
            own.Router().use((_q, _s, next) => next()),
          )
          .get('/r/:late', ok),
    ],
  ])('%s', async (_, path, route, build) => {
    await using rig = await Rig.start(hostOf(build, express));
    for (const _ of [1, 2]) await send(`${rig.url}${path}`); // The first request is the one that begins the watching.
    const routes = (await rig.received(2)).filter(isAccess).map(({ attributes }) => attributes['http.route']);
    expect(routes).toEqual([route, route]);
  });

  it('is not needed to ignore what a router has cut', async () => {
    const build = (app: express5.Express, own: typeof express5): void => {
      app.use('/admin', own.Router().get('/x', ok)).get('/y', ok);
    };
    await using rig = await Rig.start({
      start: (sample, options, mount) =>
        hostOf(build, express).start(
          sample,
          { ...options, ignore: (request) => (request as express5.Request).url.startsWith('/admin') },
          mount,
        ),
    });
    await send(`${rig.url}/admin/x`);
    await send(`${rig.url}/y`);
    expect((await rig.access()).attributes['url.path']).toBe('/y');
  });

  it('has the prefix of an application around that which logs', async () => {
    const host: Application = {
      async start(_sample, options) {
        const sub = express().use(accessLog(options)).use('/r/:k', express.Router().get('/x/:id', ok));
        return listen(http.createServer(express().use('/api', sub)));
      },
    };
    await using rig = await Rig.start(host);
    for (const k of [1, 2]) await send(`${rig.url}/api/r/${k}/x/7`);
    const routes = (await rig.received(2)).filter(isAccess).map(({ attributes }) => attributes['http.route']);
    expect(routes).toEqual(['/api/r/:k/x/:id', '/api/r/:k/x/:id']);
  });

  it('leaves an application around that which logs its `baseUrl`', async () => {
    const host: Application = {
      async start(_sample, options) {
        const inner = express().use(accessLog(options));
        const outer = express().use(inner);
        outer.use(
          '/a',
          (request, response) => void response.json([request.baseUrl, Object.keys(request).includes('baseUrl')]),
        );
        outer.get('/out', (request, response) => void response.json([request.baseUrl]));
        return listen(http.createServer(outer));
      },
    };
    await using rig = await Rig.start(host);
    for (const _ of [1, 2]) {
      expect((await send(`${rig.url}/out`)).body).toBe('[""]');
      expect((await send(`${rig.url}/a/b`)).body).toBe('["/a",true]');
    }
  });

  it('leaves what routers keep on the request as it is', async () => {
    const seen: unknown[] = [];
    const note: express5.RequestHandler = ({ baseUrl, route, params }, _response, next) => {
      seen.push([baseUrl, route?.path, { ...params }]);
      next();
    };
    const build = (app: express5.Express, own: typeof express5): void => {
      app.use('/a/:a', note, own.Router().get('/b/:b', note, ok));
    };
    await using rig = await Rig.start(hostOf(build, express));
    for (const _ of [1, 2]) await send(`${rig.url}/a/1/b/2`); // The first request is the one that begins the watching.
    expect(seen).toEqual(
      [1, 2].flatMap(() => [
        ['/a/1', undefined, { a: '1' }],
        ['/a/1', '/b/:b', { b: '2' }],
      ]),
    );
  });
});

it('counts what is written after an application that is mounted, and logs by itself, has passed a request on', async () => {
  const host: Application = {
    ...hostOf(() => undefined, express5),
    async start(_sample, options) {
      const inner = express5().use(accessLog(options));
      const app = express5().use(inner);
      app.get('/', (_request, response) => void response.send('outer'));
      return listen(http.createServer(app));
    },
  };
  await using rig = await Rig.start(host);
  for (const _ of [1, 2]) await send(rig.url);
  const records = await rig.received(2);
  expect(records.map(({ attributes }) => attributes['http.response.body.size'])).toEqual([5, 5]);
});

it('believes a proxy where Express does', async () => {
  // A socket that takes both kinds of addresses shows those of IPv4 with a prefix, and a proxy may pass it on.
  const headers = { 'x-forwarded-for': '::ffff:203.0.113.7', 'x-forwarded-proto': 'https' };
  for (const isTrusted of [false, true]) {
    const build = (app: express5.Express): void => void app.set('trust proxy', isTrusted).get('/', ok);
    await using rig = await Rig.start(hostOf(build, express5));
    await send(rig.url, { headers });
    expect((await rig.access()).attributes).toMatchObject({
      'client.address': isTrusted ? '203.0.113.7' : '127.0.0.1',
      'url.scheme': isTrusted ? 'https' : 'http',
    });
  }
});

it('does not blame an answer on an error that was dealt with', async () => {
  const build = (app: express5.Express): void => {
    app.get('/', () => {
      throw new Error('dealt with');
    });
    app.use(((_error, _request, response, _next) => void response.send('fine')) satisfies express5.ErrorRequestHandler);
  };
  await using rig = await Rig.start(hostOf(build, express5));
  await send(rig.url);
  const record = await rig.access();
  expect(record.severityText).toBe('INFO');
  expect(record.attributes).not.toHaveProperty(['exception.message']);
});

it('lets others have a logger of the same name on the request', async () => {
  const build = (app: express5.Express): void => {
    app.use((request, _response, next) => {
      Reflect.set(request, 'log', 'mine');
      next();
    });
    app.get('/', (request, response) => void response.send(String(request.log)));
  };
  await using rig = await Rig.start(hostOf(build, express5));
  expect(await send(rig.url)).toMatchObject({ body: 'mine' });
  expect(await send(rig.url)).toMatchObject({ body: 'mine' });
});

const ok: express5.RequestHandler = (_request, response) => void response.send('ok');

it('tells the client the id of its request, also when an error handler removed all headers', async () => {
  const build = (app: express5.Express): void => {
    app.get('/', (_request, response) => {
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      response.status(500).end('failed');
    });
  };
  await using rig = await Rig.start(hostOf(build, express5));
  const { headers } = await send(rig.url);
  expect(headers['x-request-id']).toBe((await rig.access()).attributes['request.id']);
});

it('counts what a middleware before it writes in its own way, from the first answer on', async () => {
  const rigHost: Application = {
    start(_sample, options) {
      const app = express5();
      app.use((_request, response, next) => {
        const { end } = response; // As compression does.
        response.end = (...given: unknown[]) => Reflect.apply(end, response, given);
        next();
      });
      app.use(accessLog(options)).get('/hello', ok);
      return listen(http.createServer(app));
    },
  };
  await using rig = await Rig.start(rigHost);
  for (let i = 0; i < 2; i++) await send(`${rig.url}/hello`);
  const records = await rig.received(2);
  expect(records.map(({ attributes }) => attributes['http.response.body.size'])).toEqual([2, 2]);
});

it('takes no length that was declared for one that was sent, when the client left', async () => {
  const host: Application = {
    start(sample, options) {
      const app = express5().use(accessLog(options));
      app.get('/', (_request, response) => {
        response.set('content-length', '5000').flushHeaders();
        sample.hung();
      });
      return listen(http.createServer(app));
    },
  };
  await using rig = await Rig.start(host);
  await abandon(rig.url, rig.hung());
  const { attributes } = await rig.access();
  expect(attributes['logflume.outcome']).toBe('aborted');
  expect(attributes).not.toHaveProperty(['http.response.body.size']);
});

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('several applications of %s', (_, express) => {
  /** Larger than what comes with the headers: most of it is pushed later, when another application has the request. */
  const large = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify('x'.repeat(80_000)),
  };
  const echo: express5.RequestHandler = ({ body }, response) => void response.send(String(body.length));

  /** On the rig of the conformance suite, whatever stands where. */
  const ownHost = (build: (options: AccessLogOptions) => express5.Express): Application => ({
    start: (_sample, options) => listen(http.createServer(build(options))),
  });

  it('pass a body on to one that is called as a function', async () => {
    const host = ownHost((options) => {
      const inner = express();
      inner.post('/echo', express.json({ limit: '1mb', strict: false }), echo);
      return express()
        .use(accessLog(options))
        .use((request, response, next) => inner(request, response, next));
    });
    await using rig = await Rig.start(host);
    const { status, body } = await send(`${rig.url}/echo`, large);
    expect([status, body]).toEqual([200, '80000']);
    expect((await rig.access()).attributes).toMatchObject({
      'http.request.body.size': 80_002,
      'http.response.body.size': 5, // By its content-length: the inner application writes past the outer one.
    });
  });

  it('pass a body on to the one around them', async () => {
    const host = ownHost((options) =>
      express()
        .use(express().use(accessLog(options)))
        .post('/echo', express.json({ limit: '1mb', strict: false }), echo),
    );
    await using rig = await Rig.start(host);
    const { status, body } = await send(`${rig.url}/echo`, large);
    expect([status, body]).toEqual([200, '80000']);
    expect((await rig.access()).attributes['http.request.body.size']).toBe(80_002);
  });

  it('log a request once that passes through two of them', async () => {
    const host = ownHost((options) =>
      express()
        .use(express().use(accessLog(options)))
        .use(
          express()
            .use(accessLog(options))
            .post('/echo', express.json({ limit: '1mb', strict: false }), echo),
        ),
    );
    await using rig = await Rig.start(host);
    for (let i = 0; i < 2; i++)
      expect(await send(`${rig.url}/echo`, large)).toMatchObject({ status: 200, body: '80000' });
    const records = (await rig.received(2)).filter(isAccess);
    expect(records.map(({ attributes }) => attributes['http.response.body.size'])).toEqual([5, 5]);
  });
});

describe('a body that Express left as it came', () => {
  it.each<[string, string, unknown]>([
    ['application/json', '{"user":"ann","password":"hunter2"}', { user: 'ann', password: '[redacted]' }],
    ['application/x-www-form-urlencoded', 'user=ann&a[pwd]=hunter2', { user: 'ann', 'a[pwd]': '[redacted]' }],
    ['application/json', '{"password":hunter2}', '[20 bytes that cannot be read]'],
  ])('is masked by its type: %s %s', async (type, body, told) => {
    const app = (parse: express5.Handler): Application =>
      hostOf((own) => own.use(parse).post('/hook', (_q, response) => void response.status(400).end()), express5);
    for (const parse of [express5.text({ type }), express5.raw({ type })]) {
      await using rig = await Rig.start(app(parse), { bodies: { request: [type] } });
      await send(`${rig.url}/hook`, { method: 'POST', headers: { 'content-type': type }, body });
      expect((await rig.access()).attributes['logflume.request.body']).toEqual(told);
    }
  });
});

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['identity', (body: string) => Buffer.from(body)],
])('captures a body that was compressed on its way out: %s', async (encoding, compress) => {
  const build = (app: express5.Express): void => {
    app.get('/:size', ({ params: { size } }, response) => {
      const body = JSON.stringify({ error: 'no'.repeat(Number(size)), token: 'n0t-t0-be-seen' });
      response
        .status(400)
        .set({ 'content-type': 'application/json', 'content-encoding': encoding })
        .end(compress(body));
    });
  };
  const options: AccessLogOptions = { bodies: { response: ['application/json'], maxBytes: 1000 } };
  const host = hostOf(build, express5);
  await using rig = await Rig.start({
    start: (sample, given, mount) => host.start(sample, { ...given, ...options }, mount),
  });
  for (const size of [1, 10_000]) await send(`${rig.url}/${size}`);
  const [small, large] = (await rig.received(2)).map(({ attributes }) => attributes['logflume.response.body']);
  expect(small).toEqual({ error: 'no', token: '[redacted]' });
  expect(large).toMatch(/^\[\d+ bytes\]$/); // Of more than that many bytes, once they are those of the body.
});
