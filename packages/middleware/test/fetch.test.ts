import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import axios from 'axios';
import { withContext } from 'logflume';
import { Agent, ProxyAgent, request as undiciRequest } from 'undici';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { logAxios } from '../src/axios.ts';
import { logFetch, type OutboundLogOptions, type UndiciRequest, withUrlTemplate } from '../src/fetch.ts';
import { accessLog } from '../src/node-http.ts';
import { OutboundRig, SECRET } from './outbound-rig.ts';

const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

interface CallOptions {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

interface Client {
  readonly name: string;
  /** Whether it can be given a `traceparent` on the way. */
  readonly isTraced: boolean;
  /** Reads the answer to its end. */
  call(url: string, options?: CallOptions): Promise<string>;
}

const hasAnnouncement = Number(process.versions.node.split('.')[0]) >= 22;
const agent = new Agent();

const clients: Client[] = [
  {
    name: 'the global fetch',
    isTraced: true,
    call: async (url, options) => (await fetch(url, options)).text(),
  },
  {
    name: 'undici',
    isTraced: true,
    call: async (url, { method = 'GET', ...options } = {}) =>
      (await undiciRequest(url, { method: method as 'GET', ...options, dispatcher: agent })).body.text(),
  },
  {
    name: 'node:http',
    isTraced: hasAnnouncement,
    async call(url, { body, ...options } = {}) {
      const request = http.request(url, options);
      request.end(body);
      const [response] = await once(request, 'response');
      return text(response);
    },
  },
];

const undos: (() => void)[] = [];
afterEach(() => {
  for (const undo of undos.splice(0)) undo();
});

function watch(rig: OutboundRig, options: Omit<OutboundLogOptions, 'logger'> = {}): void {
  undos.push(logFetch({ logger: rig.log, ...options }));
}

const ignoreError = () => undefined;

describe.each(clients)('a request of $name', ({ call, isTraced }) => {
  it('has one record that says where it went and what came of it, and nothing else', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    const options = { method: 'POST', headers: { authorization: SECRET }, body: SECRET };
    await withUrlTemplate('/users/:id', () => call(`${rig.url}/users/7?key=${SECRET}#${SECRET}`, options));
    const record = await rig.call();
    expect(record).toMatchObject({ severityText: 'INFO', body: 'POST 127.0.0.1/users/:id 200' });
    expect(record.attributes).toEqual({
      'http.request.method': 'POST',
      'server.address': '127.0.0.1',
      'server.port': rig.port,
      'url.scheme': 'http',
      'url.path': '/users/7',
      'url.template': '/users/:id',
      'http.response.status_code': 200,
      'http.client.request.duration': expect.any(Number),
    });
    expect(JSON.stringify(rig.backend.records())).not.toContain(SECRET);
  });

  it('is told by what became of it', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    await call(`${rig.url}/status/404`);
    await call(`${rig.url}/status/503`);
    await call(`${rig.url}/status/204`);
    const records = await rig.calls(3);
    expect(records.map(({ severityText, attributes }) => [severityText, attributes['error.type']])).toEqual([
      ['WARN', '404'],
      ['ERROR', '503'],
      ['INFO', undefined],
    ]);
  });

