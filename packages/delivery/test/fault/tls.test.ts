import http2 from 'node:http2';
import { describe, expect, it } from 'vitest';
import { createAxiosTransport } from '../../src/send/axios-transport.ts';
import { accept, answering, Inbox, listen, serveHttp, serveSockets } from './backend.ts';
import { createSender } from './sender.ts';
import { cert, fixture, key, serveTls } from './tls-server.ts';

describe('over TLS', () => {
  it('a certificate of an authority we were given is good', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    await using sender = createSender([server.url], { tls: { ca: cert } });
    expect(await sender.send('a')).toBe(true);
    expect(await sender.send('b')).toBe(true);
    expect(inbox.texts).toEqual(['a', 'b']);
    expect(server.connections).toBe(1);
  });

  it('any other holds the endpoint with a clear message, and nothing is sent, in the clear least of all (F37)', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    await using sender = createSender([server.url]);
    expect(await sender.send('a')).toBe(false);
    expect(inbox.requests).toEqual([]);
    expect(sender.delivery.stats()).toMatchObject({ pending: 1, endpoints: [{ state: 'open', attempts: 1 }] });
    await expect.poll(() => sender.stderr.join('')).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT.*certificate/);
  });

  it('a certificate for another host holds the endpoint (F37)', async () => {
    const inbox = new Inbox();
    const elsewhere = fixture('elsewhere-cert.pem');
    await using server = await serveTls(inbox, { cert: elsewhere });
    await using sender = createSender([server.url], { tls: { ca: elsewhere } });
    expect(await sender.send('a')).toBe(false);
    expect(inbox.requests).toEqual([]);
    await expect.poll(() => sender.stderr.join('')).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('a client certificate is shown to a server that asks for one', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox, { requestCert: true, rejectUnauthorized: true, ca: cert });
    await using without = createSender([server.url], { tls: { ca: cert } });
    without.delivery.enqueue({ text: 'a' }, 9, 0);
    expect((await without.delivery.flush({ timeoutMs: 300 })).pending).toBe(1);
    await using sender = createSender([server.url], { tls: { ca: cert, cert, key } });
    expect(await sender.send('b')).toBe(true);
    expect(inbox.texts).toEqual(['b']);
  });

  it('a name other than that of the URL is looked for in the certificate when it is given, and sent (F37)', async () => {
    const inbox = new Inbox();
    const elsewhere = fixture('elsewhere-cert.pem');
    let asked: string | undefined;
    await using server = await serveTls(inbox, {
      cert: elsewhere,
      SNICallback(name, done) {
        asked = name;
        done(null);
      },
    });
    await using sender = createSender([server.url], { tls: { ca: elsewhere, servername: 'elsewhere.example' } });
    expect(await sender.send('a')).toBe(true);
    expect(asked).toBe('elsewhere.example');
  });

  it('certificates that changed are used for the next request, without an end of the one before', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox, { requestCert: true, rejectUnauthorized: false, ca: cert });
    let tls: { ca: Buffer; cert?: Buffer; key?: Buffer } = { ca: cert };
    await using sender = createSender([server.url], { tls: () => tls });
    expect(await sender.send('a')).toBe(true);
    expect(await sender.send('b')).toBe(true);
    expect(server.connections).toBe(1);
    tls = { ca: cert, cert, key };
    expect(await sender.send('c')).toBe(true);
    expect(inbox.texts).toEqual(['a', 'b', 'c']);
    expect(server.connections).toBe(2);
  });

  it('a stalled handshake is a failure of its own deadline, and nothing is sent (F37)', async () => {
    await using server = await serveSockets(() => undefined);
    const url = server.url.replace('http:', 'https:');
    const transport = createAxiosTransport({ axios: undefined, tls: undefined, connectTimeoutMs: 100 });
    const request = { url, headers: {}, body: Buffer.from('words'), timeoutMs: 0 };
    const result = await transport.send({ ...request, signal: new AbortController().signal });
    expect(result).toMatchObject({ kind: 'failure', code: 'ERR_LOGFLUME_CONNECT_TIMEOUT' });
    transport.close();
  });

  it('at an address of DNS the certificate is that of the name', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    const resolver = { addresses: async () => ['127.0.0.1'], services: async () => [] };
    const [, port] = /:(\d+)\//.exec(server.url) ?? [];
    await using good = createSender([`dns+https://localhost:${port}/v1/logs`], { resolver, tls: { ca: cert } });
    expect(await good.send('a')).toBe(true);
    expect(inbox.requests[0]?.headers.host).toBe(`localhost:${port}`);
    await using bad = createSender([`dns+https://elsewhere.example:${port}/v1/logs`], { resolver, tls: { ca: cert } });
    expect(await bad.send('b')).toBe(false);
    await expect.poll(() => bad.stderr.join('')).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(inbox.texts).toEqual(['a']);
  });

  it('https to a server of http is held, and one line says so', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    await using sender = createSender([server.url.replace('http:', 'https:')]);
    expect(await sender.send('a')).toBe(false);
    expect(sender.delivery.stats()).toMatchObject({ pending: 1, endpoints: [{ state: 'open', attempts: 1 }] });
    await expect.poll(() => sender.stderr.join('')).toMatch(/^logflume: https:.*speaks no TLS.*http:\/\/[^\n]*\n/);
  });

  it('http to a server of https asks whether it speaks TLS, with its first failure', async () => {
    const inbox = new Inbox();
    await using server = await serveTls(inbox);
    await using sender = createSender([server.url.replace('https:', 'http:')]);
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    await expect.poll(() => sender.stderr.join('')).toMatch(/without an answer.*https:\/\//);
    expect(inbox.requests).toEqual([]);
  });

  it.each([
    ['nginx', '<center>The plain HTTP request was sent to HTTPS port</center>'],
    ['Go', 'Client sent an HTTP request to an HTTPS server.\n'],
  ])('a 400 in which %s says that it speaks TLS costs no record', async (_who, text) => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(inbox, (_request, response) => {
        response.statusCode = 400;
        response.end(text);
      }),
    );
    await using sender = createSender([server.url]);
    expect(await sender.send('a')).toBe(false);
    expect(sender.delivery.stats()).toMatchObject({ pending: 1, rejected: 0, endpoints: [{ state: 'open' }] });
    await expect.poll(() => sender.stderr.join('')).toMatch(/speaks TLS on this port.*https:/);
  });

  it('an alert in answer to plain HTTP says the same', async () => {
    await using server = await serveSockets((socket) => {
      socket.once('data', () => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])));
    });
    await using sender = createSender([server.url]);
    expect(await sender.send('a')).toBe(false);
    await expect.poll(() => sender.stderr.join('')).toMatch(/speaks TLS on this port.*https:/);
  });

  it('a server of gRPC is told as one', async () => {
    await using server = await listen(http2.createServer());
    await using sender = createSender([server.url]);
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    expect((await sender.delivery.flush({ timeoutMs: 500 })).pending).toBe(1);
    await sender.delivery.close({ timeoutMs: 500 });
    expect(sender.stderr.join('')).toMatch(/the server speaks HTTP\/2, as gRPC does; OTLP\/HTTP listens on 4318/);
  });

  it('a server that hangs up gets nothing and is tried later', async () => {
    let received = '';
    await using server = await serveSockets((socket) => {
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        socket.end();
      });
    });
    await using sender = createSender([server.url.replace('http:', 'https:')]);
    sender.delivery.enqueue({ text: 'plain words' }, 9, 0);
    expect((await sender.delivery.flush({ timeoutMs: 300 })).pending).toBe(1);
    expect(received).not.toContain('plain words');
  });
});
