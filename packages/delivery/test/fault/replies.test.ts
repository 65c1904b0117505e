import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { cuttingFormat, deriveBatchId } from '../text-records.ts';
import { type Answer, accept, answering, Inbox, serveHttp, serveSockets } from './backend.ts';
import { createSender } from './sender.ts';

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (_request, response) => {
    response.writeHead(code, headers);
    response.end(body);
  };

const cutShort: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': '100', 'content-type': 'application/x-texts' });
  response.write('0|x');
  setImmediate(() => response.destroy());
};

describe('a reply', () => {
  it.each<[string, Answer]>([
    ['is cut short (F26)', cutShort],
    [
      'is cut short in chunks',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/x-texts' });
        response.write('0|x');
        setImmediate(() => response.destroy());
      },
    ],
    ['is larger than 64 KiB (F31)', status(200, { 'content-type': 'application/x-texts' }, '0|'.padEnd(70_000, 'x'))],
    ['is a login page (F25)', status(200, { 'content-type': 'text/html' }, '<p>log in</p>')],
    ['is text without a type', status(200, {}, 'hello')],
    ['is a 500 (F23)', status(500)],
    ['is a 502', status(502)],
    ['is a 504', status(504)],
    ['is a 503 that says nothing more', status(503)],
    ['is a 429 that says nothing more', status(429)],
  ])('that %s acknowledges nothing, and the batch comes again', async (_what, answer) => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, answer, accept(inbox)));
    await using sender = createSender([server.url]);
    expect(await sender.send('a', 'b')).toBe(true);
    expect(inbox.requests.length).toBe(2);
    expect(inbox.requests[0]?.headers['idempotency-key']).toBe(inbox.requests[1]?.headers['idempotency-key']);
    expect(inbox.requests[0]?.body).toEqual(inbox.requests[1]?.body);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 2, endpoints: [{ failures: 1, inFlight: 0 }] });
  });

  it('that is cut short is told as one: the server did answer, so nobody is to look at https', async () => {
    await using server = await serveHttp(answering(new Inbox(), cutShort));
    await using sender = createSender([server.url], { retry: { baseDelayMs: 1 } });
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    const about = `${server.url} is out: HTTP 200, but the reply was cut short`;
    await expect.poll(() => sender.diagnostics.map(({ message }) => message)).toContain(about);
    expect(sender.diagnostics.map(({ kind }) => kind)).not.toContain('endpointSuspect');
  });

  it.each<[string, Answer]>([
    ['204', status(204)],
    ['empty 200', status(200)],
    ['200 with a warning', status(200, { 'content-type': 'application/x-texts' }, '0|careful')],
    ['200 as long as may be', status(200, { 'content-type': 'application/x-texts' }, '0|'.padEnd(65_536, 'x'))],
  ])('that is a %s acknowledges (F27, F29)', async (_what, answer) => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, answer));
    await using sender = createSender([server.url]);
    expect(await sender.send('a')).toBe(true);
    expect(inbox.requests.length).toBe(1);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 1, rejected: 0 });
  });

  it('of 200 with a warning is passed on to who looks after the logs (F29)', async () => {
    const inbox = new Inbox();
    const warning = status(200, { 'content-type': 'application/x-texts' }, '0|careful');
    await using server = await serveHttp(answering(inbox, warning));
    await using sender = createSender([server.url]);
    await sender.send('a');
    await expect.poll(() => sender.diagnostics.map(({ message }) => message).join()).toContain('and says: careful');
  });

  it.each([
    [2, 2],
    [3, 3],
    [99, 3],
    [-4, 0],
  ])('that refuses %i of three counts %i, and nothing comes again (F28, F30)', async (said, rejected) => {
    const inbox = new Inbox();
    const partial = status(200, { 'content-type': 'application/x-texts' }, `${said}|too old`);
    await using server = await serveHttp(answering(inbox, partial));
    await using sender = createSender([server.url]);
    expect(await sender.send('a', 'b', 'c')).toBe(true);
    expect(inbox.requests.length).toBe(1);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 3 - rejected, rejected });
  });

  it('of 503 with a Retry-After is not asked before its time (F16)', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, status(503, { 'retry-after': '1' }), accept(inbox)));
    await using sender = createSender([server.url]);
    expect(await sender.send('a')).toBe(true);
    const [first, second] = inbox.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(inbox.requests.length).toBe(2);
  });

  it('of 503 with a Retry-After of nothing is as one without: asked again and again, more and more seldom', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, status(503, { 'retry-after': '0' })));
    await using sender = createSender([server.url], { retry: { baseDelayMs: 1 } });
    for (let i = 0; i < 100; i++) sender.delivery.enqueue({ text: `${i}` }, 9, 0);
    await sender.delivery.flush({ timeoutMs: 1000 });
    expect(inbox.requests.length).toBeLessThan(20);
    expect(sender.delivery.stats().endpoints).toMatchObject([{ state: 'open' }]);
  });

  it('of 503 with a Retry-After sends the batch to the other endpoint at once (F16)', async () => {
    const inbox = new Inbox();
    await using busy = await serveHttp(answering(inbox, status(503, { 'retry-after': '300' })));
    await using other = await serveHttp(answering(inbox, accept(inbox)));
    await using sender = createSender([busy.url, other.url]);
    const startMs = performance.now();
    for (const text of ['a', 'b', 'c', 'd']) expect(await sender.send(text)).toBe(true);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(inbox.texts).toEqual(['a', 'b', 'c', 'd']);
  });

  it('of 400 costs its own batch alone, which is counted and printed (F20)', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, status(400), accept(inbox)));
    await using sender = createSender([server.url]);
    await sender.send('poison');
    await sender.send('good');
    expect(inbox.texts).toEqual(['good']);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 1, rejected: 1 });
    await expect.poll(() => sender.stderr.join('')).toContain('{"text":"poison"}');
  });

  it('of 500 every time is tried three times more, then counted, and blocks nothing (F23)', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(inbox, (request, response) => {
        response.statusCode = request.body.includes('poison') ? 500 : 200;
        response.end();
      }),
    );
    await using sender = createSender([server.url]);
    expect(await sender.send('poison')).toBe(true);
    expect(inbox.requests.length).toBe(4);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 0, rejected: 1 });
  });

  it.each([301, 302, 307, 308])('of %i is not followed, whatever stands there (F24)', async (code) => {
    const inbox = new Inbox();
    await using login = await serveHttp(answering(inbox, accept(inbox)));
    const moved = new Inbox();
    await using server = await serveHttp(answering(moved, status(code, { location: login.url })));
    await using sender = createSender([server.url]);
    expect(await sender.send('a')).toBe(false);
    expect(inbox.requests).toEqual([]);
    expect(moved.requests.length).toBe(1);
    expect(sender.delivery.stats()).toMatchObject({ pending: 1, endpoints: [{ state: 'open' }] });
    await expect.poll(() => sender.diagnostics.map(({ kind }) => kind)).toContain('endpointHeld');
    expect(sender.stderr.join('')).toContain(`HTTP ${code}`);
  });

  it.each([401, 403, 404, 405, 407])('of %i holds the endpoint and sends the batch to another (F22)', async (code) => {
    const inbox = new Inbox();
    await using wrong = await serveHttp(answering(inbox, status(code)));
    await using right = await serveHttp(answering(inbox, accept(inbox)));
    await using sender = createSender([wrong.url, right.url]);
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) expect(await sender.send(text)).toBe(true);
    expect(inbox.texts).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(sender.delivery.stats().endpoints[0]?.attempts).toBeLessThanOrEqual(1);
  });

  it('of 413 splits the batch until it fits, and learns the size (F19)', async () => {
    const inbox = new Inbox();
    const small: Answer = (request, response) => {
      if (request.body.length > 1000) return status(413)(request, response, 0);
      return accept(inbox)(request, response, 0);
    };
    await using server = await serveHttp(answering(inbox, small));
    await using sender = createSender([server.url]);
    const texts = Array.from({ length: 64 }, (_, i) => `${i}`.padEnd(96, '.'));
    expect(await sender.send(...texts)).toBe(true);
    expect(inbox.texts.sort()).toEqual(texts.sort());
    expect(inbox.duplicates).toBe(0);
    const refusals = inbox.requests.length;
    expect(await sender.send(...texts.map((text) => `again${text}`))).toBe(true);
    expect(inbox.requests.slice(refusals).every(({ body }) => body.length <= 1000)).toBe(true);
  });

  it('of 413 for a single record counts it as oversize and prints it (F19)', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, status(413)));
    await using sender = createSender([server.url]);
    expect(await sender.send('huge')).toBe(true);
    expect(sender.delivery.stats()).toMatchObject({ dropped: { byReason: { oversize: 1 } } });
    await expect.poll(() => sender.stderr.join('')).toContain('{"text":"huge"}');
  });

  it('of 413 for a single record cuts its text, once, under an id that follows from the first (F19)', async () => {
    const inbox = new Inbox();
    const fits: Answer = (request, response) => {
      if (request.body.length > 100) return status(413)(request, response, 0);
      return accept(inbox)(request, response, 0);
    };
    await using server = await serveHttp(answering(inbox, fits));
    await using sender = createSender([server.url], { format: cuttingFormat });
    expect(await sender.send('a long story'.padEnd(500, '.'))).toBe(true);
    expect(inbox.texts).toEqual(['a long s...']);
    const [first = '', second] = inbox.requests.map(({ headers }) => String(headers['idempotency-key']));
    expect(second).toBe(deriveBatchId(first, 'cut'));
    expect(sender.delivery.stats()).toMatchObject({ delivered: 1, dropped: { total: 0 } });
    await expect.poll(() => sender.diagnostics.map(({ kind }) => kind)).toContain('recordReduced');
  });

  it.each([
    ['once cut', 'a long story', 2],
    ['of which nothing can be cut', 'short', 1],
  ])('of 413 for a record %s counts it as oversize (F19)', async (_what, text, requests) => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, status(413)));
    await using sender = createSender([server.url], { format: cuttingFormat });
    expect(await sender.send(text)).toBe(true);
    expect(inbox.requests.length).toBe(requests);
    expect(sender.delivery.stats()).toMatchObject({ pending: 0, dropped: { byReason: { oversize: 1 } } });
  });

  it('of 413 before the request is read, cut short by a reset, is the reply (F32)', async () => {
    const inbox = new Inbox();
    await using good = await serveHttp(answering(inbox, accept(inbox)));
    await using server = await serveSockets((socket) => {
      socket.once('data', (head) => {
        const length = Number(/content-length: (\d+)/i.exec(head.toString('latin1'))?.[1]);
        if (length > 100_000) {
          socket.write('HTTP/1.1 413 Payload Too Large\r\ncontent-length: 9\r\nconnection: close\r\n\r\ntoo', () => {
            socket.pause();
            setTimeout(() => socket.resetAndDestroy(), 50);
          });
          return;
        }
        const upstream = connect(good.port, '127.0.0.1');
        upstream.on('error', () => socket.destroy());
        upstream.write(head);
        socket.pipe(upstream).pipe(socket);
      });
    });
    await using sender = createSender([server.url], { batch: { maxBytes: 2 << 20, lingerMs: 0 } });
    const texts = Array.from({ length: 16 }, (_, i) => `${i}`.padEnd(60_000, '.'));
    expect(await sender.send(...texts)).toBe(true);
    expect(inbox.texts.sort()).toEqual(texts.sort());
    expect(sender.delivery.stats().endpoints).toMatchObject([{ failures: 0 }]);
  });
});

