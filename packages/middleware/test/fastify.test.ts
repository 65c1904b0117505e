import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, constants } from 'node:http2';
import { Readable, Writable } from 'node:stream';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { withContext } from 'logflume';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { accessLog, createFastifyLogger, type FastifyLogger } from '../src/fastify.ts';
import type { AccessLogOptions } from '../src/index.ts';
import { send } from './client.ts';
import { listenFastify } from './hosts/fastify.ts';
import { type Application, Rig, type Sample } from './sample.ts';

type Build = (app: FastifyInstance, sample: Sample, options: AccessLogOptions) => void;

/** An application of one's own on the rig of the conformance suite. */
function hostOf(build: Build, options: (sample: Sample) => FastifyServerOptions = () => ({})): Application {
  return {
    async start(sample, accessOptions) {
      const app = fastify({ forceCloseConnections: true, ...options(sample) }) as unknown as FastifyInstance;
      build(app, sample, accessOptions);
      return listenFastify(app);
    },
  };
}

/** The same with the access log on it, and with logflume as Fastify's own logger. */
const withLoggerInstance = (build: (app: FastifyInstance, sample: Sample) => void): Application =>
  hostOf(
    (app, sample, options) => {
      app.register(accessLog, options);
      build(app, sample);
    },
    ({ log }) => ({ loggerInstance: createFastifyLogger(log) }),
  );

const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

const textsOf = (records: readonly { body: unknown }[]): unknown[] => records.map(({ body }) => body);

