import { once } from 'node:events';
import axios, { AxiosError, type AxiosInstance, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { describe, expect, it, onTestFinished } from 'vitest';
import { logAxios, type OutboundLogOptions } from '../src/axios.ts';
import { logFetch } from '../src/fetch.ts';
import { OutboundRig } from './outbound-rig.ts';

/** An instance whose calls are logged. */
function client(rig: OutboundRig, options: Omit<OutboundLogOptions, 'logger'> = {}): AxiosInstance {
  const instance = axios.create({ baseURL: rig.url });
  logAxios(instance, { logger: rig.log, ...options });
  return instance;
}

/** Copies as `cloneDeep` of lodash does: prototypes and symbols come along, private fields do not. */
function cloneDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneDeep) as T;
  const copy = Object.create(Object.getPrototypeOf(value));
  for (const key of Reflect.ownKeys(value)) Reflect.set(copy, key, cloneDeep(Reflect.get(value, key)));
  return copy;
}

const statusAndResends = ({ attributes }: { attributes: Record<string, unknown> }) => [
  attributes['http.response.status_code'],
  attributes['http.request.resend_count'],
];

describe('a call of axios is answered as it would be without its record', () => {
  it('when its configuration is a deep copy of one that was sent before', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig);
    const error: unknown = await api.get('/flaky/1/copied').catch((reason: unknown) => reason);
    if (!axios.isAxiosError(error) || error.config === undefined) throw new Error('expected an error of axios');
    expect((await api.request(cloneDeep(error.config))).status).toBe(200);
    expect((await rig.calls(2)).map(statusAndResends)).toEqual([
      [503, undefined],
      [200, 1],
    ]);
  });

  it.each([[null], [new URL('http://127.0.0.1/users/7')]])('when its URL is %s', async (url) => {
    await using rig = await OutboundRig.start();
    const api = axios.create(url === null ? { baseURL: rig.url } : {});
    logAxios(api, { logger: rig.log });
    if (url !== null) url.port = String(rig.port);
    const response: unknown = await Reflect.apply(api.get, api, [url]);
    expect(response).toMatchObject({ status: 200 });
    expect((await rig.call()).attributes).toMatchObject({ 'server.port': rig.port, 'url.path': url?.pathname ?? '/' });
  });

  it('and told of by logFetch when its configuration is sent again by an instance that is not logged', async () => {
    await using rig = await OutboundRig.start();
    onTestFinished(logFetch({ logger: rig.log }));
    const { config } = await client(rig).get('/users/7');
    await axios.request(config);
    await axios.request(cloneDeep(config));
    expect(await rig.calls(3)).toHaveLength(3);
  });

  it('when what is read of it throws', async () => {
    await using rig = await OutboundRig.start();
    const api = client(rig, { headers: { request: ['x-a'] } });
    const unreadable = { get: () => Reflect.get(unreadable, 'none').none };
    const send = axios.getAdapter('http');
    const adapter = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
      const response = await send({ ...config, validateStatus: () => true });
      const answered = { ...response, config: { ...config, headers: unreadable } as never };
      if (response.status < 400) return answered;
      throw new AxiosError('refused', 'ERR', answered.config, {}, answered);
    };
    expect((await api.get('/users/7', { adapter })).status).toBe(200);
    const { data } = await api.get('/stream', { adapter, responseType: 'stream' });
    rig.resume();
    await once(data.resume(), 'close');
    expect(await api.get('/status/404', { adapter }).catch((error) => error.message)).toBe('refused');
  });
});