  it('that was refused, aborted, cut off or took too long says so', async () => {
    await using rig = await OutboundRig.start();
    const closed = await OutboundRig.start();
    const { url } = closed;
    await closed[Symbol.asyncDispose]();
    watch(rig);
    await call(`${url}/users/7?key=${SECRET}`).catch(ignoreError);
    const controller = new AbortController();
    const aborted = call(`${rig.url}/slow?key=${SECRET}`, { signal: controller.signal }).catch(ignoreError);
    await vi.waitFor(() => expect(rig.seen).toHaveLength(1));
    controller.abort();
    await aborted;
    await call(`${rig.url}/cut`).catch(ignoreError);
    await call(`${rig.url}/slow`, { signal: AbortSignal.timeout(20) }).catch(ignoreError);
    const records = await rig.calls(4);
    expect(records.map(({ severityText, body }) => [severityText, body])).toEqual([
      ['ERROR', 'GET 127.0.0.1/users/7 failed'],
      ['WARN', 'GET 127.0.0.1/slow aborted'],
      ['ERROR', 'GET 127.0.0.1/cut 200'],
      ['ERROR', 'GET 127.0.0.1/slow failed'],
    ]);
    expect(records[0]?.attributes['error.type']).toBe('ECONNREFUSED');
    expect(records[1]?.attributes['logflume.outcome']).toBe('aborted');
    expect(records[2]?.attributes['error.type']).toMatch(/^(UND_ERR_SOCKET|ECONNRESET)$/);
    expect(records[3]?.attributes['error.type']).toMatch(/^(TimeoutError|ABORT_ERR)$/);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  it('ends when its answer does', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    const answer = call(`${rig.url}/stream`);
    await vi.waitFor(() => expect(rig.seen).toHaveLength(1));
    await call(`${rig.url}/users/1`);
    expect((await rig.call()).attributes['url.path']).toBe('/users/1');
    rig.resume();
    expect(await answer).toBe('beginend');
    expect((await rig.calls(2))[1]?.attributes['url.path']).toBe('/stream');
  });

  it('carries the running trace if it can, unless it carries one', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    const own = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`;
    await withContext(
      {},
      async () => {
        await call(`${rig.url}/users/1`);
        await call(`${rig.url}/users/2`, { headers: { TraceParent: own } });
      },
      { trace },
    );
    await call(`${rig.url}/users/3`);
    const traced = `00-${trace.traceId}-${trace.spanId}-01`;
    expect(rig.seen.map(({ headers }) => headers['traceparent'])).toEqual([
      isTraced ? traced : undefined,
      own,
      undefined,
    ]);
    const [first] = await rig.calls(3);
    expect(first).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId });
  });

  it('keeps its context, a hundred at once over kept connections', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    await Promise.all(numbers.map((i) => withContext({ 'request.id': `r${i}` }, () => call(`${rig.url}/users/${i}`))));
    const records = await rig.calls(100);
    expect(records).toHaveLength(100);
    for (const { attributes } of records) {
      expect(attributes['url.path']).toBe(`/users/${String(attributes['request.id']).slice(1)}`);
    }
  });

  it('carries the headers that are asked for, secret ones masked', async () => {
    await using rig = await OutboundRig.start();
    watch(rig, {
      headers: { request: ['Authorization', 'x-a'], response: ['set-cookie', 'x-kind'] },
      urlTemplate: ({ method, path }) => `${method.toLowerCase()}:${path.replace(/\d+/, ':id')}`,
      attributes: ({ status }) => ({ ok: status === 200 }),
    });
    await call(`${rig.url}/users/7`, { headers: { authorization: SECRET, 'x-a': 'b' } });
    const { attributes } = await rig.call();
    expect(attributes).toMatchObject({
      'http.request.header.authorization': ['[redacted]'],
      'http.request.header.x-a': ['b'],
      'http.response.header.set-cookie': ['[redacted]'],
      'http.response.header.x-kind': ['users'],
      'url.template': 'get:/users/:id',
      ok: true,
    });
  });
});

describe('logFetch', () => {
  it('tells of each request of a redirect', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    await (await fetch(`${rig.url}/moved`)).text();
    const statuses = (await rig.calls(2)).map(({ attributes }) => attributes['http.response.status_code']);
    expect(statuses).toEqual([302, 200]);
  });

  it('tells where a request goes that a proxy gets without a tunnel', async () => {
    await using rig = await OutboundRig.start();
    watch(rig, { propagate: ['users.internal'], ignore: ['users.internal/status/*'] });
    const proxy = new ProxyAgent({ uri: rig.url, proxyTunnel: false });
    const call = (path: string) =>
      undiciRequest(`http://${SECRET}:${SECRET}@users.internal:81${path}?key=${SECRET}`, { dispatcher: proxy });
    await withContext({}, async () => (await call('/users/7')).body.text(), { trace });
    await (await call('/status/200')).body.text();
    await proxy.close();
    expect(rig.seen[0]?.headers['traceparent']).toBe(`00-${trace.traceId}-${trace.spanId}-01`);
    const record = await rig.call();
    expect(record).toMatchObject({
      body: 'GET users.internal/users/7 200',
      attributes: { 'server.address': 'users.internal', 'server.port': 81, 'url.path': '/users/7' },
    });
    expect(JSON.stringify(record)).not.toContain(SECRET);
  });

  it('ties the calls of a request to it, and what is called to its trace', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    const access = accessLog({ logger: rig.log });
    const server = http.createServer(
      access.wrap(async (_request, response) => {
        await (await fetch(`${rig.url}/users/7`)).text();
        response.end();
      }),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const incoming = `00-${trace.traceId}-${trace.spanId}-01`;
    const request = http.get({ port: (server.address() as AddressInfo).port, headers: { traceparent: incoming } });
    const [response] = await once(request, 'response');
    await text(response);
    server.close();
    const records = await rig.calls(2);
    expect(rig.seen[0]?.headers['traceparent']).toBe(incoming);
    const call = records.find(({ attributes }) => attributes['url.path'] === '/users/7');
    expect(call).toMatchObject({
      traceId: trace.traceId,
      attributes: { 'request.id': response.headers['x-request-id'] },
    });
  });