describe('with strictOtlp', () => {
  it.each([301, 401, 403, 404, 405, 407, 413, 500])('a %i ends the batch at once', async (code) => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, status(code)));
    let calls = 0;
    const headers = async () => ({ authorization: `Bearer ${++calls}` });
    await using sender = createSender([server.url], { strictOtlp: true, on400: 'bisect', headers });
    expect(await sender.send('a', 'b')).toBe(true);
    expect(inbox.requests.length).toBe(1);
    expect(sender.delivery.stats()).toMatchObject({ rejected: 2, delivered: 0 });
  });

  it.each([429, 502, 503, 504])('a %i is tried again', async (code) => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, status(code), accept(inbox)));
    await using sender = createSender([server.url], { strictOtlp: true });
    expect(await sender.send('a')).toBe(true);
    expect(inbox.texts).toEqual(['a']);
  });

  it('a reply up to 4 MiB is read, and a larger one ends the batch', async () => {
    const inbox = new Inbox();
    const reply = (bytes: number): Answer =>
      status(200, { 'content-type': 'application/x-texts' }, '0|'.padEnd(bytes, 'x'));
    await using server = await serveHttp(answering(inbox, reply(4 << 20), reply((4 << 20) + 1)));
    await using sender = createSender([server.url], { strictOtlp: true, timeoutMs: 30_000 });
    expect(await sender.send('a')).toBe(true);
    expect(await sender.send('b')).toBe(true);
    expect(inbox.requests.length).toBe(2);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 1, rejected: 1 });
  });
});

describe("with on400: 'bisect'", () => {
  it('one bad record of many is isolated, and all others arrive (F20)', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(inbox, (request, response) => {
        if (!request.body.includes('poison')) return accept(inbox)(request, response, 0);
        response.statusCode = 400;
        response.end();
      }),
    );
    await using sender = createSender([server.url], { on400: 'bisect' });
    const good = Array.from({ length: 63 }, (_, i) => `${i}`);
    expect(await sender.send(...good.slice(0, 40), 'poison', ...good.slice(40))).toBe(true);
    expect(inbox.texts.sort()).toEqual([...good].sort());
    expect(inbox.duplicates).toBe(0);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 63, rejected: 1 });
    // The whole, and two halves of each of six refused batches.
    expect(inbox.requests.length).toBe(13);
  });

  it('the size of a refused batch teaches nothing about the endpoint', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, status(400), accept(inbox)));
    await using sender = createSender([server.url], { on400: 'bisect' });
    await sender.send('a', 'b');
    const before = inbox.requests.length;
    await sender.send('c', 'd', 'e', 'f');
    expect(inbox.requests.length).toBe(before + 1);
  });
});