describe('logflume as the logger of Fastify', () => {
  it('writes what the application logs in Fastify’s habit, and of each request the access record alone', async () => {
    const host = withLoggerInstance((app) => {
      app.get('/users/:id', async ({ log }) => {
        (log as FastifyLogger).add({ 'user.tier': 'gold' });
        log.info('looked up');
        log.info({ rows: 2 }, 'found %s in %d ms', 'ann', 7);
        log.warn('slow: %s', 'disk');
        log.error(new RangeError('no shelf'), 'not there');
        log.debug({ err: new TypeError('odd') }, 'passed over');
        log.child({ part: 'cache' }).info({ hit: true }, 'read');
        log.silent('nothing');
        return 'found';
      });
    });
    await using rig = await Rig.start(host);
    await send(`${rig.url}/users/7`, { headers: { 'x-request-id': 'one' } });
    await send(`${rig.url}/nowhere`);
    const records = await rig.received(2);
    expect(textsOf(records)).toEqual([
      expect.stringContaining('Server listening'),
      'looked up',
      'found ann in 7 ms',
      'slow: disk',
      'not there',
      'passed over',
      'read',
      'GET /users/7 200',
      'GET /nowhere 404',
    ]);
    const inside = records.slice(1, 8);
    expect(new Set(inside.map(({ attributes }) => attributes['request.id']))).toEqual(new Set(['one']));
    expect(inside.map(({ severityText }) => severityText)).toEqual(
      ['INFO', 'INFO', 'WARN', 'ERROR', 'DEBUG', 'INFO', 'INFO'], //
    );
    expect(inside[1]?.attributes).toEqual({ rows: 2, 'request.id': 'one' });
    expect(inside[3]?.attributes).toMatchObject({ 'exception.type': 'RangeError', 'exception.message': 'no shelf' });
    expect(inside[4]?.attributes).toMatchObject({ 'exception.type': 'TypeError' });
    expect(inside[5]?.attributes).toMatchObject({ part: 'cache', hit: true });
    expect(inside[6]?.attributes).toMatchObject({ 'user.tier': 'gold', 'http.route': '/users/:id' });
  });

  it('tells of a failure once, with what else went wrong on the way', async () => {
    const host = withLoggerInstance((app, sample) => {
      app.get('/', ({ log }) => {
        log.info({ req: 'mine' }, 'incoming request'); // Looks like Fastify's, and is the application's.
        throw sample.failure();
      });
    });
    await using rig = await Rig.start(host);
    await send(rig.url);
    await rig.backend.waitFor(3);
    const records = (await rig.received()).filter(({ body }) => !String(body).startsWith('Server listening'));
    expect(textsOf(records)).toEqual(['incoming request', 'GET / 500']);
    expect(records[1]?.attributes).toMatchObject({ 'exception.message': 'it broke' });
  });

  it('keeps what Fastify says of requests that the access log of another plugin does not tell of', async () => {
    const host = hostOf(
      (app, sample, options) => {
        app.register(async (told) => void told.register(accessLog, options).get('/told', () => 'ok'));
        app.register(async (untold) => {
          untold.get('/untold', () => {
            throw sample.failure();
          });
        });
      },
      ({ log }) => ({ loggerInstance: createFastifyLogger(log) }),
    );
    await using rig = await Rig.start(host);
    for (const path of ['told', 'untold', 'nowhere']) await send(`${rig.url}/${path}`);
    await rig.backend.waitFor(8);
    const [, ...records] = await rig.received();
    expect(textsOf(records)).toEqual([
      'GET /told 200',
      ...['incoming request', 'it broke', 'request completed'],
      ...['incoming request', 'Route GET:/nowhere not found', 'request completed'],
    ]);
    expect(records[1]?.attributes).toMatchObject({ 'url.path': '/untold' });
    expect(records[2]?.attributes).toMatchObject({ 'exception.message': 'it broke' });
  });

  it('keeps what Fastify says of a request that reaches no hook', async () => {
    const host = hostOf(
      (app, _sample, options) => void app.register(accessLog, options).get('/:id', () => 'ok'),
      ({ log }) => ({
        loggerInstance: createFastifyLogger(log),
        frameworkErrors: ({ code }, _request, { raw }) => void raw.writeHead(400).end(code),
      }),
    );
    await using rig = await Rig.start(host);
    expect(await send(`${rig.url}/%zz`)).toMatchObject({ status: 400, body: 'FST_ERR_BAD_URL' });
    const [, incoming] = await rig.backend.waitFor(2);
    expect(incoming).toMatchObject({ body: 'incoming request', attributes: { 'url.path': '/%zz', reqId: 'req-1' } });
  });

  it('keeps what Fastify says of an error that is not on the record', async () => {
    const host = withLoggerInstance((app, sample) => {
      app.addHook('onResponse', async () => {
        throw new RangeError('of a hook');
      });
      app.get('/', () => {
        throw sample.failure();
      });
    });
    await using rig = await Rig.start(host);
    await send(rig.url, { headers: { 'x-request-id': 'one' } });
    await rig.backend.waitFor(3);
    const records = (await rig.received()).filter(({ attributes }) => attributes['request.id'] === 'one');
    const errorsByText = records.map(({ body, attributes }) => [body, attributes['exception.message']]);
    expect(new Map(errorsByText as [string, unknown][])).toEqual(
      new Map([
        ['GET / 500', 'it broke'],
        ['request errored', 'of a hook'],
      ]),
    );
  });

  it('takes the level of a route', async () => {
    const host = withLoggerInstance((app) => {
      app.get('/quiet', { logLevel: 'error' }, ({ log }) => {
        log.warn('not wanted');
        log.error('wanted');
        return `${log.level} ${app.log.level}`;
      });
      app.get('/silent', { logLevel: 'silent' }, ({ log }) => {
        log.fatal('not wanted');
        return log.level;
      });
    });
    await using rig = await Rig.start(host);
    expect(await send(`${rig.url}/quiet`)).toMatchObject({ body: 'error debug' });
    expect(await send(`${rig.url}/silent`)).toMatchObject({ body: 'silent' });
    const records = (await rig.received(2)).filter(({ body }) => !String(body).startsWith('Server listening'));
    expect(textsOf(records)).toEqual(['wanted', 'GET /quiet 200', 'GET /silent 200']);
  });

  it('keeps what a factory of child loggers bound, and tells the id once', async () => {
    const host = hostOf(
      (app, _sample, options) => {
        app.register(accessLog, options);
        app.get('/', ({ log }) => {
          log.info('inside');
          return 'ok';
        });
      },
      ({ log }) => ({
        loggerInstance: createFastifyLogger(log),
        childLoggerFactory: (logger, bindings, options, { headers }) =>
          logger.child({ ...bindings, tenant: headers['x-tenant'] }, options),
      }),
    );
    await using rig = await Rig.start(host);
    await send(rig.url, { headers: { 'x-tenant': 'acme', 'x-request-id': 'one' } });
    const inside = (await rig.received()).find(({ body }) => body === 'inside');
    expect(inside?.attributes).toEqual({ tenant: 'acme', 'request.id': 'one' });
  });

  it('takes what a factory of child loggers did to one: its level, and another child of it', async () => {
    const host = hostOf(
      (app, _sample, options) => {
        app.register(accessLog, options);
        app.get('/', ({ log }) => {
          log.info('not wanted');
          log.warn('inside');
          log.child({ part: 'cache' }).warn('deeper');
          return log.level;
        });
      },
      ({ log }) => ({
        loggerInstance: createFastifyLogger(log),
        childLoggerFactory: (logger, bindings, options) => {
          const child = logger.child(bindings, options).child({ tenant: 'acme' });
          child.level = 'warn';
          return child;
        },
      }),
    );
    await using rig = await Rig.start(host);
    const answer = await send(rig.url, { headers: { 'x-request-id': 'one' } });
    expect(answer).toMatchObject({ body: 'warn' });
    const [, ...records] = await rig.received();
    expect(records.slice(0, 2).map(({ body, attributes }) => [body, attributes])).toEqual([
      ['inside', { tenant: 'acme', 'request.id': 'one' }],
      ['deeper', { tenant: 'acme', part: 'cache', 'request.id': 'one' }],
    ]);
    expect(records[2]).toMatchObject({ body: 'GET / 200' });
  });

  it('gives the id of a request to no logger that a factory hands out for several', async () => {
    let own: FastifyBaseLogger | undefined;
    const host = hostOf(
      (app, _sample, options) => {
        own = app.log;
        app.register(accessLog, options);
        app.get('/', ({ log }) => {
          log.info('inside');
          return 'ok';
        });
      },
      ({ log }) => ({ loggerInstance: createFastifyLogger(log), childLoggerFactory: (logger) => logger }),
    );
    await using rig = await Rig.start(host);
    for (const id of ['one', 'two']) await send(rig.url, { headers: { 'x-request-id': id } });
    await rig.received(2);
    own?.info('later');
    const records = await rig.received(2);
    const idsOf = (text: string) =>
      records.flatMap(({ body, attributes }) => (body === text ? [attributes['request.id']] : []));
    expect([idsOf('inside'), idsOf('later')]).toEqual([['one', 'two'], [undefined]]);
  });

  it('lets no log call throw for a level that is none of ours: that of the parent holds', async () => {
    const host = withLoggerInstance((app) => {
      app.get('/', { logLevel: 'http' as 'info' }, ({ log }) => {
        log.info('of a route');
        log.child({ part: 'cache' }, { level: 'bogus' }).info('of a child');
        return log.level;
      });
    });
    await using rig = await Rig.start(host);
    expect(await send(rig.url)).toMatchObject({ status: 200, body: 'debug' });
    const [, ofRoute, ofChild] = await rig.received();
    expect([ofRoute, ofChild]).toMatchObject([
      { body: 'of a route' },
      { body: 'of a child', attributes: { part: 'cache' } },
    ]);
  });

  it('names requests and replies where no access log tells of them, and does not walk them', async () => {
    const host = hostOf(
      (app) => void app.get('/users/:id', () => 'found'),
      ({ log }) => ({ loggerInstance: createFastifyLogger(log) }),
    );
    await using rig = await Rig.start(host);
    await send(`${rig.url}/users/7?token=s3cret-value`, { headers: { authorization: 'Bearer s3cret-value' } });
    const [, incoming, completed] = await rig.backend.waitFor(3);
    expect(incoming).toMatchObject({
      body: 'incoming request',
      attributes: { reqId: 'req-1', 'http.request.method': 'GET', 'url.path': '/users/7' },
    });
    expect(completed).toMatchObject({
      body: 'request completed',
      attributes: { 'http.response.status_code': 200, 'http.server.request.duration': expect.any(Number) },
    });
    expect(JSON.stringify(rig.backend.records())).not.toContain('s3cret-value');
  });

  it('keeps what a handler says of another route that was not found', async () => {
    const host = withLoggerInstance((app) => {
      app.get('/', async ({ log }) => log.warn('Route GET:/old not found'));
    });
    await using rig = await Rig.start(host);
    await send(rig.url);
    await send(`${rig.url}/old?since=1`);
    const [, ...records] = await rig.received(2);
    expect(textsOf(records)).toEqual(['Route GET:/old not found', 'GET / 200', 'GET /old 404']);
  });

  it('makes no logger for a record that is not wanted', async () => {
    const tenant = vi.fn(() => 'acme');
    const reads: number[] = [];
    const host = hostOf(
      (app, _sample, options) => {
        app.register(accessLog, options);
        app.get('/', async ({ log }) => {
          log.trace('off');
          log.child({ part: 'cache' }).trace('off');
          reads.push(tenant.mock.calls.length);
          log.info('on');
        });
      },
      ({ log }) => ({
        loggerInstance: createFastifyLogger(log),
        childLoggerFactory: (logger, bindings, options) =>
          logger.child(Object.defineProperty({ ...bindings }, 'tenant', { get: tenant, enumerable: true }), options),
      }),
    );
    await using rig = await Rig.start(host);
    await send(rig.url, { headers: { 'x-request-id': 'one' } });
    const [, on] = await rig.received();
    expect(on).toMatchObject({ body: 'on', attributes: { tenant: 'acme', 'request.id': 'one' } });
    expect(reads).toEqual([0]);
  });

  it('names a request by the path alone, also where its target names a host and a user', async () => {
    const host = withLoggerInstance((app) => {
      app.get('/look', async (req) => req.log.info({ req }, 'look'));
    });
    await using rig = await Rig.start(host);
    const { hostname, port } = new URL(rig.url);
    const path = 'http://ann:s3cret-value@shop.example/look?token=s3cret-value';
    const [answer] = await once(request({ hostname, port, path }).end(), 'response');
    answer.resume();
    const look = (await rig.received()).find(({ body }) => body === 'look');
    expect(look?.attributes).toMatchObject({ 'url.path': '/look' });
    expect(JSON.stringify(rig.backend.records())).not.toContain('s3cret-value');
  });

  it('is of Fastify’s own type', () => {
    const check = (logger: FastifyLogger): FastifyBaseLogger => logger;
    expect(check).toBeTypeOf('function');
  });
});

