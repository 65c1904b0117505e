import { createDevBackend } from '@logflume/dev-backend';
import { addToEvent } from 'logflume';
import { notFound, permanentRedirect, redirect } from 'next/navigation.js';
import { NextRequest, NextResponse } from 'next/server.js';
import { describe, expect, it, vi } from 'vitest';
import type { AccessLogOptions } from '../src/index.ts';
import * as next from '../src/next.ts';
import { accessLog, type NextAccessLog, toTemplate } from '../src/next.ts';
import * as edge from '../src/next-edge.ts';
import { accessLog as edgeAccessLog } from '../src/next-edge.ts';
import { isAccess, Rig } from './sample.ts';

/** The access log beside a backend; Next calls what it wraps, and so do the tests. */
async function start(options: AccessLogOptions = {}): Promise<{ readonly rig: Rig; readonly access: NextAccessLog }> {
  let access: NextAccessLog = edgeAccessLog();
  const rig = await Rig.start(
    {
      async start(_sample, given) {
        access = accessLog(given as AccessLogOptions<Request>);
        return { url: 'http://shop.example', close: async () => undefined };
      },
    },
    options,
  );
  return { rig, access };
}

const params = { params: Promise.resolve({ id: '7' }) };
const page = { routerKind: 'App Router', routePath: '/(shop)/users/[id]', routeType: 'render' };

