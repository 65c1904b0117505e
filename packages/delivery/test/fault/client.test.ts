import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import axios, { type CreateAxiosDefaults } from 'axios';
import { describe, expect, it } from 'vitest';
import { textFormat, textsOf } from '../text-records.ts';
import { accept, answering, freePort, Inbox, serveHttp } from './backend.ts';
import { createSender } from './sender.ts';
import { cert, serveTls } from './tls-server.ts';

describe('headers', () => {
  it('are read again for every attempt', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    let calls = 0;
    await using sender = createSender([server.url], { headers: async () => ({ Authorization: `Bearer ${++calls}` }) });
    await sender.send('a');
    await sender.send('b');
    expect(inbox.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('that were renewed meanwhile are tried at once after a 401: nobody is held for a rotated token (F21)', async () => {
    const inbox = new Inbox();
    let valid = 'Bearer 0';
    await using server = await serveHttp(
      answering(inbox, (request, response) => {
        if (request.headers.authorization === valid) return accept(inbox)(request, response, 0);
        response.statusCode = 401;
        response.end();
      }),
    );
    let given = 'Bearer 0';
    const headers = async () => {
      const authorization = given;
      given = valid;
      return { authorization };
    };
    await using sender = createSender([server.url], { headers });
    for (let i = 0; i < 5; i++) {
      expect(await sender.send(`${i}`)).toBe(true);
      valid = `Bearer ${i + 1}`;
    }
    expect(inbox.texts).toEqual(['0', '1', '2', '3', '4']);
    expect(sender.diagnostics.filter(({ kind }) => kind === 'endpointHeld')).toEqual([]);
  });

  it.each([false, true])(
    'that were never to be had are waited for, also to the letter of OTLP: %s',
    async (strictOtlp) => {
      const inbox = new Inbox();
      await using server = await serveHttp(answering(inbox, accept(inbox)));
      let calls = 0;
      const headers = async () => {
        if (++calls < 3) throw new TypeError('sesame');
        return { authorization: 'Bearer 1' };
      };
      await using sender = createSender([server.url], { headers, strictOtlp, retry: { baseDelayMs: 1 } });
      expect(await sender.send('a')).toBe(true);
      expect(inbox.requests.map((request) => request.headers.authorization)).toEqual(['Bearer 1']);
      expect(sender.delivery.stats()).toMatchObject({ delivered: 1, endpoints: [{ state: 'closed', failures: 0 }] });
      expect(sender.diagnostics[0]?.message).toBe('headers() failed (TypeError); nothing is sent until it gives some');
    },
  );

  it('that stay the same after a 401 hold the endpoint, with one clear message and no second request', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(inbox, (_request, response) => {
        response.statusCode = 401;
        response.end();
      }),
    );
    await using sender = createSender([server.url], { headers: async () => ({ authorization: 'Bearer old' }) });
    expect(await sender.send('a')).toBe(false);
    expect(inbox.requests.length).toBe(1);
    await expect.poll(() => sender.stderr.join('')).toContain('HTTP 401');
    expect(sender.delivery.stats().endpoints).toMatchObject([{ state: 'open' }]);
  });

  it('of the protocol win over those of the user, whose names may have any case', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    await using sender = createSender([], {
      endpoints: [{ url: server.url, headers: { 'X-Tenant': 'own', 'CONTENT-TYPE': 'text/plain' } }],
      headers: { 'x-tenant': 'common', 'Idempotency-Key': 'mine', 'User-Agent': 'app/1' },
    });
    await sender.send('a');
    expect(inbox.requests[0]?.headers).toMatchObject({
      'x-tenant': 'own',
      'content-type': 'application/x-texts',
      'idempotency-key': expect.stringMatching(/^[0-9a-f]{32}$/),
      'user-agent': 'app/1',
    });
  });

  it.each([
    ['content-length', '3'],
    ['content-encoding', 'gzip'],
    ['transfer-encoding', 'chunked'],
    ['accept-encoding', 'gzip'],
    ['expect', 'another-day'],
    ['trailer', 'x-checksum'],
    ['upgrade', 'h2c'],
  ])('of a user cannot say of a request what it is not: %s', async (name, value) => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    for (const given of [{ [name.toUpperCase()]: value }, async () => ({ [name]: value })]) {
      await using sender = createSender([server.url], { headers: given });
      expect(await sender.send('a')).toBe(true);
    }
    await using sender = createSender([], { endpoints: [{ url: server.url, headers: { [name]: value } }] });
    expect(await sender.send('a')).toBe(true);
    expect(inbox.requests.map(({ headers }) => headers[name])).toEqual(
      Array.from({ length: 3 }, () => ({ 'content-length': '5', 'accept-encoding': 'identity' })[name]),
    );
  });

  it('of a user name the host that is meant, where many share an address', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    await using sender = createSender([server.url], { headers: { host: 'logs.example' } });
    expect(await sender.send('a')).toBe(true);
    expect(inbox.requests[0]?.headers.host).toBe('logs.example');
  });

  it('that Node refuses keep the batch pending and harm nobody', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    const client = axios.create();
    client.interceptors.request.use((config) => {
      config.headers['no name'] = 'x';
      return config;
    });
    await using sender = createSender([server.url], { axios: client });
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    expect((await sender.delivery.flush({ timeoutMs: 300 })).pending).toBe(1);
    expect(inbox.requests).toEqual([]);
    await expect.poll(() => sender.diagnostics.map(({ kind }) => kind)).toEqual(['endpointHeld', 'allEndpointsOut']);
  });

  it('that HTTP does not allow are sent by nobody in another form', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    const headers = async () => ({ 'x-tenant': 'Z\u00fcrich\u2013S\u00fcd' });
    await using sender = createSender([server.url], { headers });
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    expect((await sender.delivery.flush({ timeoutMs: 300 })).pending).toBe(1);
    expect(inbox.requests).toEqual([]);
    await expect.poll(() => sender.diagnostics.map(({ kind }) => kind)).toContain('headersFailed');
  });
});

