import http from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAxiosTransport } from '../../src/send/axios-transport.ts';
import type { TransportResult } from '../../src/send/transport.ts';
import { accept, answering, freePort, Inbox, type LoopbackServer, listen, serveHttp, serveSockets } from './backend.ts';
import { createSender } from './sender.ts';
import { cert, fixture, key, serveTls } from './tls-server.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a proxy of the environment', () => {
  it('is used, and gets the whole address', async () => {
    const inbox = new Inbox();
    await using proxy = await serveHttp(answering(inbox, accept(inbox)));
    vi.stubEnv('http_proxy', `http://127.0.0.1:${proxy.port}`);
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('NO_PROXY', '');
    await using sender = createSender(['http://logs.example:4318/v1/logs']);
    expect(await sender.send('a')).toBe(true);
    expect(inbox.requests[0]?.url).toBe('http://logs.example:4318/v1/logs');
    expect(inbox.requests[0]?.headers.host).toBe('logs.example:4318');
  });

  it('is not used for what NO_PROXY names', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    vi.stubEnv('http_proxy', `http://127.0.0.1:${await freePort()}`);
    vi.stubEnv('no_proxy', '127.0.0.1');
    await using sender = createSender([server.url]);
    expect(await sender.send('a')).toBe(true);
    expect(inbox.requests[0]?.url).toBe('/v1/logs');
  });
});

/** A proxy for servers of https, and what it was asked and could read. */
interface TunnelServer extends LoopbackServer {
  readonly asked: string[];
  read(): string;
}

/** Connects whoever asks for it, unless it is to answer something else. */
async function serveTunnel(answer = 200, server: http.Server = http.createServer()) {
  const asked: string[] = [];
  let read = '';
  server.on('connect', ({ url, headers }, socket, head) => {
    asked.push(`${url} ${headers['proxy-authorization'] ?? 'nobody'}`);
    socket.write(`HTTP/1.1 ${answer} so\r\n\r\n`);
    if (answer >= 300) return void socket.end();
    const onward = connect(Number(/\d+$/.exec(url ?? '')?.[0]), '127.0.0.1');
    onward.write(head);
    socket.on('data', (chunk) => {
      read += chunk.toString('latin1');
    });
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => undefined).on('close', () => onward.destroy());
    onward.on('error', () => undefined).on('close', () => socket.destroy());
  });
  const tunnel: TunnelServer = Object.assign(await listen(server), { asked, read: () => read });
  return tunnel;
}

function useProxy(url: string): void {
  vi.stubEnv('https_proxy', url);
  vi.stubEnv('no_proxy', '');
  vi.stubEnv('NO_PROXY', '');
}

const byName = ({ url }: LoopbackServer): string => url.replace('127.0.0.1', 'localhost');

