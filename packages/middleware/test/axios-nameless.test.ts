import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import axiosRetry from 'axios-retry';
import { describe, expect, it, vi } from 'vitest';
import { logAxios } from '../src/axios.ts';
import { OutboundRig } from './outbound-rig.ts';

function client(rig: OutboundRig): AxiosInstance {
  const instance = axios.create({ baseURL: rig.url });
  logAxios(instance, { logger: rig.log });
  return instance;
}

const rejection = (call: Promise<unknown>) =>
  call.then(
    () => 'nothing',
    (error: unknown) => error,
  );

describe('a call of axios whose error does not say which call it ended has its record', () => {
  it.each(['http', 'fetch'] as const)('when its token cancelled it, with the adapter %s', async (adapter) => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    const source = axios.CancelToken.source();
    const calls = [1, 2].map(() => rejection(api.get('/slow', { adapter, cancelToken: source.token })));
    await vi.waitFor(() => expect(rig.seen).toHaveLength(2));
    await api.get('/users/7', { adapter, cancelToken: source.token });
    source.cancel('enough');
    for (const error of await Promise.all(calls)) expect(error).toBe(source.token.reason);
    expect(await rejection(api.get('/users/8', { adapter, cancelToken: source.token }))).toBe(source.token.reason);
    const records = await rig.calls(4);
    expect(records.map(({ severityText, body }) => [severityText, body])).toEqual([
      ['INFO', 'GET 127.0.0.1/users/7 200'],
      ['WARN', 'GET 127.0.0.1/slow aborted'],
      ['WARN', 'GET 127.0.0.1/slow aborted'],
      ['WARN', 'GET 127.0.0.1/users/8 aborted'],
    ]);
    // A token may outlive any number of calls.
    expect(Reflect.get(source.token, '_listeners') ?? []).toEqual([]);
  });

  it('when its token cancelled it while its answer was read as a stream', async () => {
    await using rig = await OutboundRig.start();
    const source = axios.CancelToken.source();
    const { data } = await client(rig).get('/stream', { responseType: 'stream', cancelToken: source.token });
    data.on('error', () => undefined);
    const closed = new Promise((resolve) => data.once('close', resolve));
    source.cancel();
    await closed;
    expect(await rig.call()).toMatchObject({
      body: 'GET 127.0.0.1/stream aborted',
      attributes: { 'http.response.status_code': 200 },
    });
  });

  it('when what transforms its answer throws', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    const own = new RangeError('no such form');
    const transformResponse = () => {
      throw own;
    };
    const config: AxiosRequestConfig = { transformResponse };
    expect(await rejection(api.get('/users/7', config))).toBe(own);
    expect(await rejection(api.get('/users/8', { transformResponse: [(data) => data, transformResponse] }))).toBe(own);
    expect(config.transformResponse).toBe(transformResponse);
    const records = await rig.calls(2);
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record).toMatchObject({
        severityText: 'ERROR',
        attributes: { 'http.response.status_code': 200, 'error.type': 'RangeError' },
      });
    }
  });

  it('when an adapter of its own throws', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    const own = new RangeError('no way');
    const adapter = () => {
      throw own;
    };
    expect(await rejection(api.get('/users/7', { adapter }))).toBe(own);
    expect(await rejection(api.get('/users/8', { adapter: [async () => adapter()] }))).toBe(own);
    const records = await rig.calls(2);
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record).toMatchObject({ severityText: 'ERROR', attributes: { 'error.type': 'RangeError' } });
    }
  });

  it('when what transforms its data throws', async () => {
    await using rig = await OutboundRig.start();
    const { token } = axios.CancelToken.source();
    const own = new RangeError('no such form');
    const transformRequest = () => {
      throw own;
    };
    const config: AxiosRequestConfig = { transformRequest: [transformRequest], cancelToken: token };
    expect(await rejection(client(rig).post('/users/7', {}, config))).toBe(own);
    expect(config.transformRequest).toEqual([transformRequest]);
    expect(await rig.call()).toMatchObject({
      severityText: 'ERROR',
      body: 'POST 127.0.0.1/users/7 failed',
      attributes: { 'error.type': 'RangeError' },
    });
    expect(Reflect.get(token, '_listeners') ?? []).toEqual([]);
  });

  it('when it is cancelled while it waits to be sent again, and no other', async () => {
    await using rig = await OutboundRig.start();
    const instance = axios.create({ baseURL: rig.url });
    const source = axios.CancelToken.source();
    axiosRetry(instance, { retries: 2, retryDelay: () => 20, onRetry: () => source.cancel() });
    logAxios(instance, { logger: rig.log });
    const error = await rejection(instance.get('/flaky/2/a', { cancelToken: source.token }));
    expect(error).toBe(source.token.reason);
    expect(await rig.call()).toMatchObject({ severityText: 'WARN', body: 'GET 127.0.0.1/flaky/2/a aborted' });
  });

  it('and no more than one when axios knows of the error, or it is sent again', async () => {
    await using rig = await OutboundRig.start();
    const instance = axios.create({
      baseURL: rig.url,
      adapter: axios.getAdapter('http'),
      transformResponse: (data) => data,
    });
    axiosRetry(instance, { retries: 2 });
    logAxios(instance, { logger: rig.log });
    const source = axios.CancelToken.source();
    await instance.get('/flaky/2/a', { cancelToken: source.token });
    expect((await rig.call()).attributes).toMatchObject({
      'http.response.status_code': 200,
      'http.request.resend_count': 2,
    });
    expect(Reflect.get(source.token, '_listeners') ?? []).toEqual([]);
  });
});