/** Keeps what a logger of the application's own prints. */
function streamTo(lines: string[]): Writable {
  return new Writable({
    write(line, _encoding, done) {
      lines.push(String(line));
      done();
    },
  });
}

describe('the access log of Fastify', () => {
  it('leaves another logger of the application where it is', async () => {
    const lines: string[] = [];
    const stream = streamTo(lines);
    const host = hostOf(
      (app, _sample, options) => {
        app.register(accessLog, options);
        app.get('/', ({ log }) => {
          log.warn('to pino');
          return 'ok';
        });
      },
      () => ({ logger: { level: 'warn', stream } }),
    );
    await using rig = await Rig.start(host);
    await send(rig.url);
    await rig.access();
    expect(textsOf(rig.backend.records())).toEqual(['GET / 200']);
    expect(lines.join()).toContain('to pino');
  });

  it('takes the id the application has Fastify give a request, where the header brought none', async () => {
    const lines: string[] = [];
    const stream = streamTo(lines);
    const host = hostOf(
      (app, _sample, options) => {
        app.register(accessLog, options);
        app.get('/', ({ id }) => id);
      },
      () => ({ requestIdHeader: 'X-Correlation-Id', logger: { stream } }),
    );
    await using rig = await Rig.start(host);
    const ask = (headers: Record<string, string>) => send(rig.url, { headers });
    expect(await ask({ 'x-correlation-id': 'abc-123' })).toMatchObject({
      body: 'abc-123',
      headers: { 'x-request-id': 'abc-123' },
    });
    expect(await ask({ 'x-correlation-id': 'abc-123', 'x-request-id': 'one' })).toMatchObject({ body: 'one' });
    expect(await ask({ 'x-correlation-id': 'req-42' })).toMatchObject({ body: 'req-42' });
    expect(await ask({ 'x-correlation-id': 'not an id' })).toMatchObject({ body: expect.stringMatching(UUID) });
    expect(await ask({})).toMatchObject({ body: expect.stringMatching(UUID) });
    const [first] = await rig.received(5);
    expect(first?.attributes).toMatchObject({ 'request.id': 'abc-123' });
    expect(lines.join()).toContain('"reqId":"abc-123"');
  });

  it('is the logger of the reply as of the request where Fastify has none', async () => {
    const host = hostOf((app, _sample, options) => {
      app.register(accessLog, options);
      app.get('/', (_request, reply) => {
        reply.log.info('by the reply');
        reply.send('first');
        reply.send('second');
      });
    });
    await using rig = await Rig.start(host);
    await send(rig.url, { headers: { 'x-request-id': 'one' } });
    const records = await rig.received();
    expect(records.map(({ body, severityText }) => [body, severityText])).toEqual([
      ['by the reply', 'INFO'],
      [expect.stringContaining('Reply was already sent'), 'WARN'],
      ['GET / 200', 'INFO'],
    ]);
    expect(new Set(records.map(({ attributes }) => attributes['request.id']))).toEqual(new Set(['one']));
  });

  it('sees routes of plugins that were registered before it, with their prefix', async () => {
    const host = hostOf((app, _sample, options) => {
      app.register(async (early) => void early.get('/early/:id', () => 'ok'), { prefix: '/p' });
      app.register(accessLog, options);
    });
    await using rig = await Rig.start(host);
    await send(`${rig.url}/p/early/7`);
    expect((await rig.access()).attributes).toMatchObject({ 'http.route': '/p/early/:id' });
    expect(rig.diagnostics).toEqual([]);
  });

  it('stands before hooks that were there first, those of plugins that were registered before it included', async () => {
    const refuse = async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      headers.authorization === undefined ? reply.code(401).send('who?') : undefined;
    const host = hostOf((app, _sample, options) => {
      app.register(async (early) => {
        early.register(async (inner) => void inner.addHook('onRequest', refuse).get('/early', () => 'ok'));
      });
      app.addHook('onRequest', refuse);
      app.register(accessLog, options);
      app.get('/', ({ id }) => id);
    });
    await using rig = await Rig.start(host);
    const answers = [
      await send(rig.url),
      await send(`${rig.url}/early`),
      await send(rig.url, { headers: { authorization: 'yes' } }),
    ];
    const records = await rig.received(3);
    expect(textsOf(records)).toEqual(['GET / 401', 'GET /early 401', 'GET / 200']);
    expect(answers.map(({ headers }) => headers['x-request-id'])).toEqual(
      records.map(({ attributes }) => attributes['request.id']),
    );
  });

  it('has the context and the span that a hook before it began, on the record as inside', async () => {
    const API = Symbol.for('opentelemetry.js.api.1');
    const active = new AsyncLocalStorage<object>();
    Reflect.set(globalThis, API, { context: { active: () => active.getStore() } });
    onTestFinished(() => void Reflect.deleteProperty(globalThis, API));
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    const otel = { getValue: () => ({ spanContext: () => span }) };
    const host = hostOf((app, { log, hung }, options) => {
      app.register(async (early) => {
        early.addHook('onRequest', (_request, _reply, done) => withContext({ tenant: 'early' }, done));
        early.get('/early', async () => log.info('inside'));
      });
      app.addHook('onRequest', ({ url }, _reply, done) => {
        const begin = () => active.run(otel, done);
        if (url === '/both') withContext({ tenant: 'acme' }, begin);
        else if (url === '/span') begin();
        else done();
      });
      app.register(accessLog, options);
      app.addContentTypeParser('text/plain', (_request, payload, done) => {
        payload.on('data', () => log.info('inside')).on('end', () => done(null));
        hung();
      });
      app.post('/both', async () => 'ok');
      app.get('/span', async () => log.info('inside'));
    });
    await using rig = await Rig.start(host);
    const waiting = request(`${rig.url}/both`, { method: 'POST', headers: { 'content-type': 'text/plain' } });
    waiting.flushHeaders();
    await rig.hung();
    waiting.end('late'); // It comes from the connection, in which no context runs.
    (await once(waiting, 'response'))[0].resume();
    await rig.received();
    await send(`${rig.url}/span`);
    await send(`${rig.url}/early`);
    const records = await rig.received(3);
    const told = records.map(({ attributes, traceId, spanId }) => [attributes['tenant'], traceId, spanId]);
    expect([told[0], told[2]]).toEqual([
      ['acme', span.traceId, span.spanId],
      [undefined, span.traceId, span.spanId],
    ]);
    expect([told[1], told[3], told[5]]).toEqual([told[0], told[2], told[4]]);
    expect(told[4]?.[0]).toBe('early');
    expect(new Set(records.map(({ attributes }) => attributes['request.id'])).size).toBe(3);
  });

  it('keeps the id on records inside where a hook before it goes on in another context', async () => {
    const pool = new AsyncResource('pool');
    const host = hostOf((app, { log }, options) => {
      app.addHook('onRequest', (_request, _reply, done) => pool.runInAsyncScope(done));
      app.register(accessLog, options);
      app.get('/', async () => log.info('inside'));
    });
    await using rig = await Rig.start(host);
    await send(rig.url, { headers: { 'x-request-id': 'one' } });
    const records = await rig.received();
    expect(records.map(({ body, attributes }) => [body, attributes['request.id']])).toEqual([
      ['inside', 'one'],
      ['GET / 200', 'one'],
    ]);
  });

  it('leaves a request to the one that is mounted further out, whichever was registered first', async () => {
    for (const isOuterFirst of [true, false]) {
      const host = hostOf((app, _sample, options) => {
        const mount = (of: string) => [accessLog, { ...options, attributes: () => ({ of }) }] as const;
        if (isOuterFirst) app.register(...mount('outer'));
        app.register(async (child) => void child.register(...mount('inner')).get('/', () => 'ok'));
        if (!isOuterFirst) app.register(...mount('outer'));
      });
      await using rig = await Rig.start(host);
      await send(rig.url);
      expect((await rig.access()).attributes).toMatchObject({ of: 'outer' });
      expect(rig.diagnostics).toMatchObject([{ reason: 'mountedTwice' }]);
    }
  });

  it('knows what was thrown when an error handler answers in its own words, and blames no proper answer on it', async () => {
    const host = hostOf((app, sample, options) => {
      app.register(accessLog, options);
      app.setErrorHandler((_error, request, reply) =>
        reply.code(request.url === '/forgiven' ? 200 : 503).send({ error: 'try later' }),
      );
      for (const path of ['/failed', '/forgiven']) {
        app.get(path, async () => {
          throw sample.failure();
        });
      }
    });
    await using rig = await Rig.start(host);
    await send(`${rig.url}/failed`);
    await send(`${rig.url}/forgiven`);
    const [failed, forgiven] = await rig.received(2);
    expect(failed?.attributes).toMatchObject({ 'http.response.status_code': 503, 'exception.message': 'it broke' });
    expect(forgiven).toMatchObject({ severityText: 'INFO' });
    expect(forgiven?.attributes).not.toHaveProperty(['exception.message']);
  });

  it('gives records about a body that cannot be parsed the id of its request', async () => {
    const host = hostOf((app, { log }, options) => {
      app.register(accessLog, options);
      app.setErrorHandler((_error, _request, reply) => {
        log.warn('refused');
        return reply.code(400).send();
      });
      app.post('/', () => 'ok');
    });
    await using rig = await Rig.start(host);
    const headers = { 'content-type': 'application/json', 'x-request-id': 'one' };
    await send(rig.url, { method: 'POST', headers, body: '{"a":' });
    const records = await rig.received();
    expect(records.map(({ body, attributes }) => [body, attributes['request.id']])).toEqual([
      ['refused', 'one'],
      ['POST / 400', 'one'],
    ]);
  });

  it('tells an answer that broke off from one that ended', async () => {
    const host = hostOf((app, sample, options) => {
      app.register(accessLog, options);
      const broken = async function* (): AsyncGenerator<string> {
        yield 'begun';
        throw sample.failure();
      };
      app.get('/', (_request, reply) => reply.send(Readable.from(broken())));
    });
    await using rig = await Rig.start(host);
    await send(rig.url).catch(() => undefined); // The connection was cut.
    expect(await rig.access()).toMatchObject({
      severityText: 'WARN',
      attributes: { 'logflume.outcome': 'aborted', 'http.response.body.size': 5 },
    });
  });

  it('believes a proxy where Fastify does', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
    for (const trustProxy of [false, true]) {
      const host = hostOf(
        (app, _sample, options) => {
          app.register(accessLog, options);
          app.get('/', () => 'ok');
        },
        () => ({ trustProxy }),
      );
      await using rig = await Rig.start(host);
      await send(rig.url, { headers });
      expect((await rig.access()).attributes).toMatchObject({
        'client.address': trustProxy ? '203.0.113.7' : '127.0.0.1',
        'url.scheme': trustProxy ? 'https' : 'http',
      });
    }
  });

  it('has a record of requests that are injected, and tells them their id', async () => {
    let inject: FastifyInstance['inject'] | undefined;
    const host = hostOf((app, _sample, options) => {
      app.register(accessLog, options);
      app.get('/users/:id', ({ id }) => id);
      inject = app.inject.bind(app) as FastifyInstance['inject'];
    });
    await using rig = await Rig.start(host);
    const answer = await inject?.('/users/7');
    const { attributes } = await rig.access();
    expect(attributes).toMatchObject({ 'http.route': '/users/:id', 'http.response.status_code': 200 });
    expect([answer?.body, answer?.headers['x-request-id']]).toEqual([
      attributes['request.id'],
      attributes['request.id'],
    ]);
  });

  it('refuses wrong options when the application starts', async () => {
    const app = fastify();
    Reflect.apply(app.register, app, [accessLog, { slowMs: -1 }]);
    await expect(app.ready()).rejects.toMatchObject({ code: 'ERR_LOGFLUME_INVALID_OPTION' });
  });
});

