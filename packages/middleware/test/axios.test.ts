import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import axios, { type AxiosInstance, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import axiosRetry from 'axios-retry';
import { withContext } from 'logflume';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { logAxios, type OutboundLogOptions, withUrlTemplate } from '../src/axios.ts';
import { logFetch } from '../src/fetch.ts';
import { OutboundRig, SECRET } from './outbound-rig.ts';

const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const secrets = {
  headers: { authorization: SECRET },
  params: { key: SECRET },
  auth: { username: SECRET, password: SECRET },
};

/** An instance whose calls are logged. */
function client(rig: OutboundRig, options: Omit<OutboundLogOptions, 'logger'> = {}): AxiosInstance {
  const instance = axios.create({ baseURL: rig.url });
  logAxios(instance, { logger: rig.log, ...options });
  return instance;
}

const ignoreError = () => undefined;

describe.each(['http', 'fetch'] as const)('a call of axios with its adapter %s', (adapter) => {
  it('has one record that says where it went and what came of it, and nothing else', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    await withUrlTemplate('/users/:id', () => api.post('/users/7', { body: SECRET }, { ...secrets, adapter }));
    const record = await rig.call();
    expect(record).toMatchObject({ severityText: 'INFO', eventName: 'http.client.request' });
    expect(record.body).toBe(`POST 127.0.0.1/users/:id 200`);
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

  it.each([
    ['404', 'WARN', { 'http.response.status_code': 404, 'error.type': '404' }],
    ['503', 'ERROR', { 'http.response.status_code': 503, 'error.type': '503' }],
  ])('that was answered with %s is a %s', async (status, severityText, attributes) => {
    await using rig = await OutboundRig.start();
    await client(rig)
      .get(`/status/${status}`, { ...secrets, adapter })
      .catch(ignoreError);
    const record = await rig.call();
    expect(record).toMatchObject({ severityText, body: `GET 127.0.0.1/status/${status} ${status}`, attributes });
    expect(record.attributes).not.toHaveProperty('exception.type');
    expect(JSON.stringify(rig.backend.records())).not.toContain(SECRET);
  });

  it('that was refused is an error, with its code', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    const closed = await OutboundRig.start();
    const { url } = closed;
    await closed[Symbol.asyncDispose]();
    await api.get(`${url}/users/7`, { ...secrets, adapter }).catch(ignoreError);
    const record = await rig.call();
    expect(record).toMatchObject({ severityText: 'ERROR', body: 'GET 127.0.0.1/users/7 failed' });
    expect(record.attributes).toMatchObject({ 'error.type': expect.stringMatching(/^(ECONNREFUSED|ERR_NETWORK)$/) });
    expect(record.attributes['exception.message']).toBeTypeOf('string');
    expect(JSON.stringify(rig.backend.records())).not.toContain(SECRET);
  });

  it('that was aborted is a warning, one that took too long an error', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    const controller = new AbortController();
    const aborted = api.get('/slow', { ...secrets, adapter, signal: controller.signal }).catch(ignoreError);
    await vi.waitFor(() => expect(rig.seen).toHaveLength(1));
    controller.abort();
    await aborted;
    await api.get('/slow', { adapter, timeout: 20 }).catch(ignoreError);
    await api.get('/slow', { adapter, signal: AbortSignal.timeout(20) }).catch(ignoreError);
    const records = await rig.calls(3);
    expect(records.map(({ severityText }) => severityText)).toEqual(['WARN', 'ERROR', 'ERROR']);
    expect(records[0]?.body).toBe('GET 127.0.0.1/slow aborted');
    expect(records[0]?.attributes).toMatchObject({ 'logflume.outcome': 'aborted' });
    expect(records[0]?.attributes).not.toHaveProperty('error.type');
    expect(records[1]?.attributes['error.type']).toMatch(/^(ECONNABORTED|ETIMEDOUT)$/);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  it('carries the running trace, unless it carries one or is not to', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig, { propagate: [`127.*:${rig.port}`] });
    const own = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`;
    await withContext(
      { 'request.id': 'r1' },
      async () => {
        await api.get('/users/1', { adapter });
        await api.get('/users/2', { adapter, headers: { traceparent: own } });
        await api.get(`http://localhost:${rig.port}/users/3`, { adapter });
      },
      { trace },
    );
    await api.get('/users/4', { adapter });
    const sent = rig.seen.map(({ headers }) => headers['traceparent']);
    expect(sent).toEqual([`00-${trace.traceId}-${trace.spanId}-01`, own, undefined, undefined]);
    const [first] = await rig.calls(4);
    expect(first).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId });
    expect(first?.attributes['request.id']).toBe('r1');
  });

  it('is told of once where logFetch sees its requests too', async () => {
    await using rig = await OutboundRig.start();
    onTestFinished(logFetch({ logger: rig.log }));
    const api = client(rig);
    await Promise.all([
      api.get('/users/1', { adapter }),
      api.post('/users/2', 'x', { adapter }),
      fetch(`${rig.url}/users/3`).then((r) => r.text()),
    ]);
    await axios.get(`${rig.url}/users/4`, { adapter });
    const paths = (await rig.calls(4)).map(({ attributes }) => attributes['url.path']);
    expect(paths.sort()).toEqual(['/users/1', '/users/2', '/users/3', '/users/4']);
  });
});