describe('a call of axios whose answer does not say which call it ended has its record', () => {
  const answer = { status: 203, data: 'x', headers: { 'x-kind': 'own' } };

  it('and is answered as it would be without', async () => {
    await using rig = await OutboundRig.start();
    const instance = axios.create({ baseURL: rig.url });
    logAxios(instance, { logger: rig.log, headers: { response: ['x-kind'] } });
    const { token } = axios.CancelToken.source();
    const foreign = { headers: {} };
    const adapters = [async () => ({ ...answer }), async () => ({ ...answer, config: foreign })];
    for (const adapter of adapters) {
      const config: object = { adapter, cancelToken: token };
      expect(await instance.get('/users/7', config)).not.toHaveProperty('config.url');
    }
    const records = await rig.calls(2);
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record).toMatchObject({
        severityText: 'INFO',
        body: 'GET 127.0.0.1/users/7 203',
        attributes: { 'http.response.header.x-kind': ['own'] },
      });
    }
    expect(Reflect.get(token, '_listeners') ?? []).toEqual([]);
  });

  it('also when what transforms it throws', async () => {
    await using rig = await OutboundRig.start();
    const own = new RangeError('no such form');
    const transformResponse = () => {
      throw own;
    };
    const config: object = { adapter: async () => ({ ...answer }), transformResponse };
    expect(await rejection(client(rig).get('/users/7', config))).toBe(own);
    expect((await rig.call()).attributes).toMatchObject({ 'error.type': 'RangeError' });
  });

  it.each([[undefined], [null], ['x']])('also when it is %s, which axios cannot read', async (nothing) => {
    await using rig = await OutboundRig.start();
    const config: object = { adapter: async () => nothing };
    expect(await rejection(client(rig).get('/users/7', config))).toBeInstanceOf(TypeError);
    expect(await rig.call()).toMatchObject({ severityText: 'ERROR', attributes: { 'error.type': 'TypeError' } });
  });
});

describe('a call of axios whose answer was refused has one level, whoever refused it', () => {
  const parse = [(data: string): unknown => JSON.parse(data.slice(1))];
  const refuse = () => false;
  const strict: AxiosRequestConfig = { responseType: 'json', transitional: { silentJSONParsing: false } };

  it.each<[string, string | undefined, string, AxiosRequestConfig]>([
    ['ERROR', 'ERR_BAD_RESPONSE', '/plain', strict],
    ['ERROR', 'SyntaxError', '/plain', { transformResponse: parse }],
    ['WARN', '404', '/status/404', { transformResponse: parse, validateStatus: null }],
    ['WARN', '404', '/status/404', {}],
    ['ERROR', 'ERR_BAD_RESPONSE', '/users/7', { validateStatus: refuse }],
    ['INFO', undefined, '/moved', { maxRedirects: 0 }],
    ['INFO', undefined, '/status/304', {}],
    ['ERROR', 'ERR_BAD_RESPONSE', '/plain/302', { ...strict, validateStatus: null, maxRedirects: 0 }],
  ])('%s %s for %s with %j', async (level, errorType, url, config) => {
    await using rig = await OutboundRig.start();
    expect(await rejection(client(rig).get(url, config))).toBeInstanceOf(Error);
    const { severityText, attributes } = await rig.call();
    expect([severityText, attributes['error.type']]).toEqual([level, errorType]);
    expect(attributes).not.toHaveProperty('exception.message');
  });
});
