import { once } from 'node:events';
import http, { type ClientRequest } from 'node:http';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { withContext } from 'logflume';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { logAxios } from '../src/axios.ts';
import { logFetch } from '../src/fetch.ts';
import { OutboundRig } from './outbound-rig.ts';

const undos: (() => void)[] = [];
afterEach(() => {
  for (const undo of undos.splice(0)) undo();
});

async function start(): Promise<OutboundRig> {
  const rig = await OutboundRig.start();
  undos.push(logFetch({ logger: rig.log }));
  return rig;
}

/** Node.js 20 tells of a request when its body has been sent, and not before. */
const hasAnnouncement = Number(process.versions.node.split('.')[0]) >= 22;

/** Waits for the status, or the code of what went wrong. */
function settled(request: ClientRequest): Promise<unknown> {
  return new Promise((resolve) => {
    request.once('response', (response) => response.resume().once('end', () => resolve(response.statusCode)));
    request.once('error', (error) => resolve(Reflect.get(error, 'code')));
  });
}

describe('a request of node:http whose body takes its time', () => {
  it('is told of when it is refused meanwhile', async () => {
    await using rig = await start();
    const closed = await OutboundRig.start();
    const { url } = closed;
    await closed[Symbol.asyncDispose]();
    const request = http.request(`${url}/users/7`, { method: 'POST' });
    request.write('begin');
    expect(await settled(request)).toBe('ECONNREFUSED');
    expect(await rig.call()).toMatchObject({
      severityText: 'ERROR',
      body: 'POST 127.0.0.1/users/7 failed',
      attributes: { 'error.type': 'ECONNREFUSED' },
    });
  });

  it.each(['end', 'destroy'] as const)('is told of by an answer that came before, and then %s', async (how) => {
    await using rig = await start();
    const request = http.request(`${rig.url}/status/413`, { method: 'POST' });
    request.write('begin');
    expect(await settled(request)).toBe(413);
    request[how]();
    expect(await rig.call()).toMatchObject({ severityText: 'WARN', body: 'POST 127.0.0.1/status/413 413' });
  });

  it.runIf(hasAnnouncement)('lasts from its begin, and belongs to where it began', async () => {
    await using rig = await start();
    const request = withContext({ 'request.id': 'r1' }, () => http.request(`${rig.url}/stream`, { method: 'POST' }));
    const answer = settled(request);
    request.write('begin');
    await sleep(60);
    request.end();
    rig.resume();
    await answer;
    const { attributes } = await rig.call();
    expect(attributes['http.client.request.duration']).toBeGreaterThan(0.05);
    expect(attributes['request.id']).toBe('r1');
  });

  it.each([0, 5])('is told of once where logAxios tells of it, with %s redirects to follow', async (maxRedirects) => {
    await using rig = await start();
    const api = axios.create({ baseURL: rig.url, maxRedirects });
    undos.push(logAxios(api, { logger: rig.log }));
    const closed = await OutboundRig.start();
    const { url } = closed;
    await closed[Symbol.asyncDispose]();
    for (const target of ['/users/7', `${url}/users/8`]) {
      const body = new PassThrough();
      body.write('begin');
      // Outside of all that axios runs in, as a request that is handed on ends.
      const ends = once(body, 'data').then(() => setImmediate(() => body.end('end')));
      await api.post(target, body).catch(() => body.destroy());
      await Promise.race([ends, once(body, 'close')]);
    }
    const records = await rig.calls(2);
    expect(records.map(({ attributes }) => attributes['url.path'])).toEqual(['/users/7', '/users/8']);
  });
});

describe('a request of node:http', () => {
  it('that is destroyed is aborted by this side, unless its time was over', async () => {
    await using rig = await start();
    const early = http.get(`${rig.url}/slow`);
    const answer = settled(early);
    await vi.waitFor(() => expect(rig.seen).toHaveLength(1));
    early.destroy();
    expect(await answer).toBe('ECONNRESET');
    const late = http.get(`${rig.url}/slow`, { timeout: 20 });
    late.once('timeout', () => late.destroy());
    await settled(late);
    const broken = http.get(`${rig.url}/slow`);
    const cut = settled(broken);
    await vi.waitFor(() => expect(rig.seen).toHaveLength(3));
    rig.seen[2]?.socket.destroy();
    await cut;
    expect(
      (await rig.calls(3)).map(({ severityText, attributes }) => [severityText, attributes['error.type']]),
    ).toEqual([
      ['WARN', undefined],
      ['ERROR', 'ECONNRESET'],
      ['ERROR', 'ECONNRESET'],
    ]);
  });

  it.each<[string, string, (request: ClientRequest) => void]>([
    ['aborted', 'nobody hears of', () => undefined],
    ['failed', 'is heard of', (request) => request.on('timeout', () => request.destroy())],
    ['failed', 'is heard of once', (request) => request.once('timeout', () => request.destroy())],
    ['failed', 'is set once more', (request) => request.setTimeout(20, () => request.destroy())],
    ['failed', 'its socket replaces', (request) => request.once('socket', (socket) => socket.setTimeout(30))],
  ])('is %s that is destroyed after a time of its agent that %s', async (outcome, _, prepare) => {
    await using rig = await start();
    const agent = new http.Agent({ timeout: 20 });
    const request = http.get(`${rig.url}/slow`, { agent });
    const answer = settled(request);
    prepare(request);
    await Promise.race([answer, sleep(80)]);
    request.destroy();
    expect(await answer).toBe('ECONNRESET');
    expect((await rig.call()).body).toBe(`GET 127.0.0.1/slow ${outcome}`);
  });

  it('is left to an agent that ends those whose timeout nobody hears of', async () => {
    await using rig = await start();
    const request = http.get(`${rig.url}/slow`);
    const answer = settled(request);
    expect(request.listenerCount('timeout')).toBe(0);
    request.destroy();
    await answer;
  });

  it.each([
    ['headers in a list', { headers: ['Host', 'users.internal'] }],
    ['no host among its headers', { setHost: false }],
  ])('with %s is told of without a port nobody knows', async (_, options) => {
    await using rig = await start();
    await settled(http.get({ host: '127.0.0.1', port: rig.port, path: '/users/7', ...options }));
    const { attributes } = await rig.call();
    expect(attributes).toMatchObject({ 'server.address': '127.0.0.1', 'url.path': '/users/7' });
    expect(attributes).not.toHaveProperty('server.port');
  });
});
