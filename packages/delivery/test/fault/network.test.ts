import { connect, type Socket } from 'node:net';
import axios, { type AxiosInstance } from 'axios';
import { describe, expect, it } from 'vitest';
import { createAxiosTransport } from '../../src/send/axios-transport.ts';
import { accept, answering, freePort, Inbox, serveHttp, serveSockets } from './backend.ts';
import { createSender } from './sender.ts';

const big = 'x'.repeat(200_000);

describe('a connection', () => {
  it('that is refused costs nothing: the batch arrives once somebody listens (F1)', async () => {
    const inbox = new Inbox();
    const port = await freePort();
    await using sender = createSender([`http://127.0.0.1:${port}/v1/logs`]);
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    expect((await sender.delivery.flush({ timeoutMs: 200 })).pending).toBe(1);
    await using _server = await serveHttp(answering(inbox, accept(inbox)), port);
    expect(await sender.send('b')).toBe(true);
    expect(inbox.texts.sort()).toEqual(['a', 'b']);
    expect(inbox.duplicates).toBe(0);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['reset on accept (F4)', (socket) => socket.resetAndDestroy()],
    ['closed on accept', (socket) => socket.end()],
    ['reset in mid-request (F5)', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['closed in mid-request (F6)', (socket) => socket.once('data', () => socket.end())],
    [
      'answered with garbage (F31)',
      (socket) => socket.once('data', () => socket.end('\x16\x03\x01\x02\x00 garbage\r\n\r\n')),
    ],
    ['answered with a cut header', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-le'))],
    [
      'answered with a 101',
      (socket) =>
        socket.once('data', () =>
          socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
        ),
    ],
  ])('that is %s is tried again, with the same id', async (_how, misbehave) => {
    const inbox = new Inbox();
    await using good = await serveHttp(answering(inbox, accept(inbox)));
    const idsBefore: string[] = [];
    await using server = await serveSockets((socket, number) => {
      if (number < 2) socket.once('data', (head) => idsBefore.push(...idsIn(head)));
      if (number < 2) misbehave(socket);
      else relay(socket, good.port);
    });
    await using sender = createSender([server.url]);
    expect(await sender.send('a', big)).toBe(true);
    expect(inbox.texts.sort()).toEqual(['a', big]);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 2, pending: 0, endpoints: [{ inFlight: 0 }] });
    expect(sender.delivery.stats().endpoints[0]?.failures).toBe(2);
    const ids = [...inbox.ids.values()].flatMap((ids) => [...ids]);
    expect(ids).toEqual(expect.arrayContaining(idsBefore));
  });

  it('that is reset after the data was taken gives one extra copy, with the same id (F7)', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(
        inbox,
        (request) => {
          inbox.keep(request);
          for (const socket of sockets) socket.resetAndDestroy();
        },
        accept(inbox),
      ),
    );
    const sockets = new Set<Socket>();
    await using front = await serveSockets((socket) => {
      sockets.add(socket);
      relay(socket, server.port);
    });
    await using sender = createSender([front.url]);
    expect(await sender.send('a')).toBe(true);
    expect(inbox.duplicates).toBe(1);
    expect([...(inbox.ids.get('a') ?? [])]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('that hangs ends with the deadline of the attempt, and its slot is free again (F8)', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, () => undefined, accept(inbox)));
    await using sender = createSender([server.url], { timeoutMs: 300 });
    expect(await sender.send('a')).toBe(true);
    expect(inbox.texts).toEqual(['a']);
    expect(sender.delivery.stats().endpoints).toMatchObject([{ inFlight: 0, failures: 1 }]);
  });

  it('is closed with the delivery, idle or under way', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox), () => undefined));
    await using sender = createSender([server.url], { timeoutMs: 0 });
    await sender.send('idle');
    expect(server.open).toBe(1);
    sender.delivery.enqueue({ text: 'under way' }, 9, 0);
    const report = await sender.delivery.close({ timeoutMs: 200 });
    expect(report).toMatchObject({ delivered: 1, fallback: 1, pending: 0 });
    await expect.poll(() => server.open).toBe(0);
  });

  it('is used again and again', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    await using sender = createSender([server.url]);
    for (let i = 0; i < 20; i++) await sender.send(`${i}`);
    expect([inbox.texts.length, server.connections]).toEqual([20, 1]);
  });

  it('is closed after its request, not in it, once it is old', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    const settings = { axios: undefined, tls: undefined, connectTimeoutMs: 0 };
    for (const [maxSocketAgeMs, connections] of [
      [60_000, 1],
      [0, 6],
    ] as const) {
      const transport = createAxiosTransport({ ...settings, maxSocketAgeMs });
      for (let i = 0; i < 5; i++) {
        const request = { url: server.url, headers: {}, body: Buffer.alloc(0), timeoutMs: 0 };
        const result = await transport.send({ ...request, signal: new AbortController().signal });
        expect(result).toMatchObject({ kind: 'reply', status: 200 });
      }
      expect(server.connections).toBe(connections);
      transport.close();
    }
  });

  it('leaves the memory of a body to others only once all of it is with the system', async () => {
    await using whole = await serveHttp((request, response) => request.resume().on('end', () => response.end()));
    await using hasty = await serveSockets((socket) => {
      socket.once('data', () => socket.pause().write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    });
    const isBodyFree = async (url: string, client?: AxiosInstance) => {
      const transport = createAxiosTransport({ axios: client, tls: undefined, connectTimeoutMs: 0 });
      const body = Buffer.alloc(32 * 1024 * 1024); // More than both systems hold between them.
      const result = await transport.send({
        url,
        headers: {},
        body,
        timeoutMs: 0,
        signal: new AbortController().signal,
      });
      expect(result).toMatchObject({ kind: 'reply', status: 200 });
      transport.close();
      return 'isBodyFree' in result && result.isBodyFree;
    };
    expect(await isBodyFree(whole.url)).toBe(true);
    expect(await isBodyFree(hasty.url)).toBe(false);
    // What an interceptor of the application's keeps is not known.
    expect(await isBodyFree(whole.url, axios.create())).toBe(false);
  });

  it('that switches protocols ends at once, long before the deadline', async () => {
    await using server = await serveSockets((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      );
    });
    await using sender = createSender([server.url], { timeoutMs: 0 });
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    await expect.poll(() => sender.delivery.stats().endpoints[0]?.failures, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect.poll(() => server.open, { timeout: 20_000 }).toBe(0);
  });

  it('to many endpoints at once makes Node warn of nothing', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, () => undefined));
    const urls = Array.from({ length: 20 }, (_, i) => `${server.url}/${i}`);
    await using sender = createSender(urls, { batch: { maxRecords: 1 }, timeoutMs: 0 });
    for (let i = 0; i < 40; i++) sender.delivery.enqueue({ text: `${i}` }, 9, 0);
    await expect.poll(() => inbox.requests.length).toBe(20);
    await sender.delivery.close({ timeoutMs: 1 });
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('whose peer never reads ends with the deadline of the attempt (F9)', async () => {
    await using server = await serveSockets((socket) => socket.pause());
    await using sender = createSender([server.url], { timeoutMs: 200, batch: { lingerMs: 0, maxBytes: 4 << 20 } });
    for (let i = 0; i < 50; i++) sender.delivery.enqueue({ text: big }, 9, 0);
    await sender.delivery.flush({ timeoutMs: 1000 });
    expect(sender.delivery.stats().endpoints[0]?.failures).toBeGreaterThan(0);
    expect(sender.delivery.stats().pending).toBe(50);
  });

  it('that closes idle after 2 ms loses nothing, is not held against the endpoint, and duplicates share the id (F33)', async () => {
    const inbox = new Inbox();
    await using good = await serveHttp(answering(inbox, accept(inbox)));
    // Ends a connection two milliseconds after its answer, without the Keep-Alive hint Node's own server gives.
    await using server = await serveSockets((socket) => {
      socket.on('data', () => socket.setTimeout(0));
      socket.on('timeout', () => socket.end());
      relay(socket, good.port, (reply) => {
        socket.setTimeout(2);
        return reply.replace(/Keep-Alive: .*\r\n/i, '');
      });
    });
    await using sender = createSender([server.url]);
    for (let i = 0; i < 300; i++) {
      await sender.send(`${i}`);
      // The rhythm of the traffic is what is tested: a request about every two milliseconds.
      const nextMs = performance.now() + 2;
      while (performance.now() < nextMs) await new Promise(setImmediate);
    }
    expect(new Set(inbox.texts)).toEqual(new Set(Array.from({ length: 300 }, (_, i) => `${i}`)));
    for (const ids of inbox.ids.values()) expect(ids.size).toBe(1);
    expect(sender.delivery.stats().endpoints).toMatchObject([{ failures: 0 }]);
  });

  it('is not judged by an event loop that was late: what waits in the socket is read first (F66)', async () => {
    const inbox = new Inbox();
    let release: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using server = await serveHttp(
      answering(inbox, (request, response) => {
        inbox.keep(request);
        release();
        response.end();
      }),
    );
    await using sender = createSender([server.url], { timeoutMs: 300 });
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    const flushed = sender.delivery.flush();
    await arrived;
    const untilMs = performance.now() + 900;
    while (performance.now() < untilMs);
    await flushed;
    expect(inbox.requests.length).toBe(1);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 1, endpoints: [{ failures: 0 }] });
  });
});