describe('an injected axios instance', () => {
  const hostile: CreateAxiosDefaults = {
    baseURL: 'http://127.0.0.1:9/elsewhere',
    allowAbsoluteUrls: false,
    params: { added: '1' },
    timeout: 1,
    maxRedirects: 5,
    maxContentLength: 1,
    maxBodyLength: 1,
    responseType: 'json',
    decompress: true,
    transformRequest: [() => 'changed'],
    transformResponse: [() => 'changed'],
    validateStatus: () => false,
    headers: {
      'content-type': 'text/plain',
      'content-encoding': 'gzip',
      'idempotency-key': 'theirs',
      'x-extra': 'kept',
    },
  };

  it('with other defaults cannot change what is sent', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(
        inbox,
        (_request, response) => {
          response.writeHead(302, { location: server.url });
          response.end();
        },
        (request, response) => {
          inbox.keep(request);
          response.writeHead(200, { 'content-type': 'application/x-texts' });
          setTimeout(() => response.end('1|'.padEnd(5000, 'x')), 20);
        },
      ),
    );
    await using first = createSender([server.url], {
      axios: axios.create(hostile),
    });
    await first.send('a');
    expect(inbox.requests.length).toBe(1);
    await using sender = createSender([server.url], {
      axios: axios.create(hostile),
    });
    expect(await sender.send('a', 'b')).toBe(true);
    const request = inbox.requests[1];
    expect(request).toMatchObject({ method: 'POST', url: '/v1/logs' });
    expect(textsOf(request?.body ?? Buffer.alloc(0))).toEqual(['a', 'b']);
    expect(request?.headers).toMatchObject({ 'content-type': textFormat.contentType, 'x-extra': 'kept' });
    expect(request?.headers['idempotency-key']).not.toBe('theirs');
    expect(request?.headers['content-encoding']).toBeUndefined();
    expect(sender.delivery.stats()).toMatchObject({ delivered: 1, rejected: 1 });
  });

  it('whose interceptor never answers is given up at the deadline, and the batch comes again', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    const instance = axios.create();
    let calls = 0;
    instance.interceptors.request.use((config) => (++calls === 1 ? new Promise(() => undefined) : config));
    await using sender = createSender([server.url], { axios: instance, timeoutMs: 100 });
    expect(await sender.send('a')).toBe(true);
    expect(calls).toBe(2);
    expect(sender.delivery.stats()).toMatchObject({ delivered: 1, endpoints: [{ failures: 1, inFlight: 0 }] });
  });

  it('with agents of its own sends through them, and through ours where it has none', async () => {
    const inbox = new Inbox();
    await using plain = await serveHttp(answering(inbox, accept(inbox)));
    await using secure = await serveTls(inbox);
    let connections = 0;
    class OwnAgent extends http.Agent {
      override createConnection(...args: Parameters<http.Agent['createConnection']>): Duplex | null | undefined {
        connections++;
        return super.createConnection(...args);
      }
    }
    const httpAgent = new OwnAgent();
    await using first = createSender([plain.url], { axios: axios.create({ httpAgent }) });
    expect(await first.send('a')).toBe(true);
    expect(connections).toBe(1);
    await using second = createSender([secure.url], { axios: axios.create({ httpAgent }), tls: { ca: cert } });
    expect(await second.send('b')).toBe(true);
    // It trusts the server's certificate, and ours would not.
    await using third = createSender([secure.url], {
      axios: axios.create({ httpsAgent: new https.Agent({ ca: cert }) }),
    });
    expect(await third.send('c')).toBe(true);
    expect(inbox.texts).toEqual(['a', 'b', 'c']);
  });

  it('that is ours looks at certificates whatever agents the application gave all of axios', async () => {
    const inbox = new Inbox();
    await using secure = await serveTls(inbox);
    // What `require('axios')` gives an application is the build that the engine loads.
    const { defaults }: typeof axios = createRequire(import.meta.url)('axios');
    const { httpsAgent } = defaults;
    defaults.httpsAgent = new https.Agent({ rejectUnauthorized: false });
    try {
      await using sender = createSender([secure.url]);
      expect(await sender.send('secret')).toBe(false);
      expect(inbox.texts).toEqual([]);
    } finally {
      defaults.httpsAgent = httpsAgent;
    }
  });

  it('whose interceptor throws keeps the batch pending, and nothing of its error is told', async () => {
    const instance = axios.create();
    instance.interceptors.request.use(() => {
      throw Object.assign(new Error('token sesame expired'), { code: 'EAUTH' });
    });
    await using sender = createSender([`http://127.0.0.1:${await freePort()}/`], { axios: instance });
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    expect((await sender.delivery.flush({ timeoutMs: 500 })).pending).toBe(1);
    await sender.delivery.close({ timeoutMs: 100 });
    expect(JSON.stringify([sender.diagnostics, sender.stderr, sender.delivery.stats()])).not.toContain('sesame');
  });

  it('over fetch delivers, and follows no redirect either', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    const moved = new Inbox();
    await using mover = await serveHttp(
      answering(moved, (_request, response) => {
        response.writeHead(307, { location: server.url });
        response.end();
      }),
    );
    await using sender = createSender([server.url], { axios: axios.create({ adapter: 'fetch' }) });
    expect(await sender.send('a')).toBe(true);
    await using other = createSender([mover.url], { axios: axios.create({ adapter: 'fetch' }) });
    expect(await other.send('b')).toBe(false);
    expect(inbox.texts).toEqual(['a']);
  });
});