  it('is one with that of another copy of the package, as are the calls of its instances of axios', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    vi.resetModules();
    const other = { ...(await import('../src/axios.ts')), ...(await import('../src/fetch.ts')) };
    expect(other.logFetch).not.toBe(logFetch);
    const onDiagnostic = vi.fn();
    other.logFetch({ logger: rig.log, onDiagnostic })();
    expect(onDiagnostic).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ reason: 'mountedTwice' }));
    const api = axios.create({ baseURL: rig.url });
    other.logAxios(api, { logger: rig.log });
    await other.withUrlTemplate('/users/:id', () => api.get('/users/7'));
    await other.withUrlTemplate('/users/:id', async () => (await fetch(`${rig.url}/users/8`)).text());
    const templates = (await rig.calls(2)).map(({ attributes }) => attributes['url.template']);
    expect(templates).toEqual(['/users/:id', '/users/:id']);
  });

  it('leaves the traceparent of fetch to a tracer that came later, whose own would be a second one', async () => {
    await using rig = await OutboundRig.start();
    watch(rig);
    const call = (path: string) => fetch(rig.url + path).then((answer) => answer.text());
    const API = Symbol.for('opentelemetry.js.api.1');
    const own = `00-${trace.traceId}-${'3'.repeat(16)}-01`;
    // As OpenTelemetry's instrumentation of undici does, whatever headers a request has.
    const instrument = (message: unknown) =>
      (message as { request: UndiciRequest }).request.addHeader('traceparent', own);
    onTestFinished(() => {
      unsubscribe('undici:request:create', instrument);
      Reflect.deleteProperty(globalThis, API);
    });
    Reflect.set(globalThis, API, { trace: {} });
    subscribe('undici:request:create', instrument);
    await withContext({}, () => call('/users/1'), { trace });
    undos.pop()?.();
    watch(rig);
    await withContext({}, () => call('/users/2'), { trace });
    unsubscribe('undici:request:create', instrument);
    await withContext({}, () => call('/users/3'), { trace });
    const sent = rig.seen.map(({ headers }) => headers['traceparent']);
    expect(sent).toEqual([own, own, `00-${trace.traceId}-${trace.spanId}-01`]);
    expect(await rig.calls(3)).toHaveLength(3);
  });

  it('decides nothing about sampling: what is called gets no trace that was made up here, unless that is asked for', async () => {
    await using rig = await OutboundRig.start();
    const api = axios.create({ baseURL: rig.url });
    const access = accessLog({ logger: rig.log });
    const server = http.createServer(
      access.wrap(async (_request, response) => {
        rig.log.info('serving');
        await (await fetch(`${rig.url}/users/7`)).text();
        await text((await once(http.get(`${rig.url}/users/8`), 'response'))[0]);
        await api.get('/users/9');
        response.end();
      }),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const serve = async (): Promise<void> => {
      const request = http.get({ port: (server.address() as AddressInfo).port, agent: false });
      await text((await once(request, 'response'))[0]);
    };
    const undoAxios = logAxios(api, { logger: rig.log });
    const undo = logFetch({ logger: rig.log });
    await serve();
    expect(rig.seen.map(({ headers }) => headers['traceparent'])).toEqual([undefined, undefined, undefined]);
    expect(await rig.calls(4)).toHaveLength(4);
    const inside = rig.backend.records().filter(({ attributes }) => attributes['request.id'] !== undefined);
    expect(inside).toHaveLength(5);
    expect(new Set(inside.map(({ traceId }) => traceId)).size).toBe(1);
    undo();
    undoAxios();
    undos.push(logAxios(api, { logger: rig.log, propagateLocalTrace: true }));
    watch(rig, { propagateLocalTrace: true });
    await serve();
    const sent = rig.seen.slice(3).map(({ headers }) => headers['traceparent']);
    expect(sent).toEqual([sent[0], hasAnnouncement ? sent[0] : undefined, sent[0]]);
    expect(sent[0]).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
  });

  it('never tells of what carries records, also while their backend is down', async () => {
    const said: string[] = [];
    await using rig = await OutboundRig.start({
      onDiagnostic: ({ kind }) => said.push(kind),
      retry: { baseDelayMs: 50, maxDelayMs: 50 },
    });
    watch(rig);
    await rig.backend.suspend();
    rig.log.info('one');
    await rig.log.flush({ timeoutMs: 200 });
    await rig.backend.resume();
    rig.log.info('two');
    expect(await rig.calls(0)).toEqual([]);
    expect(
      rig.backend
        .records()
        .map(({ body }) => body)
        .sort(),
    ).toEqual(['one', 'two']);
    expect(rig.log.stats()).toMatchObject({ accepted: 2, delivered: 2 });
    // Told apart here, and not by the delivery, which would have said so.
    expect(said).not.toContain('ownTrafficLogged');
  });

  it('is told by one at a time, and lets what is under way end when it is undone', async () => {
    await using rig = await OutboundRig.start();
    const onDiagnostic = vi.fn();
    const undo = logFetch({ logger: rig.log });
    logFetch({ logger: rig.log, onDiagnostic })();
    expect(onDiagnostic).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ reason: 'mountedTwice' }));
    const answers = clients.map(({ call }) => call(`${rig.url}/stream`));
    await vi.waitFor(() => expect(rig.seen).toHaveLength(3));
    undo();
    for (const { call } of clients) await call(`${rig.url}/users/1`);
    rig.resume();
    await Promise.all(answers);
    const records = await rig.calls(3);
    expect(records.map(({ body }) => body)).toEqual(Array.from({ length: 3 }, () => 'GET 127.0.0.1/stream 200'));
    undos.push(logFetch({ logger: rig.log }));
  });
});