describe('a wrapped route handler', () => {
  it('has one record, its records inside carry id and trace, and its answer is the same with the id', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const handler = access.wrap(
      async (_request: NextRequest, context: typeof params) => {
        rig.logger.info('inside');
        addToEvent({ 'user.tier': 'gold' });
        const answer = NextResponse.json(await context.params, { status: 201, headers: { 'x-own': '1' } });
        answer.cookies.set('seen', 'yes');
        return answer;
      },
      { route: '/api/users/:id' },
    );
    const headers = {
      'x-request-id': 'one',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-forwarded-for': '203.0.113.7, 10.0.0.1',
      'x-forwarded-proto': 'https',
    };
    const answer = await handler(
      new NextRequest('http://shop.example/api/users/7?token=s3cret-value', { headers }),
      params,
    );
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ id: '7' });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-own': '1',
      'x-request-id': 'one',
      'set-cookie': expect.stringContaining('seen=yes'),
    });
    const [inside, record] = await rig.received();
    expect(inside).toMatchObject({ body: 'inside', attributes: { 'request.id': 'one' } });
    expect(inside?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(record).toMatchObject({ severityText: 'INFO', traceId: inside?.traceId });
    expect(record?.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/api/users/:id',
      'url.path': '/api/users/7',
      'url.scheme': 'https',
      'client.address': '203.0.113.7',
      'http.response.status_code': 201,
      'http.response.body.size': 10,
      'user.tier': 'gold',
    });
    expect(JSON.stringify(rig.backend.records())).not.toContain('s3cret-value');
  });

  it('tells what was thrown, throws it on, and Next tells of it no second time', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const failure = new TypeError('it broke');
    const handler = access.wrap(async () => Promise.reject(failure), { route: '/api/orders' });
    await expect(handler(new NextRequest('http://shop.example/api/orders'))).rejects.toBe(failure);
    vi.resetModules(); // As another bundle has a copy of its own.
    const copy = (await import('../src/next.ts')).accessLog({ logger: rig.logger });
    for (const each of [access, copy]) {
      each.onRequestError(
        failure,
        { path: '/api/orders', method: 'GET', headers: {} },
        { ...page, routeType: 'route' },
      );
    }
    const record = await rig.access();
    await rig.logger.flush();
    expect(rig.backend.records()).toHaveLength(1);
    expect(record).toMatchObject({
      severityText: 'ERROR',
      attributes: { 'http.response.status_code': 500, 'error.type': 'TypeError', 'exception.message': 'it broke' },
    });
  });

  it.each<[string, () => never, number, string]>([
    ['redirect', () => redirect('/login'), 307, 'INFO'],
    ['permanentRedirect', () => permanentRedirect('/new'), 308, 'INFO'],
    ['notFound', () => notFound(), 404, 'WARN'],
  ])('takes what Next says by throwing for an answer: %s', async (_, say, status, severityText) => {
    const { rig, access } = await start();
    await using _rig = rig;
    const thrown = await access
      .wrap(say)(new NextRequest('http://shop.example/x'))
      .catch((error: unknown) => error);
    access.onRequestError(thrown, { path: '/x', method: 'GET', headers: {} }, page);
    const record = await rig.access();
    await rig.logger.flush();
    expect(rig.backend.records()).toHaveLength(1);
    expect(record).toMatchObject({ severityText, attributes: { 'http.response.status_code': status } });
    expect(record.attributes).not.toHaveProperty(['error.type']);
  });

  it('ends with the last byte of a streamed answer, or when nobody reads it any more', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const handler = access.wrap(() => {
      let left = 3;
      const pull = (controller: ReadableStreamDefaultController): void => {
        if (left-- > 0) controller.enqueue(new Uint8Array(5));
        else controller.close();
      };
      return new Response(new ReadableStream({ pull }));
    });
    const request = (): NextRequest => new NextRequest('http://shop.example/stream');
    expect((await (await handler(request())).arrayBuffer()).byteLength).toBe(15);
    const reader = (await handler(request())).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const [whole, cut] = (await rig.received(2)).sort((a, b) => a.severityNumber - b.severityNumber);
    expect(whole?.attributes).toMatchObject({
      'http.response.body.size': 15,
      'logflume.time_to_first_byte': expect.any(Number),
    });
    expect(cut).toMatchObject({
      severityText: 'WARN',
      attributes: { 'http.response.body.size': 5, 'logflume.outcome': 'aborted' },
    });
  });

  it('tells of a client that is gone before there was an answer', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const client = new AbortController();
    const handler = access.wrap(() => {
      client.abort();
      return new Promise<Response>(() => undefined);
    });
    void handler(new NextRequest('http://shop.example/hang', { signal: client.signal }));
    const record = await rig.access();
    expect(record).toMatchObject({ severityText: 'WARN', body: 'GET /hang aborted' });
    expect(record.attributes).not.toHaveProperty(['http.response.status_code']);
  });

  it('is logged once when wrapped twice, which is said', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const once = access.wrap((_: NextRequest) => new Response('hello'));
    const handler = access.wrap((request: NextRequest) => once(request));
    expect(await (await handler(new NextRequest('http://shop.example/hello'))).text()).toBe('hello');
    await rig.access();
    expect(rig.diagnostics.map(({ reason }) => reason)).toEqual(['mountedTwice']);
  });

  it('answers what it may not read, as Next lets nobody read a request whose answer it keeps', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const request = new Proxy(new NextRequest('http://shop.example/hello'), {
      get(target, name) {
        if (name === 'headers') throw new Error('not to be read');
        return Reflect.get(target, name, target);
      },
    });
    const answer = await access.wrap((_: NextRequest) => new Response('hello'))(request);
    expect([await answer.text(), answer.headers.get('x-request-id')]).toEqual(['hello', null]);
    await rig.logger.flush();
    expect(rig.backend.records()).toEqual([]);
  });

  it('answers redirects, whose headers cannot be changed, and what cannot be copied', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const answers = [
      Response.redirect('http://shop.example/login', 302),
      Response.error(),
      new Response(null, { status: 204 }),
    ];
    const statuses: number[] = [];
    for (const answer of answers) {
      const handler = access.wrap(() => answer);
      statuses.push((await handler(new NextRequest('http://shop.example/x'))).status);
    }
    expect(statuses).toEqual([302, 0, 204]);
    expect((await rig.received(3)).filter(isAccess)).toHaveLength(3);
  });
});

describe('a wrapped proxy', () => {
  it('has a record of what it answers, and none of what it lets through', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const proxy = access.wrapProxy(async (request: NextRequest) => {
      rig.logger.info('seen');
      return request.nextUrl.pathname === '/admin'
        ? NextResponse.redirect(new URL('/login', request.url))
        : NextResponse.next();
    });
    const passed = await proxy(new NextRequest('http://shop.example/open'));
    expect(passed?.headers.get('x-middleware-next')).toBe('1');
    await proxy(new NextRequest('http://shop.example/admin'));
    const records = await rig.received();
    expect(records.map(({ body }) => body)).toEqual(['seen', 'seen', 'GET /admin 307']);
    expect(records[2]?.attributes['request.id']).toBe(records[1]?.attributes['request.id']);
  });
});