describe('a proxy of the environment, to a server of https', () => {
  it.each([
    ['http', 200],
    ['http', 204],
    ['https', 200],
  ])(
    'is a tunnel, by %s and %i: it sees the name alone, and authority and certificate are ours',
    async (by, answer) => {
      const inbox = new Inbox();
      await using server = await serveTls(inbox, { ca: cert, requestCert: true, rejectUnauthorized: true });
      await using proxy = await serveTunnel(answer, by === 'https' ? https.createServer({ cert, key }) : undefined);
      useProxy(`${by}://me:sesame@127.0.0.1:${proxy.port}`);
      await using sender = createSender([byName(server)], {
        tls: { ca: cert, cert, key },
        headers: { 'x-token': 'secret' },
      });
      expect(await sender.send('plain words')).toBe(true);
      expect(inbox.texts).toEqual(['plain words']);
      expect(inbox.requests[0]?.headers['proxy-authorization']).toBeUndefined();
      const basic = `Basic ${Buffer.from('me:sesame').toString('base64')}`;
      expect(proxy.asked).toEqual([`localhost:${server.port} ${basic}`]);
      expect(proxy.read()).not.toMatch(/plain words|secret/);
    },
  );

  it('is asked for an address of IPv6 in brackets, and needs no certificate with the name of the server', async () => {
    const inbox = new Inbox();
    const renewed = fixture('renewed-cert.pem');
    await using server = await serveTls(inbox, { cert: renewed, key: fixture('renewed-key.pem') });
    await using proxy = await serveTunnel(200, https.createServer({ cert, key }));
    useProxy(`https://127.0.0.1:${proxy.port}`);
    const tls = { ca: `${cert}${renewed}`, servername: 'renewed.example' };
    await using sender = createSender([`https://[::1]:${server.port}/v1/logs`], { tls });
    expect(await sender.send('a')).toBe(true);
    expect(proxy.asked).toEqual([`[::1]:${server.port} nobody`]);
  });

  it('is asked once for many requests, and again after certificates have changed or for another server', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    await using other = await serveTls(inbox);
    await using proxy = await serveTunnel();
    useProxy(`http://127.0.0.1:${proxy.port}`);
    let tls = { ca: cert };
    await using sender = createSender([byName(server)], { tls: () => tls });
    for (const text of ['a', 'b', 'c']) expect(await sender.send(text)).toBe(true);
    expect([proxy.connections, server.connections]).toEqual([1, 1]);
    tls = { ca: cert };
    expect(await sender.send('d')).toBe(true);
    expect(proxy.connections).toBe(2);
    await using second = createSender([byName(server), byName(other)], { tls, balance: 'round-robin' });
    for (const text of ['e', 'f', 'g', 'h']) expect(await second.send(text)).toBe(true);
    expect([proxy.connections, other.connections]).toEqual([4, 1]);
    expect(inbox.texts).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });

  it('is another one as soon as the variable says so', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    await using first = await serveTunnel();
    await using second = await serveTunnel();
    useProxy(`http://127.0.0.1:${first.port}`);
    await using sender = createSender([byName(server)], { tls: { ca: cert } });
    expect(await sender.send('a')).toBe(true);
    useProxy(`http://127.0.0.1:${second.port}`);
    expect(await sender.send('b')).toBe(true);
    vi.stubEnv('no_proxy', 'localhost');
    expect(await sender.send('c')).toBe(true);
    expect([first.connections, second.connections, server.connections]).toEqual([1, 1, 3]);
  });

  it('that closed an idle tunnel just as it is used again is asked for another at once', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    let number = 0;
    await using proxy = await serveTunnel();
    await using front = await serveSockets((socket) => {
      const onward = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
      const isFirst = number++ === 0;
      onward.pipe(socket);
      socket.on('data', (bytes) => {
        if (isFirst && inbox.requests.length === 1) socket.resetAndDestroy();
        else onward.write(bytes);
      });
      socket.on('close', () => onward.destroy());
    });
    useProxy(`http://127.0.0.1:${front.port}`);
    await using sender = createSender([byName(server)], { tls: { ca: cert } });
    expect(await sender.send('a')).toBe(true);
    expect(await sender.send('b')).toBe(true);
    expect(sender.delivery.stats().endpoints).toMatchObject([{ attempts: 2, failures: 0 }]);
    expect(front.connections).toBe(2);
  });

  it.each([
    [407, 'credentials of the proxy'],
    [403, 'HTTPS_PROXY and NO_PROXY'],
    [400, 'HTTPS_PROXY and NO_PROXY'],
    [302, 'HTTPS_PROXY and NO_PROXY'],
  ])('that answers %i holds the endpoint and costs no record; credentials are not told', async (status, advice) => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    await using proxy = await serveTunnel(status);
    useProxy(`http://me:sesame@127.0.0.1:${proxy.port}`);
    await using sender = createSender([byName(server)], { tls: { ca: cert } });
    expect(await sender.send('a')).toBe(false);
    expect(sender.delivery.stats()).toMatchObject({ pending: 1, endpoints: [{ state: 'open', attempts: 1 }] });
    await expect.poll(() => sender.stderr.join('')).toContain(`the proxy answered HTTP ${status}`);
    expect(sender.stderr.join('')).toContain(advice);
    const said = JSON.stringify([sender.diagnostics, sender.stderr, sender.delivery.stats()]);
    expect(said).not.toContain('sesame');
    expect(said).not.toContain(Buffer.from('me:sesame').toString('base64'));
    expect([proxy.connections, proxy.open, server.connections]).toEqual([1, 0, 0]);
  });
});