describe('nothing secret', () => {
  it('is in diagnostics, stats or on stderr, whatever goes wrong', async () => {
    const secret = 'sesame';
    const inbox = new Inbox();
    const statuses = [401, 503, 500, 400, 302];
    await using server = await serveHttp(
      answering(inbox, (_request, response, number) => {
        response.writeHead(statuses[number % statuses.length] ?? 500, { location: `http://x/?token=${secret}` });
        response.end(`you sent ${secret}`);
      }),
    );
    const refused = await freePort();
    const withSecrets = (port: number) => `http://user:${secret}@127.0.0.1:${port}/v1/logs?token=${secret}`;
    const seen: unknown[] = [];
    for (const port of [server.port, refused]) {
      for (const headers of [{ 'x-token': secret }, { [`x ${secret}`]: secret }]) {
        await using sender = createSender([withSecrets(port), withSecrets(port)], {
          headers: async () => {
            if (inbox.requests.length % 2 === 1) throw new Error(`no token ${secret}`);
            return headers;
          },
        });
        for (let i = 0; i < 4; i++) {
          sender.delivery.enqueue({ text: `${i}` }, 9, 0);
          await sender.delivery.flush({ timeoutMs: 150 });
        }
        await sender.delivery.close({ timeoutMs: 100 });
        seen.push(sender.diagnostics, sender.stderr, sender.delivery.stats());
      }
    }
    const sent = inbox.requests.map(({ headers, url }) => `${headers.authorization} ${headers['x-token']} ${url}`);
    expect(sent.join()).toContain(
      `${Buffer.from(`user:${secret}`).toString('base64')} ${secret} /v1/logs?token=${secret}`,
    );
    expect(JSON.stringify(seen)).not.toContain(secret);
    expect(JSON.stringify(seen)).not.toContain(Buffer.from(`user:${secret}`).toString('base64'));
    expect(JSON.stringify(seen).length).toBeGreaterThan(500);
  });

  it.each<[string, number, string]>([
    ['of what it took', 200, '0|'],
    ['of what it refused in part', 200, '1|'],
    ['of what it refused', 400, ''],
    ['of a page', 200, ''],
  ])('is in what is said and kept of a server that echoes requests, %s', async (what, status, before) => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(inbox, (request, response) => {
        const echo = `${JSON.stringify(request.headers)}\n\u001b[31m${request.url} sesame-key ${'x'.repeat(30_000)}`;
        const type = what === 'of a page' ? `text/html; ${request.headers['x-token']}` : 'application/x-texts';
        response.writeHead(status, { 'content-type': type });
        response.end(`${before}${echo}`);
      }),
    );
    const dir = mkdtempSync(join(tmpdir(), 'logflume-'));
    await using sender = createSender([`http://user:sesame-word@127.0.0.1:${server.port}/v1/logs?key=sesame-key`], {
      headers: { 'x-token': ' sesame-token\n', authorization: 'Bearer\tsesame-bearer ' },
      spool: { dir },
    });
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    await sender.delivery.flush({ timeoutMs: 500 });
    await sender.delivery.close({ timeoutMs: 100 });
    const messages = sender.diagnostics.map(({ message }) => message);
    const said = [...messages, ...sender.stderr.map((text) => text.trimEnd())];
    const kept = readdirSync(dir, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    rmSync(dir, { recursive: true });
    expect(inbox.requests[0]?.headers['x-token']).toBe('sesame-token');
    expect(JSON.stringify([said, kept])).not.toMatch(/sesame|c2VzYW1l/);
    expect(said.join()).toContain(what === 'of what it refused' ? 'HTTP 400' : '[redacted]');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no terminal is to obey them
    expect(said.filter((text) => text.length > 600 || /[\u0000-\u001f]/.test(text))).toEqual([]);
    if (what === 'of what it refused') expect(kept.join()).toContain('[redacted]');
  });
});
