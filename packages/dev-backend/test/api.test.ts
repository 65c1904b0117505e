import { describe, expect, it, test } from 'vitest';
import { createDevBackend, type DevBackend } from '../src/index.ts';
import { baseRecord, type Reply, send, toJsonRequest } from './send-logs.ts';

const get = (backend: DevBackend, path: string): Promise<Reply> => send(backend.url, '', { method: 'GET', path });

async function getBodies(backend: DevBackend, search: string): Promise<unknown[]> {
  const { status, text } = await get(backend, `/api/records?${search}`);
  expect(status).toBe(200);
  const { records }: { records: { body: unknown }[] } = JSON.parse(text);
  return records.map(({ body }) => body);
}

/** Four records: two of "shop", one of "mail" with a trace, one without severity. */
async function createFilledBackend(): Promise<DevBackend> {
  const backend = await createDevBackend();
  const withText = (text: string, more: object = {}) => ({ ...baseRecord, body: { stringValue: text }, ...more });
  const attributes = [
    { key: 'user.name', value: { kvlistValue: { values: [{ key: 'First', value: { stringValue: 'Zoë' } }] } } },
  ];
  await send(
    backend.url,
    toJsonRequest({ records: [withText('one'), withText('two', { severityNumber: 17, attributes })] }),
  );
  const traceId = '0AF7651916CD43DD8448EB211C80319C';
  await send(
    backend.url,
    toJsonRequest({ service: 'mail', scope: 'smtp', records: [withText('three', { severityNumber: 13, traceId })] }),
  );
  await send(
    backend.url,
    toJsonRequest({ records: [{ body: { intValue: '9007199254740993' }, eventName: 'four.happened' }] }),
  );
  return backend;
}

describe('GET /api/records', () => {
  test.each([
    ['', ['one', 'two', 'three', '9007199254740993']],
    ['limit=2', ['three', '9007199254740993']],
    ['limit=0', []],
    ['severity=warn', ['two', 'three']],
    ['severity=17', ['two']],
    ['severity=ERROR2', []],
    ['service=mail', ['three']],
    ['scope=cart', ['one', 'two', '9007199254740993']],
    ['text=ONE', ['one']],
    ['text=info', ['one', 'two', 'three']],
    ['text=ZO%C3%8B', ['two']],
    ['text=first', ['two']],
    ['text=four.', ['9007199254740993']],
    ['trace_id=0af7651916cd43dd8448eb211c80319c', ['three']],
    ['since=2001-01-01', ['one', 'two', 'three', '9007199254740993']],
    ['since=99999999999999', []],
    ['after=3', ['9007199254740993']],
    ['service=shop&severity=info&limit=1', ['two']],
    ['text=?&limit=1', []],
    ['severity=&text=&limit=', ['one', 'two', 'three', '9007199254740993']],
  ])('?%s finds the right records, newest last', async (search, bodies) => {
    await using backend = await createFilledBackend();
    expect(await getBodies(backend, search)).toEqual(bodies);
  });

  it('ends an answer that grows too long after a whole record, says so, and goes on after it', async () => {
    await using backend = await createDevBackend();
    // 9 MB of resource, printed with each record: two of them are above the 16 MiB of an answer.
    await send(backend.url, toJsonRequest({ service: 's'.repeat(9_000_000), records: Array(3).fill(baseRecord) }));
    const list = async (search: string): Promise<unknown> => {
      const { text } = await get(backend, `/api/records?${search}`);
      const { records, truncated }: { records: { sequence: number }[]; truncated?: true } = JSON.parse(text);
      return [records.map(({ sequence }) => sequence), truncated];
    };
    expect(await list('')).toEqual([[1, 2], true]);
    expect(await list('after=2')).toEqual([[3], undefined]);
  });

  it('shows plain values', async () => {
    await using backend = await createFilledBackend();
    const { headers, text } = await get(backend, '/api/records?text=two');
    expect(headers['content-type']).toBe('application/json');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(JSON.parse(text).records).toEqual([
      {
        sequence: 2,
        requestNumber: 1,
        receivedAtUnixMs: expect.any(Number),
        duplicate: false,
        timeUnixNano: '1581452773000000789',
        severityNumber: 17,
        severityText: 'INFO',
        body: 'two',
        attributes: { 'user.name': { First: 'Zoë' } },
        droppedAttributesCount: 0,
        flags: 0,
        resource: { attributes: { 'service.name': 'shop' }, droppedAttributesCount: 0 },
        scope: { name: 'cart', version: '', attributes: {}, droppedAttributesCount: 0 },
      },
    ]);
  });

  test.each([
    ['limit=-1', 'limit', 'an integer from 0 to 9999999', '-1'],
    ['severity=loud', 'severity', 'a number from 0 to 24 or a name such as warn or ERROR2', 'loud'],
    ['severity=25', 'severity', 'a number from 0 to 24 or a name such as warn or ERROR2', '25'],
    ['trace_id=abc', 'trace_id', '32 hex digits', 'abc'],
    ['since=yesterday', 'since', 'milliseconds since the epoch or an ISO 8601 time', 'yesterday'],
    ['after=x', 'after', 'the sequence number of a record', 'x'],
    ['level=warn', 'level', 'one of limit, severity, service, scope, text, trace_id, since, after', 'warn'],
    ['constructor=1', 'constructor', 'one of limit, severity, service, scope, text, trace_id, since, after', '1'],
    ['__proto__=1', '__proto__', 'one of limit, severity, service, scope, text, trace_id, since, after', '1'],
  ])(
    '?%s is a 400 that names the parameter, what it expected and what it got',
    async (search, parameter, expected, got) => {
      await using backend = await createDevBackend();
      const { status, text } = await get(backend, `/api/records?${search}`);
      expect(status).toBe(400);
      const error = `${parameter} must be ${expected}, got "${got}"`;
      expect(JSON.parse(text)).toEqual({ error, parameter, expected, got });
    },
  );

  it('refuses to code what it refuses over HTTP', async () => {
    await using backend = await createFilledBackend();
    const ask = (query: unknown): unknown => Reflect.apply(backend.records, undefined, [query]);
    expect(() => ask({ severity: 'warn' })).toThrow('query.severity is not a condition');
  });

  it('answers the same to code as over HTTP', async () => {
    await using backend = await createFilledBackend();
    expect(backend.records({ minSeverityNumber: 13, maxRecords: 1 }).map(({ body }) => body)).toEqual(['three']);
    expect(backend.records({ traceId: '0AF7651916CD43DD8448EB211C80319C' })).toHaveLength(1);
  });
});