describe('onRequestError', () => {
  it('writes a record of an error of a page, once, with the template of its route', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const failure = Object.assign(new RangeError('no shelf'), { digest: '42' });
    const request = { path: '/users/7?token=s3cret-value', method: 'GET', headers: { cookie: 's=s3cret-value' } };
    access.onRequestError(failure, request, page);
    access.onRequestError(failure, request, page);
    await rig.logger.flush();
    const [record, ...others] = rig.backend.records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({ severityText: 'ERROR', eventName: 'nextjs.request.error' });
    expect(record?.attributes).toMatchObject({
      'http.route': '/users/:id',
      'url.path': '/users/7',
      'nextjs.route_type': 'render',
      'nextjs.error_digest': '42',
      'exception.type': 'RangeError',
      'exception.message': 'no shelf',
    });
    expect(JSON.stringify(record)).not.toContain('s3cret-value');
  });

  it.each([
    ['/', '/'],
    ['/(group)/users/[id]', '/users/:id'],
    ['/files/[...path]', '/files/*path'],
    ['/docs/[[...slug]]/@modal', '/docs/*slug'],
  ])('knows the template of %s', (path, template) => {
    expect(toTemplate(path)).toBe(template);
  });

  // Of what fails while an answer is made anew Next tells the file.
  it.each([
    ['/api/users/[id]/route', '/api/users/7?at=/route', '/api/users/:id'],
    ['/api/bus/route', '/api/bus/route', '/api/bus/route'],
    ['/api/bus/route/route', '/api/bus/route/', '/api/bus/route'],
    ['/route', '/', '/'],
    ['/(shop)/[a]/[b]/route', '/1/2/route', '/:a/:b/route'],
    ['/files/[...path]/route', '/files/a/b/route', '/files/*path'],
  ])('takes the name of the file off the route: %s for %s', async (routePath, path, template) => {
    const { rig, access } = await start();
    await using _ = rig;
    const from = { routerKind: 'App Router', routePath, routeType: 'route', revalidateReason: 'stale' };
    access.onRequestError(new Error('broken'), { path, method: 'GET', headers: {} }, from);
    await rig.logger.flush();
    const [record] = rig.backend.records();
    expect(record?.attributes['http.route']).toBe(template);
  });
});

it('runs what it wraps in the edge runtime, and logs nothing', async () => {
  const access = edgeAccessLog({ logger: { name: 'shop' } });
  const answer = new Response('hello');
  expect(await access.wrap(() => answer)(new Request('http://shop.example/'))).toBe(answer);
  expect(await access.wrapProxy(() => undefined)(new Request('http://shop.example/'))).toBeUndefined();
  access.onRequestError(new Error('x'), { path: '/', method: 'GET', headers: {} }, page);
});

describe('the access log of the process', () => {
  it('is the one that register() made, for handlers, the proxy and errors', async () => {
    const rig = await Rig.start({
      async start(_sample, given) {
        next.register(given as AccessLogOptions<Request>);
        return { url: 'http://shop.example', close: async () => undefined };
      },
    });
    await using _ = rig;
    const GET = next.withAccessLog(async (_request: Request) => Response.json({}), { route: '/api/users/:id' });
    const proxy = next.withProxyAccessLog(async (_request: Request) => new Response('', { status: 403 }));
    await (await GET(new Request('http://shop.example/api/users/7'))).text();
    await (await proxy(new Request('http://shop.example/admin'))).text();
    next.onRequestError(new Error('broken'), { path: '/users/7', method: 'GET', headers: {} }, page);
    const records = await rig.backend.waitFor(3);
    expect(records.map(({ body }) => body).sort()).toEqual([
      'GET /(shop)/users/[id] failed: render',
      'GET /admin 403',
      'GET /api/users/7 200',
    ]);
  });

  it('is configured by the environment where nobody registered', async () => {
    Reflect.deleteProperty(globalThis, Symbol.for('logflume.middleware.next'));
    await using backend = await createDevBackend();
    vi.stubEnv('LOGFLUME_ENDPOINTS', backend.url);
    const GET = next.withAccessLog(async (_request: Request) => Response.json({}));
    await (await GET(new Request('http://shop.example/api'))).text();
    vi.unstubAllEnvs();
    expect((await backend.waitFor(1)).map(({ body }) => body)).toEqual(['GET /api 200']);
    Reflect.deleteProperty(globalThis, Symbol.for('logflume.middleware.next'));
  });

  it('has the same names in the edge runtime, where nothing is logged', async () => {
    const functions = (module: object) =>
      Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
    expect(functions(edge).sort()).toEqual(
      functions(next)
        .filter((name) => name !== 'toTemplate')
        .sort(),
    );
    const GET = edge.withAccessLog(async (_request: Request) => Response.json({ id: 7 }));
    expect(await (await GET(new Request('http://shop.example/api'))).json()).toEqual({ id: 7 });
    expect(edge.register()).toBe(edge.inertLog);
  });
});
