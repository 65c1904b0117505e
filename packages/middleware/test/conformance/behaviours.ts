import http from 'node:http';
import type { ReceivedRecord } from '@logflume/dev-backend';
import { expect } from 'vitest';
import { abandon, send, sendRaw } from '../client.ts';
import { type Host, isAccess, MEETING, Rig } from '../sample.ts';

/** One thing every framework's access log does. */
export interface Behaviour {
  /** A sentence about what happens. */
  readonly title: string;
  /** Why that matters to whoever reads the records. */
  readonly explanation: string;
  /** Frameworks it does not apply to, and why. */
  readonly skip?: (host: Host) => string | undefined;
  run(host: Host): Promise<void>;
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const needsRoutes = ({ hasRoutes }: Host): string | undefined => (hasRoutes ? undefined : 'it has no routes');

export const behaviours: readonly Behaviour[] = [
  {
    title: 'writes one record for a request, with the names of the semantic conventions',
    explanation: 'Dashboards and alerts of any backend work on these names, whatever the framework.',
    async run(host) {
      await using rig = await Rig.start(host);
      const { body } = await send(`${rig.url}/hello?token=n0t-t0-be-seen`, { headers: { 'user-agent': 'probe/1.0' } });
      const record = await rig.access();
      expect(body).toBe('hello');
      expect(record).toMatchObject({ severityNumber: 9, severityText: 'INFO', body: 'GET /hello 200' });
      expect(record.attributes).toEqual({
        'http.request.method': 'GET',
        ...(host.hasRoutes ? { 'http.route': '/hello' } : {}),
        ...(host.helloHandler === undefined ? {} : { 'code.function.name': host.helloHandler }),
        'url.path': '/hello',
        'url.scheme': 'http',
        'http.response.status_code': 200,
        'client.address': '127.0.0.1',
        'user_agent.original': 'probe/1.0',
        'http.response.body.size': 5,
        'http.server.request.duration': expect.any(Number),
        'request.id': expect.stringMatching(UUID),
      });
      expect(record.attributes['http.server.request.duration']).toBeGreaterThan(0);
      expect(JSON.stringify(rig.backend.records())).not.toContain('n0t-t0-be-seen');
    },
  },
  {
    title: 'tells the same of each of many requests that are alike, and what differs of the others',
    explanation: 'What such requests have in common is encoded once: nobody may see it, nor a mixture.',
    async run(host) {
      const options = { attributes: () => ({ 'http.route': 'mine', 'url.scheme': 'gopher', 'shop.id': 7 }) };
      await using rig = await Rig.start(host, options);
      const get = (path: string, agent: string) => send(`${rig.url}${path}`, { headers: { 'user-agent': agent } });
      for (let i = 0; i < 30; i++) {
        await get('/hello?a=b', 'service/1.0');
        if (i % 3 === 0) await get('/status/404', 'service/1.0');
        if (i % 5 === 0) await get('/hello', 'service/2.0');
      }
      const told = (await rig.received(46)).filter(isAccess).map(({ attributes, body }) => {
        const { 'request.id': id, 'http.server.request.duration': seconds, ...rest } = attributes;
        expect([id, seconds]).toEqual([expect.stringMatching(UUID), expect.any(Number)]);
        const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
        return JSON.stringify([body, ...sorted]);
      });
      const counts = new Map<string, number>();
      for (const text of told) counts.set(text, (counts.get(text) ?? 0) + 1);
      expect([...counts.values()]).toEqual([30, 10, 6]);
      for (const text of counts.keys()) {
        expect(text).toContain('["shop.id",7]');
        expect(text).toContain('["url.scheme","http"]');
        expect(text.includes('["http.route","mine"]')).toBe(!host.hasRoutes);
      }
    },
  },
  {
    title: 'names the route by its template, prefixes of outer routers and their parameters included',
    explanation: 'A route is grouped by: the raw path would make a group for every user.',
    skip: needsRoutes,
    async run(host) {
      await using rig = await Rig.start(host);
      // What a framework shows of its first request it need not show of those after it.
      for (const user of [42, 43]) {
        await send(`${rig.url}/api/users/${user}/orders/users`);
        const { attributes } = (await rig.received(user - 41)).filter(isAccess)[user - 42] as ReceivedRecord;
        expect(attributes).toMatchObject({
          'http.route': '/api/users/:user/orders/:order',
          'url.path': `/api/users/${user}/orders/users`,
        });
      }
    },
  },
  {
    title: 'names no route where none matched',
    explanation: 'A scanner that tries a thousand paths must not make a thousand routes.',
    async run(host) {
      await using rig = await Rig.start(host);
      await send(`${rig.url}/wp-admin/42`);
      const record = await rig.access();
      expect(record).toMatchObject({ severityNumber: 13, attributes: { 'http.response.status_code': 404 } });
      expect(record.attributes).not.toHaveProperty(['http.route']);
    },
  },
  ...['/sync-error', '/async-error'].map(
    (path): Behaviour => ({
      title: `tells what was thrown, with its own stack: ${path}`,
      explanation: 'A 500 without its reason is a riddle; a stack made up by the access log is worse.',
      async run(host) {
        await using rig = await Rig.start(host);
        const { status, headers } = await send(`${rig.url}${path}`);
        const record = await rig.access();
        expect(status).toBe(500);
        expect(headers['x-request-id']).toBe(record.attributes['request.id']);
        expect(record).toMatchObject({ severityNumber: 17, severityText: 'ERROR' });
        expect(record.attributes).toMatchObject({
          'http.response.status_code': 500,
          'error.type': 'TypeError',
          'exception.type': 'TypeError',
          'exception.message': 'it broke',
          'exception.stacktrace': expect.stringContaining('sample.'),
          ...(host.hasRoutes ? { 'http.route': path } : {}),
        });
      },
    }),
  ),
  {
    title: 'counts the bytes of a streamed answer, and tells when its first one left',
    explanation: 'A streamed answer has no content-length, and its duration ends with its last byte.',
    async run(host) {
      await using rig = await Rig.start(host);
      const { body } = await send(`${rig.url}/stream`);
      const { attributes } = await rig.access();
      expect(body).toBe('first,second,third');
      expect(attributes).toMatchObject({
        'http.response.body.size': 18,
        'logflume.time_to_first_byte': expect.any(Number),
      });
      expect(attributes['http.server.request.duration']).toBeGreaterThanOrEqual(
        Number(attributes['logflume.time_to_first_byte']),
      );
    },
  },
  {
    title: 'tells a request that the client gave up from one that was answered',
    explanation: 'An aborted request looks like a 200 or a 404 to the framework, and is neither.',
    async run(host) {
      await using rig = await Rig.start(host);
      await abandon(`${rig.url}/hang`, rig.hung());
      const record = await rig.access();
      expect(record).toMatchObject({ severityNumber: 13, body: 'GET /hang aborted' });
      expect(record.attributes).toMatchObject({
        'logflume.outcome': 'aborted',
        ...(host.hasRoutes ? { 'http.route': '/hang' } : {}),
      });
      expect(record.attributes['http.response.status_code']).not.toBe(404);
    },
  },
  {
    title: 'keeps requests on one connection apart',
    explanation: 'A connection that stays open carries many requests, each with an id and a size of its own.',
    async run(host) {
      await using rig = await Rig.start(host);
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      await send(`${rig.url}/hello`, { agent });
      await send(`${rig.url}/stream`, { agent });
      await send(`${rig.url}/hello`, { agent });
      agent.destroy();
      const records = (await rig.received(3)).filter(isAccess);
      expect(new Set(records.map(({ attributes }) => attributes['request.id'])).size).toBe(3);
      expect(records.map(({ attributes }) => attributes['http.response.body.size'])).toEqual([5, 18, 5]);
    },
  },
  {
    title: 'counts no body for HEAD',
    explanation: 'Frameworks write one all the same, and node:http leaves it out.',
    async run(host) {
      await using rig = await Rig.start(host);
      await send(`${rig.url}/hello`, { method: 'HEAD' });
      const { attributes } = await rig.access();
      expect(attributes).toMatchObject({ 'http.request.method': 'HEAD', 'http.response.body.size': 0 });
    },
  },
  {
    title: 'counts the bytes of a body that came, also without a content-length',
    explanation: 'The header says what the client meant to send, not what came.',
    async run(host) {
      await using rig = await Rig.start(host);
      const headers = { 'content-type': 'application/json' };
      await send(`${rig.url}/echo`, { method: 'POST', headers, body: '{"a":"é"}' });
      await send(`${rig.url}/echo`, {
        method: 'POST',
        headers: { ...headers, 'transfer-encoding': 'chunked' },
        body: '{"a":12}',
      });
      const records = (await rig.received(2)).filter(isAccess);
      expect(records.map(({ attributes }) => attributes['http.request.body.size'])).toEqual([10, 8]);
    },
  },
  {
    title: 'gives the records inside the id and the trace of the request, with a body or without',
    explanation: 'Code deep inside logs by the logger it has, and knows of no request.',
    async run(host) {
      await using rig = await Rig.start(host);
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await send(`${rig.url}/hello`, { headers: { traceparent, 'x-request-id': 'one' } });
      await send(`${rig.url}/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': 2, traceparent, 'x-request-id': 'two' },
        body: '{}',
        isBodyLate: true, // It comes by an event of the connection, which knows of no request.
      });
      const records = await rig.received(2);
      expect(records.map(({ body, attributes }) => [attributes['request.id'], body])).toEqual([
        ['one', 'deep inside'],
        ['one', 'GET /hello 200'],
        ['two', 'deep inside'],
        ['two', 'POST /echo 200'],
      ]);
      for (const { traceId, spanId, flags } of records) {
        expect({ traceId, spanId, flags }).toEqual({
          traceId: '0af7651916cd43dd8448eb211c80319c',
          spanId: 'b7ad6b7169203331',
          flags: 1,
        });
      }
    },
  },
  {
    title: 'makes a trace for a request whose traceparent is none',
    explanation: 'A client must not be able to switch off that records belong together.',
    async run(host) {
      await using rig = await Rig.start(host);
      const traceparent = '00-00000000000000000000000000000000-b7ad6b7169203331-01';
      const { status } = await send(`${rig.url}/hello`, { headers: { traceparent } });
      const [inside, access] = await rig.received();
      expect(status).toBe(200);
      expect(access?.traceId).toMatch(/^[\da-f]{32}$/);
      expect(access?.traceId).not.toBe('00000000000000000000000000000000');
      expect(inside?.traceId).toBe(access?.traceId);
    },
  },
  {
    title: 'makes no trace for a request of which there is one record',
    explanation: 'A trace of which nobody else knows leads nowhere, and its random digits hardly compress.',
    async run(host) {
      await using rig = await Rig.start(host, { sampleRatio: 1 - 1e-12 }); // A share is decided by chance then.
      await send(`${rig.url}/status/200`);
      const { traceId, spanId, attributes } = await rig.access();
      expect({ traceId, spanId }).toEqual({ traceId: undefined, spanId: undefined });
      expect(attributes).toMatchObject({
        'request.id': expect.stringMatching(UUID),
        'logflume.sample_ratio': 1 - 1e-12,
      });
    },
  },
  {
    title: 'takes over an id that may be trusted to be harmless, and no other',
    explanation: 'The id stands in headers, records and terminals, and whoever calls chooses it.',
    async run(host) {
      await using rig = await Rig.start(host);
      const ids = [
        'ok-1_2=3.4:5',
        'x'.repeat(128),
        'x'.repeat(129),
        'two words',
        '',
        '<script>',
        'a\u001b[31mb',
        'é',
        'a,b',
      ];
      const echoed: unknown[] = [];
      for (const id of ids) {
        const answer = await sendRaw(
          rig.url,
          `GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Request-Id: ${id}\r\n\r\n`,
        );
        echoed.push(/^x-request-id: (.*)\r$/im.exec(answer)?.[1]);
        if (id === 'a\u001b[31mb') expect(answer).toMatch(/ 400 |x-request-id/i);
      }
      expect(echoed.slice(0, 2)).toEqual(ids.slice(0, 2));
      // A control character in a header is refused before anybody is asked.
      for (const id of echoed.slice(2).filter((each) => each !== undefined)) expect(id).toMatch(UUID);
      expect(echoed.slice(2).filter((id) => id === undefined).length).toBeLessThanOrEqual(1);
      await rig.received(echoed.filter((id) => id !== undefined).length);
      const told = rig.backend.records().map(({ attributes }) => attributes['request.id']);
      expect(new Set(told)).toEqual(new Set(echoed.filter((id) => id !== undefined)));
    },
  },
  {
    title: 'keeps what a client writes into path and headers in its place',
    explanation: 'A line break in a path must not become a record that nobody logged.',
    async run(host) {
      await using rig = await Rig.start(host, { headers: { request: ['x-note'] } });
      const path = '/nowhere/%0A{"severity":"FATAL"}%1B[31m';
      await sendRaw(
        rig.url,
        `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nUser-Agent: a\tb\xe9"}\r\nX-Note: c\xff\r\n\r\n`,
      );
      const { body, attributes } = await rig.access();
      expect(attributes).toMatchObject({
        'user_agent.original': 'a\tb\xe9"}',
        'http.request.header.x-note': ['c\xff'],
      });
      for (const text of [body, attributes['url.path']]) {
        expect([...String(text)].every((char) => char >= ' ')).toBe(true);
      }
      expect(rig.backend.stats().records.accepted).toBe(1);
    },
  },
  {
    title: 'takes headers as large as node:http does',
    explanation: 'A record that is too large to send would be lost with all others of its batch.',
    async run(host) {
      await using rig = await Rig.start(host, { headers: { request: ['x-large'] } });
      const large = 'x'.repeat(12_000);
      const { status } = await send(`${rig.url}/hello`, {
        headers: { 'x-large': large, traceparent: large.slice(0, 3000) },
      });
      const { attributes } = await rig.access();
      expect(status).toBe(200);
      expect(attributes['http.request.header.x-large']).toEqual([large]);
    },
  },
  {
    title: `keeps the contexts of ${MEETING} requests in flight apart`,
    explanation: 'The id of another request on a record is worse than none.',
    async run(host) {
      await using rig = await Rig.start(host);
      const answers = await Promise.all(
        Array.from({ length: MEETING }, (_, number) =>
          sendRaw(
            rig.url,
            `GET /meet/${number} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Request-Id: id-${number}\r\n\r\n`,
          ),
        ),
      );
      for (const [number, answer] of answers.entries())
        expect(answer.toLowerCase()).toContain(`x-request-id: id-${number}\r\n`);
      await rig.backend.waitFor(2 * MEETING, { timeoutMs: 20_000 });
      const records = await rig.received(MEETING);
      const met = records.filter(({ body }) => body === 'met');
      expect(met).toHaveLength(MEETING);
      for (const { attributes } of met) expect(attributes['request.id']).toBe(`id-${attributes['number']}`);
      for (const { attributes } of records.filter(isAccess)) {
        expect(attributes['url.path']).toBe(`/meet/${String(attributes['request.id']).slice(3)}`);
      }
      expect(new Set(records.filter(isAccess).map(({ attributes }) => attributes['request.id'])).size).toBe(MEETING);
    },
  },
  {
    title: 'logs once when mounted twice, and says so once',
    explanation: 'A plugin and the application may both mount it; doubled records spoil every count.',
    async run(host) {
      await using rig = await Rig.start(host, {}, 'twice');
      await send(`${rig.url}/hello`);
      await send(`${rig.url}/hello`);
      await rig.received(2);
      expect(rig.backend.records().filter(isAccess)).toHaveLength(2);
      expect(rig.diagnostics.map(({ kind, reason }) => ({ kind, reason }))).toEqual([
        { kind: 'accessLogMisused', reason: 'mountedTwice' },
      ]);
    },
  },
  {
    title: 'says when it was mounted after routes',
    explanation: 'Requests it never sees have no record, and nobody would notice.',
    skip: ({ knowsOrder, hasRoutes }) =>
      knowsOrder && hasRoutes ? undefined : 'the framework does not tell what was mounted before',
    async run(host) {
      await using rig = await Rig.start(host, {}, 'late');
      await send(`${rig.url}/hello`);
      await rig.access();
      expect(rig.diagnostics).toEqual([
        expect.objectContaining({ reason: 'mountedAfterRoutes', message: expect.stringContaining('accessLog') }),
      ]);
    },
  },
  {
    title: 'serves when its logger is none, and says so once',
    explanation: 'A variable nobody filled must not take the service down.',
    async run(host) {
      await using rig = await Rig.start(host, { logger: undefined, level: { '2xx': 'off' } });
      expect(await send(`${rig.url}/hello`)).toMatchObject({ status: 200, body: 'hello' });
      expect(rig.diagnostics).toEqual([
        expect.objectContaining({ reason: 'noLogger', message: expect.stringContaining('createLogger()') }),
      ]);
    },
  },
  {
    title: 'leaves out health checks and ignored paths, but not when they fail',
    explanation: 'A probe every second is noise until the second it fails.',
    async run(host) {
      await using rig = await Rig.start(host, { ignore: ['/status/2*', '/status/5*'] });
      for (const path of ['/healthz', '/status/204', '/status/503', '/status/404']) await send(`${rig.url}${path}`);
      const paths = (await rig.received(2)).filter(isAccess).map(({ attributes }) => attributes['url.path']);
      expect(paths).toEqual(['/status/503', '/status/404']);
    },
  },
  {
    title: 'takes the path of a target that names a host, and nothing of its user',
    explanation: 'Proxies are sent such targets, and so is whatever somebody takes for one.',
    async run(host) {
      await using rig = await Rig.start(host, { ignore: ['/status/2*'], query: true });
      for (const target of ['h/status/404?a=1', 'h/status/204', 'h?b=/2']) {
        await sendRaw(rig.url, `GET http://u:hunter2@${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
      }
      const told = (await rig.received(2)).filter(isAccess).map(({ body, attributes }) => {
        return [body, attributes['url.path'], attributes['url.query']];
      });
      expect(told).toEqual([
        ['GET /status/404 404', '/status/404', 'a=1'],
        ['GET / 404', '/', 'b=/2'],
      ]);
      expect(JSON.stringify(rig.backend.records())).not.toContain('hunter2');
    },
  },
  {
    title: 'takes levels by route and by status, and raises slow requests to a warning',
    explanation: 'What is ordinary differs from route to route.',
    async run(host) {
      const route = host.hasRoutes ? '/hello' : '200';
      await using rig = await Rig.start(host, { level: { [route]: 'debug', '404': 'info', '5xx': 'fatal' } });
      for (const path of ['/hello', '/status/404', '/status/503']) await send(`${rig.url}${path}`);
      expect((await rig.received(3)).filter(isAccess).map(({ severityText }) => severityText)).toEqual([
        'DEBUG',
        'INFO',
        'FATAL',
      ]);
      await using slow = await Rig.start(host, { slowMs: 0 });
      await send(`${slow.url}/hello`);
      expect(await slow.access()).toMatchObject({ severityText: 'WARN', attributes: { 'logflume.slow': true } });
    },
  },
  {
    title: 'keeps a share of the ordinary records and all others, by trace',
    explanation: 'Sampling must not hide what failed, and all services of a trace must keep the same.',
    async run(host) {
      await using rig = await Rig.start(host, { sampleRatio: 0.5 });
      const traced = (digit: string) => `00-0af7651916cd43dd8448eb21${digit}c80319c-b7ad6b7169203331-01`;
      await send(`${rig.url}/hello`, { headers: { traceparent: traced('f') } });
      await send(`${rig.url}/status/500`, { headers: { traceparent: traced('f') } });
      await send(`${rig.url}/hello`, { headers: { traceparent: traced('1') } });
      const records = (await rig.received(2)).filter(isAccess);
      expect(records.map(({ attributes }) => attributes['logflume.sample_ratio'])).toEqual([undefined, 0.5]);
      expect(records.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([500, 200]);
    },
  },
  {
    title: 'carries the headers that were asked for, and of secret ones no more than that they came',
    explanation: 'Somebody will list authorization, to see whether it came.',
    async run(host) {
      await using rig = await Rig.start(host, {
        headers: {
          request: ['Accept', 'Authorization', 'X-Api-Key', 'x-tenant', 'referer'],
          response: ['content-type', 'x-absent'],
        },
        query: true,
        redact: ['X-Tenant'],
      });
      await send(`${rig.url}/hello?page=2&api_key=s3cret-value&access_token=s3cret-value`, {
        headers: {
          accept: 'text/plain',
          authorization: 'Bearer s3cret-value',
          'x-api-key': 's3cret-value',
          'x-tenant': 's3cret-value',
          cookie: 's=s3cret-value',
          referer: 'https://me:s3cret-value@x/cb?code=s3cret-value&page=2',
        },
      });
      const { attributes } = await rig.access();
      expect(attributes).toMatchObject({
        'http.request.header.accept': ['text/plain'],
        'http.request.header.authorization': ['[redacted]'],
        'http.request.header.x-api-key': ['[redacted]'],
        'http.request.header.x-tenant': ['[redacted]'],
        'http.request.header.referer': ['https://[redacted]@x/cb?code=[redacted]&page=2'],
        'url.query': 'page=2&api_key=[redacted]&access_token=[redacted]',
      });
      expect(JSON.stringify(rig.backend.records())).not.toContain('s3cret-value');
    },
  },
  {
    title: 'knows the headers of an answer also when it adds none itself',
    explanation: 'node:http forgets headers that are given to writeHead alone.',
    async run(host) {
      await using rig = await Rig.start(host, { requestIdHeader: false, headers: { response: ['content-type'] } });
      const headers = { 'content-type': 'application/json' };
      const answer = await send(`${rig.url}/refuse`, { method: 'POST', headers, body: '{}' });
      const { attributes } = await rig.access();
      expect(answer.headers).not.toHaveProperty('x-request-id');
      expect(attributes['http.response.header.content-type']).toEqual([answer.headers['content-type']]);
    },
  },
  {
    title: 'carries bodies of failed requests, their secret members masked, where asked to',
    explanation: 'What was sent explains a 400; passwords are sent, too.',
    async run(host) {
      const types = ['application/json'];
      await using rig = await Rig.start(host, { bodies: { request: types, response: types, maxBytes: 100 } });
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const sent = { name: 'ann', nested: [{ password: 's3cret-value' }] };
      await send(`${rig.url}/echo`, { method: 'POST', headers, body: JSON.stringify(sent) });
      await send(`${rig.url}/refuse`, { method: 'POST', headers, body: JSON.stringify(sent) });
      await send(`${rig.url}/refuse`, { method: 'POST', headers, body: JSON.stringify({ text: 'x'.repeat(100) }) });
      const [accepted, refused, large] = (await rig.received(3)).filter(isAccess);
      expect(accepted?.attributes).not.toHaveProperty(['logflume.request.body']);
      expect(refused?.attributes).toMatchObject({
        'http.response.status_code': 400,
        // node:http parses no bodies.
        ...(host.hasRoutes ? { 'logflume.request.body': { name: 'ann', nested: [{ password: '[redacted]' }] } } : {}),
        'logflume.response.body': { error: 'refused', token: '[redacted]' },
      });
      if (host.hasRoutes) expect(large?.attributes['logflume.request.body']).toBe('[111 bytes]');
      expect(JSON.stringify(rig.backend.records())).not.toContain('s3cret-value');
    },
  },
  {
    title: 'shows nothing of a body that cannot be parsed, and nobody asked for',
    explanation: 'Parsers hang the whole body on their error and quote it in its message; a comma too many is a typo.',
    async run(host) {
      await using rig = await Rig.start(host);
      const headers = { 'content-type': 'application/json' };
      for (const body of ['{"user":"ann","password":"hunter2",}', '{"password":hunter2}', 'hunter2']) {
        await send(`${rig.url}/echo`, { method: 'POST', headers, body });
      }
      await rig.received(3);
      expect(JSON.stringify(rig.backend.records())).not.toContain('hunter2');
    },
  },
  {
    title: 'collects what is added onto the record, and makes a linked record of what comes later',
    explanation: 'One record with everything about a request can be asked anything; late facts must not be lost.',
    async run(host) {
      await using rig = await Rig.start(host);
      await send(`${rig.url}/add`, { headers: { 'x-request-id': 'wide' } });
      await rig.backend.waitFor(2);
      const [access, late] = await rig.received();
      expect(access).toMatchObject({ eventName: 'http.server.request', attributes: { 'order.id': 7, 'cart.size': 2 } });
      expect(access?.attributes['http.route']).toBe(host.hasRoutes ? '/add' : 'mine');
      expect(late).toMatchObject({
        eventName: 'http.server.request.late',
        attributes: { 'request.id': 'wide', 'too.late': true },
      });
      expect(late?.traceId).toBe(access?.traceId);
    },
  },
  {
    title: 'serves and logs whatever its options throw',
    explanation: 'A mistake in an option is found in production, on the one request that has no user.',
    async run(host) {
      const fail = (): never => {
        throw new Error('mistake');
      };
      await using rig = await Rig.start(host, { ignore: fail, level: fail, attributes: fail });
      expect(await send(`${rig.url}/hello`)).toMatchObject({ status: 200 });
      const record = await rig.access();
      expect(record).toMatchObject({
        severityText: 'INFO',
        attributes: { 'logflume.attributes_error': expect.anything() },
      });
    },
  },
  {
    title: 'carries the attributes an option makes of a request and what became of it',
    explanation: 'Tenants and versions are the application’s own matter.',
    async run(host) {
      await using rig = await Rig.start(host, {
        attributes: ({ method, path, route, status, isAborted, error, durationMs, request }) => ({
          mine: [method, path, route ?? null, status ?? null, isAborted, error ?? null, durationMs > 0, typeof request],
        }),
      });
      await send(`${rig.url}/hello`);
      const { attributes } = await rig.access();
      expect(attributes['mine']).toEqual([
        'GET',
        '/hello',
        host.hasRoutes ? '/hello' : null,
        200,
        false,
        null,
        true,
        'object',
      ]);
    },
  },
  {
    title: 'leaves no request without a record when a connection dies before anything was answered',
    explanation: 'A client that times out is the one whose request should be looked at.',
    async run(host) {
      await using rig = await Rig.start(host);
      // Nobody meets here: the request waits until it is given up.
      await abandon(`${rig.url}/meet/1`, rig.arrived());
      const record = await rig.access();
      expect(record).toMatchObject({ severityNumber: 13, attributes: { 'logflume.outcome': 'aborted' } });
      expect(record.attributes).not.toHaveProperty(['http.response.status_code']);
    },
  },
];