describe('the other paths', () => {
  it('GET /api/stats shows what stats() says', async () => {
    await using backend = await createFilledBackend();
    const { text } = await get(backend, '/api/stats');
    const { connections: _open, ...stats } = backend.stats();
    expect(JSON.parse(text)).toMatchObject(stats);
  });

  it('DELETE /api/records forgets records but not counts', async () => {
    await using backend = await createFilledBackend();
    const { status, text } = await send(backend.url, '', { method: 'DELETE', path: '/api/records' });
    expect([status, JSON.parse(text)]).toEqual([200, { cleared: 4 }]);
    expect(backend.records()).toEqual([]);
    expect(backend.stats().records).toMatchObject({ accepted: 4, kept: 0, forgotten: 4 });
    await send(backend.url, toJsonRequest());
    expect(backend.records()).toMatchObject([{ sequence: 5 }]);
  });

  it('PUT /api/faults puts rules in force, GET shows how far they got', async () => {
    await using backend = await createDevBackend();
    const rules = [{ kind: 'status', status: 503, times: 1 }];
    const put = await send(backend.url, JSON.stringify(rules), { method: 'PUT', path: '/api/faults' });
    expect([put.status, JSON.parse(put.text)]).toEqual([200, { faults: [{ rule: rules[0], seen: 0, applied: 0 }] }]);
    expect((await send(backend.url, toJsonRequest())).status).toBe(503);
    expect((await send(backend.url, toJsonRequest())).status).toBe(200);
    const shown = await get(backend, '/api/faults');
    expect(JSON.parse(shown.text)).toEqual({ faults: [{ rule: rules[0], seen: 2, applied: 1 }] });
  });

  test.each([
    ['{"kind"', 400, 'body must be JSON'],
    ['{}', 400, 'faults must be an array of rules, got an object'],
    [
      '[{"kind":"hang"},{"kind":"delay","delayMs":"1"}]',
      400,
      'faults[1].delayMs must be an integer from 0 to 2147483647, got "1"',
    ],
    [' '.repeat(300_000), 413, 'body must not be above 262144 bytes, got 300000'],
  ])('PUT /api/faults refuses %.60s', async (body, status, message) => {
    await using backend = await createDevBackend({ faults: [{ kind: 'hang' }] });
    const reply = await send(backend.url, body, { method: 'PUT', path: '/api/faults' });
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.text).error).toContain(message);
    const shown = await get(backend, '/api/faults');
    expect(JSON.parse(shown.text).faults).toMatchObject([{ rule: { kind: 'hang' } }]);
  });

  it('GET /healthz says ok', async () => {
    await using backend = await createDevBackend();
    const { status, text } = await get(backend, '/healthz');
    expect([status, JSON.parse(text)]).toEqual([200, { status: 'ok' }]);
  });

  it('answers 404 with a list of what exists, and 405 with the methods', async () => {
    await using backend = await createDevBackend({ paths: ['/x'] });
    const unknown = await get(backend, '/api/record');
    expect(unknown.status).toBe(404);
    expect(JSON.parse(unknown.text)).toEqual({
      error: '/api/record does not exist',
      exists: [
        'POST /v1/logs',
        'POST /x',
        'GET /',
        'GET /healthz',
        'GET /api/records?limit=&severity=&service=&scope=&text=&trace_id=&since=&after=',
        'DELETE /api/records',
        'GET /api/stats',
        'GET /api/faults',
        'PUT /api/faults',
      ],
    });
    const wrongMethod = await send(backend.url, '', { method: 'POST', path: '/api/records' });
    expect([wrongMethod.status, wrongMethod.headers.allow]).toEqual([405, 'GET, DELETE']);
  });

  it('answers HEAD as GET without a body', async () => {
    await using backend = await createDevBackend();
    const { status, text } = await send(backend.url, '', { method: 'HEAD', path: '/api/stats' });
    expect([status, text]).toEqual([200, '']);
  });
});