describe('requests that do not come by HTTP/1.1', () => {
  it('takes one that is injected for what a client would have got', async () => {
    const host = hostOf((app, _, options) => {
      app.register(accessLog, options);
      app.post('/echo', ({ body }) => body);
      app.get('/inject', () => app.inject({ method: 'POST', url: '/echo', payload: { name: 'ann' } }));
    });
    await using rig = await Rig.start(host);
    await send(`${rig.url}/inject`);
    const injected = (await rig.received(2)).find(({ attributes }) => attributes['http.route'] === '/echo');
    expect(injected).toMatchObject({ body: 'POST /echo 200', severityText: 'INFO' });
    expect(injected?.attributes).toMatchObject({ 'http.request.body.size': 14, 'http.response.body.size': 14 });
    expect(injected?.attributes).not.toHaveProperty('logflume.time_to_first_byte');
    expect(injected?.attributes).not.toHaveProperty('logflume.outcome');
  });

  it('counts the bytes of HTTP/2 once, and tells a stream that is cut off', async () => {
    const host = hostOf(
      (app, sample, options) => {
        app.register(accessLog, options);
        app.post('/echo', ({ body }) => body);
        app.get('/hang', (_request, reply) => {
          reply.raw.write('begun');
          sample.hung();
        });
      },
      // Its types are those of another kind of server.
      () => ({ http2: true }) as FastifyServerOptions,
    );
    await using rig = await Rig.start(host);
    const session = connect(rig.url);
    const echo = session.request({ ':path': '/echo', ':method': 'POST', 'content-type': 'application/json' });
    echo.end('{"name":"ann"}');
    await once(echo.resume(), 'close');
    const hanging = session.request({ ':path': '/hang' });
    await rig.hung();
    hanging.close(constants.NGHTTP2_CANCEL);
    const [echoed, cut] = await rig.received(2);
    session.destroy();
    expect(echoed).toMatchObject({ body: 'POST /echo 200', severityText: 'INFO' });
    expect(echoed?.attributes).toMatchObject({ 'http.request.body.size': 14, 'http.response.body.size': 14 });
    expect(echoed?.attributes).not.toHaveProperty('logflume.time_to_first_byte');
    expect(cut?.attributes).toMatchObject({ 'logflume.outcome': 'aborted', 'http.response.body.size': 5 });
  });
});

it('masks a body that a content type parser left as text', async () => {
  const host = hostOf((app, _sample, options) => {
    app.register(accessLog, options);
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.post('/hook', (_request, reply) => reply.code(400).send());
  });
  await using rig = await Rig.start(host, { bodies: { request: ['application/json'] } });
  const headers = { 'content-type': 'application/json' };
  await send(`${rig.url}/hook`, { method: 'POST', headers, body: '{"user":"ann","password":"hunter2"}' });
  expect((await rig.access()).attributes['logflume.request.body']).toEqual({ user: 'ann', password: '[redacted]' });
});

it.each([[undefined], [{ name: 'shop' }], [console]])('refuses to make a logger of %o', (given) => {
  expect(() => Reflect.apply(createFastifyLogger, undefined, [given])).toThrow(
    expect.objectContaining({
      code: 'ERR_LOGFLUME_INVALID_OPTION',
      message: expect.stringContaining('createFastifyLogger takes what createLogger() made, got '),
    }),
  );
});