describe('a blocked event loop', () => {
  it('makes no failure of what broke meanwhile: nobody was there to listen (F66)', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(
        inbox,
        (_request, response) => {
          const untilMs = performance.now() + 1000;
          while (performance.now() < untilMs);
          response.socket?.resetAndDestroy();
        },
        accept(inbox),
      ),
    );
    await using sender = createSender([server.url], { timeoutMs: 10_000 });
    expect(await sender.send('a')).toBe(true);
    expect(inbox.requests.length).toBe(2);
    expect(sender.delivery.stats().endpoints).toMatchObject([{ attempts: 2, failures: 0, state: 'closed' }]);
    expect(sender.delivery.stats().endpoints[0]?.latencyMs).toBeLessThan(1000);
  });
});

describe('two endpoints', () => {
  it.each([['refuses', async () => `http://127.0.0.1:${await freePort()}/v1/logs`]])(
    'of which one %s lose nothing, and after the warm-up hardly anything is tried there (F1, F12)',
    async (_how, bad) => {
      const inbox = new Inbox();
      await using server = await serveHttp(answering(inbox, accept(inbox)));
      await using sender = createSender([await bad(), server.url]);
      for (let i = 0; i < 20; i++) await sender.send(`warm ${i}`);
      const before = sender.delivery.stats().endpoints.map(({ attempts }) => attempts);
      for (let i = 0; i < 500; i++) await sender.send(`${i}`);
      const after = sender.delivery.stats().endpoints.map(({ attempts }, at) => attempts - (before[at] ?? 0));
      expect(inbox.texts.length).toBe(520);
      expect(inbox.duplicates).toBe(0);
      expect((after[0] ?? 0) / ((after[0] ?? 0) + (after[1] ?? 0))).toBeLessThan(0.02);
    },
  );
});

/** The id of the batch in the head of a request. */
function idsIn(head: Buffer): string[] {
  return [...head.toString('latin1').matchAll(/^idempotency-key: (\w+)/gim)].map(([, id = '']) => id);
}

/** Passes a connection on to another port. */
function relay(socket: Socket, port: number, change: (reply: string) => string = (reply) => reply): void {
  const upstream = connect(port, '127.0.0.1');
  upstream.on('error', () => socket.destroy());
  upstream.on('data', (chunk) => socket.write(change(chunk.toString('latin1')), 'latin1'));
  upstream.on('end', () => socket.end());
  socket.on('data', (chunk) => upstream.write(chunk));
  socket.on('close', () => upstream.destroy());
}