describe('requests of foreign pages', () => {
  test.each(['/', '/api/records', '/api/stats', '/api/faults', '/nowhere'])(
    '%s refuses a foreign Host',
    async (path) => {
      await using backend = await createDevBackend();
      const reply = await send(backend.url, '', {
        method: 'GET',
        path,
        headers: { host: `evil.example:${backend.port}` },
      });
      expect(reply.status).toBe(403);
      expect(JSON.parse(reply.text).error).toContain('Host must be one of localhost, 127.0.0.1, [::1]');
    },
  );

  test.each(['LOCALHOST', '127.1'])('are refused on %s, another name of a loopback address', async (host) => {
    await using backend = await createDevBackend({ host });
    const headers = { host: 'evil.example' };
    expect((await send(backend.url, '', { method: 'GET', path: '/api/stats', headers })).status).toBe(403);
    expect((await send(backend.url, '', { method: 'GET', path: '/api/stats' })).status).toBe(200);
  });

  test.each(['localhost', 'LOCALHOST:4318', '127.0.0.1:1', '[::1]:4318'])('%s is our own Host', async (host) => {
    await using backend = await createDevBackend();
    expect((await send(backend.url, '', { method: 'GET', path: '/api/stats', headers: { host } })).status).toBe(200);
  });

  test.each([
    ['DELETE', '/api/records', ''],
    ['PUT', '/api/faults', '[]'],
  ])('%s %s refuses a foreign Origin and takes our own', async (method, path, body) => {
    await using backend = await createFilledBackend();
    for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${backend.port}`, 'http://127.0.0.1:1']) {
      const reply = await send(backend.url, body, { method, path, headers: { origin } });
      expect(reply.status).toBe(403);
      expect(JSON.parse(reply.text).error).toContain('Origin must be');
    }
    expect(backend.records()).toHaveLength(4);
    expect((await send(backend.url, body, { method, path, headers: { origin: backend.url } })).status).toBe(200);
  });

  it('does not know its names when it listens on all addresses', async () => {
    await using backend = await createDevBackend({ host: '0.0.0.0' });
    const headers = { host: 'dev-machine:4318' };
    expect((await send(backend.url, '', { method: 'GET', path: '/api/stats', headers })).status).toBe(200);
  });

  it('gives a browser no leave to send OTLP from elsewhere', async () => {
    await using backend = await createDevBackend();
    const preflight = await send(backend.url, '', { method: 'OPTIONS', headers: { origin: 'http://evil.example' } });
    expect(preflight.status).toBe(405);
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    const simple = await send(backend.url, toJsonRequest(), { headers: { 'content-type': 'text/plain' } });
    expect(simple.status).toBe(415);
  });
});