describe('calls of axios', () => {
  it('keep their contexts apart, a hundred at once over kept connections', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    await Promise.all(numbers.map((i) => withContext({ 'request.id': `r${i}` }, () => api.get(`/users/${i}`))));
    const records = await rig.calls(100);
    expect(records).toHaveLength(100);
    for (const { attributes } of records)
      expect(attributes['url.path']).toBe(`/users/${String(attributes['request.id']).slice(1)}`);
  });

  it('have one record with axios-retry before, and one for each attempt with it behind', async () => {
    await using rig = await OutboundRig.start();
    const instance = axios.create({ baseURL: rig.url });
    axiosRetry(instance, { retries: 3 });
    logAxios(instance, { logger: rig.log });
    await instance.get('/flaky/2/a');
    await instance.get('/flaky/9/b').catch(ignoreError);
    const before = await rig.calls(2);
    expect(
      before.map(({ attributes }) => [
        attributes['http.response.status_code'],
        attributes['http.request.resend_count'],
      ]),
    ).toEqual([
      [200, 2],
      [503, 3],
    ]);
    const other = client(rig);
    axiosRetry(other, { retries: 3 });
    await other.get('/flaky/2/c');
    const behind = (await rig.calls(5)).slice(2);
    expect(
      behind.map(({ attributes }) => [
        attributes['http.response.status_code'],
        attributes['http.request.resend_count'],
      ]),
    ).toEqual([
      [503, undefined],
      [503, 1],
      [200, 2],
    ]);
  });

  it('count what was sent, and no attempt that was given up before', async () => {
    await using rig = await OutboundRig.start();
    const controller = new AbortController();
    const instance = axios.create({ baseURL: rig.url });
    axiosRetry(instance, { retries: 3, retryDelay: () => 20, onRetry: () => controller.abort() });
    logAxios(instance, { logger: rig.log });
    await instance.get('/status/503', { signal: controller.signal }).catch(ignoreError);
    expect(rig.seen).toHaveLength(1);
    expect((await rig.call()).attributes).not.toHaveProperty('http.request.resend_count');
  });

  it('tell where they went though their URL says otherwise', async () => {
    await using rig = await OutboundRig.start();
    const api = axios.create({ baseURL: rig.url });
    const urlTemplate = ({ request }: { request: InternalAxiosRequestConfig }) => request.headers.get('x')?.toString();
    logAxios(api, { logger: rig.log, urlTemplate });
    await api.get('http://elsewhere.internal/users/7', { allowAbsoluteUrls: false });
    expect((await rig.call()).attributes).toMatchObject({
      'server.address': '127.0.0.1',
      'server.port': rig.port,
      'url.path': new URL(rig.seen[0]?.url ?? '', rig.url).pathname,
    });
  });

  it('count redirects that were followed', async () => {
    await using rig = await OutboundRig.start();
    await client(rig).get('/moved');
    const record = await rig.call();
    expect(record.attributes).toMatchObject({ 'http.response.status_code': 200, 'http.request.resend_count': 1 });
  });

  it('for a stream end with it', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    const response = await api.get('/stream', { responseType: 'stream' });
    const dropped = await api.get('/stream', { responseType: 'stream' });
    const cut = await api.get('/cut', { responseType: 'stream' });
    await text(cut.data).catch(ignoreError);
    dropped.data.destroy();
    await rig.calls(2);
    rig.resume();
    expect(await text(response.data)).toBe('beginend');
    const records = await rig.calls(3);
    expect(records.map(({ body, severityText }) => [body, severityText])).toEqual([
      ['GET 127.0.0.1/cut 200', 'ERROR'],
      ['GET 127.0.0.1/stream aborted', 'WARN'],
      ['GET 127.0.0.1/stream 200', 'INFO'],
    ]);
  });

  it('do not cover what is called while their answer is read', async () => {
    await using rig = await OutboundRig.start();
    onTestFinished(logFetch({ logger: rig.log }));
    const response = await client(rig).get('/stream', { responseType: 'stream' });
    const answers: Promise<string>[] = [];
    response.data.on('data', () => answers.push(fetch(`${rig.url}/users/7`).then((answer) => answer.text())));
    rig.resume();
    await once(response.data, 'close');
    await Promise.all(answers);
    const paths = (await rig.calls(1 + answers.length)).map(({ attributes }) => attributes['url.path']);
    expect(paths).toContain('/users/7');
    expect(paths).toHaveLength(1 + answers.length);
  });

  it('carry the headers that are asked for, secret ones masked, and attributes of their own', async () => {
    await using rig = await OutboundRig.start();
    const headers = { request: ['authorization', 'accept', 'referer'], response: ['Set-Cookie', 'x-kind'] };
    const attributes = ({ host, path }: { host: string; path: string }) => ({
      'peer.service': `users at ${host}`,
      'url.path': path.length,
    });
    await client(rig, { headers, attributes, slowMs: 0, urlTemplate: ({ path }) => path.replace(/\d+/, ':id') }).get(
      '/users/7',
      { headers: { ...secrets.headers, referer: `https://a/?token=${SECRET}` } },
    );
    const record = await rig.call();
    expect(record).toMatchObject({ severityText: 'WARN', body: 'GET 127.0.0.1/users/:id 200' });
    expect(record.attributes).toMatchObject({
      'http.request.header.authorization': ['[redacted]'],
      'http.request.header.accept': ['application/json, text/plain, */*'],
      'http.request.header.referer': ['https://a/?token=[redacted]'],
      'http.response.header.set-cookie': ['[redacted]'],
      'http.response.header.x-kind': ['users'],
      'peer.service': 'users at 127.0.0.1',
      'url.path': '/users/7',
      'url.template': '/users/:id',
      'logflume.slow': true,
    });
    expect(JSON.stringify(record)).not.toContain(SECRET);
  });

  it('are left out where they are to be, unless they fail', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig, { ignore: ['/users/*', '127.0.0.1/status/*'], level: { '404': 'off' } });
    await api.get('/users/7');
    await api.get('/status/201');
    await api.get('/status/404').catch(ignoreError);
    await api.get('/status/500').catch(ignoreError);
    expect((await rig.call()).body).toBe('GET 127.0.0.1/status/500 500');
  });

  it.each([
    ['[::1]', true],
    ['[::1]:4000', true],
    ['[::1]:4001', false],
    ['[::*]:4000', true],
    ['::1', true],
    ['LOCALHOST', false],
  ])('to an address of IPv6 carry the trace where the hosts are %s: %s', async (host, isCarried) => {
    await using rig = await OutboundRig.start();
    const api = client(rig, { propagate: [host], ignore: [`${host}/Users/*`] });
    const sent: unknown[] = [];
    const adapter = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
      sent.push(config.headers.get('traceparent'));
      return { status: 200, statusText: '', data: '', headers: {}, config };
    };
    await withContext({}, () => api.get('http://[::1]:4000/Users/7', { adapter }), { trace });
    await api.get('http://[::1]:4000/users/7', { adapter });
    expect(typeof sent[0] === 'string').toBe(isCarried);
    expect(await rig.calls(isCarried ? 1 : 2)).toHaveLength(isCarried ? 1 : 2);
  });

  it('to hosts that are named in capitals carry the trace, and are left out', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig, { propagate: ['127.0.0.1', '*.INTERNAL'], ignore: ['Users.Internal/A/*', '*.Internal/B'] });
    const sent: unknown[] = [];
    const adapter = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
      sent.push(typeof config.headers.get('traceparent'));
      return { status: 200, statusText: '', data: '', headers: {}, config };
    };
    for (const path of ['/A/7', '/B', '/a/7']) {
      await withContext({}, () => api.get(`http://users.internal${path}`, { adapter }), { trace });
    }
    expect(sent).toEqual(['string', 'string', 'string']);
    expect((await rig.call()).attributes['url.path']).toBe('/a/7');
  });

  it('that carry records are never logged, whatever instance they go by', async () => {
    const onDiagnostic = vi.fn();
    for (const adapter of ['http', 'fetch'] as const) {
      const instance = axios.create({ adapter });
      await using rig = await OutboundRig.start({ axios: instance, onDiagnostic });
      logAxios(instance, { logger: rig.log });
      const undo = logFetch({ logger: rig.log, onDiagnostic });
      rig.log.info('one');
      await rig.log.flush();
      await instance.get(`${rig.url}/users/7`);
      const paths = (await rig.calls(1)).map(({ attributes }) => attributes['url.path']);
      expect(paths).toEqual(['/users/7']);
      expect(rig.backend.records()).toHaveLength(2);
      expect(rig.log.stats()).toMatchObject({ accepted: 2, delivered: 2 });
      undo();
    }
    expect(onDiagnostic).not.toHaveBeenCalled();
  });

  it('are no longer logged when that is undone, and once however often it is asked for', async () => {
    await using rig = await OutboundRig.start();
    const onDiagnostic = vi.fn();
    const instance = axios.create({ baseURL: rig.url });
    const undo = logAxios(instance, { logger: rig.log });
    logAxios(instance, { logger: rig.log, onDiagnostic });
    expect(onDiagnostic).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ reason: 'mountedTwice' }));
    const { config } = await instance.get('/users/1');
    expect(inspect(config, { depth: 9 })).not.toMatch(/PipelineLogger/);
    undo();
    undo();
    await instance.get('/users/2');
    expect((await rig.call()).attributes['url.path']).toBe('/users/1');
  });

  it.each([
    ['ignore', { ignore: [7] }],
    ['level', { level: { '404': 'loud' } }],
    ['propagate', { propagate: 'all' }],
    ['propagate', { propagate: ['127.0.0.1:4000/users'] }],
    ['propagate', { propagate: [''] }],
    ['propagateLocalTrace', { propagateLocalTrace: 1 }],
    ['urlTemplate', { urlTemplate: '/users/:id' }],
    ['sampleRatio', { sampleRatio: 2 }],
    ['headers.request', { headers: { request: 'accept' } }],
    ['bodies', { bodies: {} }],
  ])('refuse a wrong %s', (option, options) => {
    expect(() => Reflect.apply(logAxios, undefined, [axios.create(), options])).toThrow(
      expect.objectContaining({ code: 'ERR_LOGFLUME_INVALID_OPTION', details: { option } }),
    );
  });
});