describe('a tunnel that does not open', () => {
  interface Attempt {
    readonly connectTimeoutMs?: number;
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
  }

  async function send(
    port: number,
    { connectTimeoutMs = 0, timeoutMs = 0, signal }: Attempt,
  ): Promise<TransportResult> {
    useProxy(`http://127.0.0.1:${port}`);
    const transport = createAxiosTransport({ axios: undefined, tls: undefined, connectTimeoutMs });
    const request = { url: 'https://localhost:1/v1/logs', headers: {}, body: Buffer.from('a'), timeoutMs };
    const result = await transport.send({ ...request, signal: signal ?? new AbortController().signal });
    transport.close();
    return result;
  }

  const yes = (socket: Socket) => socket.once('data', () => socket.write('HTTP/1.1 200 so\r\n\r\n'));

  it.each<[string, (socket: Socket) => unknown]>([
    ['with a proxy that says nothing', (socket) => socket.resume()],
    ['with a proxy that says half of something', (socket) => socket.once('data', () => socket.write('HTTP/1.1 200'))],
    ['with a server that says nothing', yes],
  ])('%s ends with its deadline, that of the attempt and an abort, and leaves no connection', async (_how, answer) => {
    const aborting = new AbortController();
    await using proxy = await serveSockets((socket, number) => {
      answer(socket);
      // What it is asked comes first, the greeting of TLS after the answer.
      if (number === 2) socket.on('data', () => answer !== yes || aborting.abort());
      if (number === 2 && answer !== yes) socket.once('data', () => aborting.abort());
    });
    expect(await send(proxy.port, { connectTimeoutMs: 50 })).toEqual({
      kind: 'failure',
      code: 'ERR_LOGFLUME_CONNECT_TIMEOUT',
      message: 'no connection within 50 ms',
    });
    await expect.poll(() => proxy.open).toBe(0);
    expect(await send(proxy.port, { timeoutMs: 50 })).toMatchObject({ code: 'ERR_LOGFLUME_TIMEOUT' });
    await expect.poll(() => proxy.open).toBe(0);
    expect(await send(proxy.port, { signal: aborting.signal })).toMatchObject({ code: 'ERR_LOGFLUME_ABORTED' });
    await expect.poll(() => proxy.open).toBe(0);
    expect(proxy.connections).toBe(3);
  });

  it.each<[string, (socket: Socket) => unknown, { code: string; message?: string }]>([
    [
      'as the proxy answers 502',
      (socket) => socket.once('data', () => socket.write('HTTP/1.1 502 so\r\ncontent-length: 2\r\n\r\nno')),
      { code: 'ERR_LOGFLUME_PROXY', message: 'the proxy answered HTTP 502' },
    ],
    [
      'as the proxy answers 407',
      (socket) => socket.once('data', () => socket.write('HTTP/1.1 407 so\r\n\r\n')),
      { code: 'ERR_LOGFLUME_PROXY_REFUSED', message: 'the proxy answered HTTP 407' },
    ],
    [
      'as the proxy speaks something else',
      (socket) => socket.once('data', () => socket.write('SSH-2.0 me\r\n\r\n')),
      { code: 'ERR_LOGFLUME_PROXY', message: 'the proxy speaks no HTTP on its port' },
    ],
    ['as the proxy hangs up', (socket) => socket.once('data', () => socket.end()), { code: 'ECONNRESET' }],
    ['as the proxy is reset', (socket) => socket.resetAndDestroy(), { code: 'ECONNRESET' }],
    ['as the server hangs up', (socket) => yes(socket).once('data', () => socket.end()), { code: 'ECONNRESET' }],
  ])('%s is a failure that says so, and leaves no connection', async (_how, answer, failure) => {
    await using proxy = await serveSockets(answer);
    expect(await send(proxy.port, { connectTimeoutMs: 5000 })).toMatchObject({ kind: 'failure', ...failure });
    await expect.poll(() => proxy.open).toBe(0);
  });

  it('ends with a close of the delivery, and so does one that is idle', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    await using healthy = await serveTunnel();
    await using silent = await serveSockets((socket) => socket.resume());
    useProxy(`http://127.0.0.1:${healthy.port}`);
    await using sender = createSender([byName(server)], { tls: { ca: cert }, timeoutMs: 0 });
    expect(await sender.send('idle')).toBe(true);
    expect(healthy.open).toBe(1);
    useProxy(`http://127.0.0.1:${silent.port}`);
    sender.delivery.enqueue({ text: 'under way' }, 9, 0);
    await expect.poll(() => silent.connections).toBe(1);
    expect(await sender.delivery.close({ timeoutMs: 200 })).toMatchObject({ delivered: 1, fallback: 1, pending: 0 });
    await expect.poll(() => [healthy.open, silent.open]).toEqual([0, 0]);
  });
});
