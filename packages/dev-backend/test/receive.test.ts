import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { request } from 'node:http';
import zlib from 'node:zlib';
import { parseLogsResponse, parseRpcStatus } from '@logflume/otlp';
import { describe, expect, it, test } from 'vitest';
import { createDevBackend } from '../src/index.ts';
import { baseRecord, goldenRequest, send, toJsonRequest } from './send-logs.ts';

const protobuf = { 'content-type': 'application/x-protobuf' };

describe('OTLP requests', () => {
  it('takes protobuf and shows it with plain values', async () => {
    await using backend = await createDevBackend();
    const reply = await send(backend.url, goldenRequest, { headers: protobuf });

    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/x-protobuf');
    expect(parseLogsResponse('application/x-protobuf', reply.body)).toEqual({
      rejectedLogRecords: 0,
      errorMessage: '',
    });
    expect(backend.records()).toMatchObject([
      {
        sequence: 1,
        requestNumber: 1,
        timeUnixNano: '1',
        observedTimeUnixNano: '2',
        severityNumber: 9,
        severityText: 'info',
        body: 'hi',
        attributes: { n: -1, z: null },
        flags: 1,
        traceId: '000102030405060708090a0b0c0d0e0f',
        spanId: '0001020304050607',
        resource: { attributes: { 'service.name': 'a' } },
        scope: { name: 's', version: '' },
        otlp: { attributes: [{ key: 'n', value: { intValue: '-1' } }, { key: 'z' }] },
      },
    ]);
  });

  it('takes JSON and answers JSON', async () => {
    await using backend = await createDevBackend();
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    const reply = await send(backend.url, toJsonRequest(), { headers });
    expect([reply.status, reply.headers['content-type'], reply.text]).toEqual([200, 'application/json', '{}']);
    expect(backend.records()).toMatchObject([{ body: 'hello', scope: { name: 'cart' } }]);
  });

  it('takes an empty request', async () => {
    await using backend = await createDevBackend();
    expect((await send(backend.url, '', { headers: protobuf })).status).toBe(200);
    expect(backend.stats()).toMatchObject({ requests: { byStatus: { 200: 1 } }, records: { received: 0 } });
  });

  it('takes logs on configured paths besides its own', async () => {
    await using backend = await createDevBackend({ paths: ['/otlp/v1/logs', '/ä'] });
    expect((await send(backend.url, toJsonRequest(), { path: '/otlp/v1/logs?tenant=a' })).status).toBe(200);
    expect((await send(backend.url, toJsonRequest(), { path: new URL('http://a/ä').pathname })).status).toBe(200);
    expect((await send(backend.url, toJsonRequest())).status).toBe(200);
    expect((await send(backend.url, toJsonRequest(), { path: '/v1/logs/' })).status).toBe(404);
    expect(backend.records()).toHaveLength(3);
  });

  it('remembers when a record came, with which request and under which key', async () => {
    await using backend = await createDevBackend();
    const startedUnixMs = Date.now();
    await send(backend.url, toJsonRequest());
    await send(backend.url, toJsonRequest(), { headers: { 'idempotency-key': 'k1' } });
    const [first, second] = backend.records();
    expect(first).toMatchObject({ requestNumber: 1, sequence: 1, idempotencyKey: undefined });
    expect(second).toMatchObject({ requestNumber: 2, sequence: 2, idempotencyKey: 'k1' });
    expect(second?.receivedAtUnixMs).toBeGreaterThanOrEqual(startedUnixMs);
    expect(second?.receivedAtUnixMs).toBeLessThanOrEqual(Date.now());
  });
});

describe('content encodings', () => {
  test.each([
    ['identity', (bytes: Buffer) => bytes],
    ['gzip', zlib.gzipSync],
    ['X-GZIP', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
  ])('undoes %s', async (encoding, compress) => {
    await using backend = await createDevBackend();
    const body = compress(goldenRequest);
    const reply = await send(backend.url, body, { headers: { ...protobuf, 'content-encoding': encoding } });
    expect(reply.status).toBe(200);
    expect(backend.records()).toMatchObject([{ body: 'hi' }]);
    expect(backend.stats().bytes).toEqual({ wire: body.length, decompressed: goldenRequest.length });
  });

  it('undoes zstd where Node has it, and says 415 where it has not', async () => {
    await using backend = await createDevBackend();
    const zstdCompress: unknown = Reflect.get(zlib, 'zstdCompressSync');
    const body: unknown = typeof zstdCompress === 'function' ? zstdCompress(goldenRequest) : goldenRequest;
    if (!Buffer.isBuffer(body)) throw new TypeError('zstdCompressSync must return a Buffer');
    const reply = await send(backend.url, body, { headers: { ...protobuf, 'content-encoding': 'zstd' } });
    expect(reply.status).toBe(typeof zstdCompress === 'function' ? 200 : 415);
  });

  it('names what it can undo when it cannot undo an encoding', async () => {
    await using backend = await createDevBackend();
    const reply = await send(backend.url, goldenRequest, { headers: { ...protobuf, 'content-encoding': 'br' } });
    expect(reply.status).toBe(415);
    expect(reply.headers['content-type']).toBe('application/x-protobuf');
    expect(reply.headers['accept-encoding']).toContain('identity, gzip, x-gzip, deflate');
    const status = parseRpcStatus('application/x-protobuf', reply.body);
    expect(status).toMatchObject({ code: 3, message: expect.stringContaining('got "br"') });
  });

  it('answers 400 to a body that is not what its encoding says', async () => {
    await using backend = await createDevBackend();
    const reply = await send(backend.url, 'not gzip', { headers: { 'content-encoding': 'gzip' } });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text)).toEqual({ code: 3, message: expect.stringContaining('body is not gzip') });
  });
});

describe('requests that are refused', () => {
  it('answers 415 to another content type', async () => {
    await using backend = await createDevBackend();
    const reply = await send(backend.url, 'x', { headers: { 'content-type': 'text/plain' } });
    expect(reply.status).toBe(415);
    expect(JSON.parse(reply.text)).toMatchObject({ code: 3, message: expect.stringContaining('got "text/plain"') });
  });

  it('answers 405 to another method', async () => {
    await using backend = await createDevBackend();
    const reply = await send(backend.url, '', { method: 'GET' });
    expect([reply.status, reply.headers.allow]).toEqual([405, 'POST']);
    expect(JSON.parse(reply.text)).toMatchObject({ code: 12, message: 'method must be POST, got GET' });
    expect(backend.stats().requests).toMatchObject({ total: 1, byStatus: { 405: 1 } });
  });

  it('answers 400 with a status in the type of the request to a body it cannot decode', async () => {
    await using backend = await createDevBackend();
    const json = await send(backend.url, '{"resourceLogs":1}');
    expect([json.status, json.headers['content-type']]).toEqual([400, 'application/json']);
    expect(JSON.parse(json.text)).toMatchObject({ code: 3, message: expect.stringContaining('resourceLogs') });

    const binary = await send(backend.url, goldenRequest.subarray(0, 50), { headers: protobuf });
    expect([binary.status, binary.headers['content-type']]).toEqual([400, 'application/x-protobuf']);
    const status = parseRpcStatus('application/x-protobuf', binary.body);
    expect(status).toMatchObject({ code: 3, message: expect.stringContaining('ExportLogsServiceRequest') });
    expect(backend.stats()).toMatchObject({ requests: { byStatus: { 400: 2 } }, records: { received: 0, kept: 0 } });
  });

  it('answers 413 to an announced length above the limit, without reading the body', async () => {
    await using backend = await createDevBackend({ maxBodyBytes: 1000 });
    const reply = await send(backend.url, Buffer.alloc(1001));
    expect(reply.status).toBe(413);
    expect(JSON.parse(reply.text)).toEqual({ code: 8, message: 'body must not be above 1000 bytes, got 1001' });
    expect(backend.stats().bytes).toEqual({ wire: 0, decompressed: 0 });
  });

  it('answers 413 to a stream that grows above the limit, while it is still being sent', async () => {
    await using backend = await createDevBackend({ maxBodyBytes: 1000 });
    const outgoing = request(`${backend.url}/v1/logs`, { method: 'POST', headers: protobuf });
    outgoing.write(Buffer.alloc(1001));
    const [incoming] = await once(outgoing, 'response');
    expect(incoming.statusCode).toBe(413);
    outgoing.destroy();
  });

  it('lets fetch see the 413 of a body far above the limit', async () => {
    await using backend = await createDevBackend({ maxBodyBytes: 1000 });
    const body = Buffer.alloc(8 * 1024 * 1024);
    const response = await fetch(`${backend.url}/v1/logs`, { method: 'POST', headers: protobuf, body });
    expect(response.status).toBe(413);
    await response.arrayBuffer();
  });

  test.each([
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
  ])('answers 413 to a %s bomb in bounded memory', async (encoding, compress) => {
    await using backend = await createDevBackend({ maxBodyBytes: 1024 * 1024 });
    const bomb = compress(Buffer.alloc(256 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    const reply = await send(backend.url, bomb, { headers: { ...protobuf, 'content-encoding': encoding } });
    expect(reply.status).toBe(413);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    expect(backend.stats().bytes).toEqual({ wire: bomb.length, decompressed: 0 });
  });

  // Two bytes of protobuf, or three of JSON, are an object of a hundred in memory.
  test.each([
    ['resources', protobuf, Buffer.alloc(2_000_002, Buffer.from([0x0a, 0]))],
    ['JSON items', {}, Buffer.from(`{"resourceLogs":[${'{},'.repeat(999_999)}{}]}`)],
  ])('answers 413 to %s by the million, however small their bytes', async (_what, headers, body) => {
    await using backend = await createDevBackend();
    const bomb = zlib.gzipSync(body);
    expect(bomb.length).toBeLessThan(20_000);
    const reply = await send(backend.url, bomb, { headers: { ...headers, 'content-encoding': 'gzip' } });
    expect(reply.status).toBe(413);
    expect(reply.text).toContain('body must not have more than 1000000 fields');
  });

  it('counts what a record takes decoded, not its bytes alone', async () => {
    await using backend = await createDevBackend();
    // 40,000 attributes without key or value: 80 KB of protobuf, 5 MB decoded.
    const attributes = Buffer.alloc(80_000, Buffer.from([0x32, 0]));
    const record = toField(0x12, attributes);
    const body = toField(0x0a, toField(0x12, record));
    for (let sent = 0; sent < 20; sent += 1) await send(backend.url, body, { headers: protobuf });
    const { kept, accepted } = backend.stats().records;
    expect(accepted).toBe(20);
    expect(kept).toBe(12);
  });

  it('takes a body of exactly the limit', async () => {
    const body = toJsonRequest();
    await using backend = await createDevBackend({ maxBodyBytes: body.length });
    expect((await send(backend.url, body)).status).toBe(200);
    const zipped = await send(backend.url, zlib.gzipSync(body), { headers: { 'content-encoding': 'gzip' } });
    expect(zipped.status).toBe(200);
    expect((await send(backend.url, `${body} `)).status).toBe(413);
  });

  it('counts a client that leaves in the middle of its body', async () => {
    await using backend = await createDevBackend();
    const headers = { ...protobuf, 'content-length': 100 };
    const outgoing = request(`${backend.url}/v1/logs`, { method: 'POST', headers });
    outgoing.on('error', () => undefined);
    outgoing.write(Buffer.alloc(10));
    await backend.waitFor((_records, { requests }) => requests.inFlight === 1);
    outgoing.destroy();
    await backend.waitFor((_records, { requests }) => requests.unanswered === 1);
    expect(backend.stats()).toMatchObject({ requests: { total: 1, byStatus: {}, inFlight: 0 }, bytes: { wire: 10 } });
  });
});

describe('counters', () => {
  it('stay exact when the ring has forgotten the records', async () => {
    await using backend = await createDevBackend({ maxRecords: 10 });
    const severities = [0, 1, 5, 9, 13, 17, 21, 24];
    const records = severities.map((severityNumber) => ({ ...baseRecord, severityNumber }));
    for (let sent = 0; sent < 5; sent += 1) await send(backend.url, toJsonRequest({ records }));
    await send(backend.url, 'nonsense');

    expect(backend.records().map(({ sequence }) => sequence)).toEqual([31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
    expect(backend.stats()).toMatchObject({
      requests: { total: 6, byStatus: { 200: 5, 400: 1 }, unanswered: 0, inFlight: 0 },
      records: {
        received: 40,
        accepted: 40,
        rejected: 0,
        refused: 0,
        duplicates: 0,
        kept: 10,
        forgotten: 30,
        bySeverity: { unspecified: 5, trace: 5, debug: 5, info: 5, warn: 5, error: 5, fatal: 10 },
      },
      connections: { total: 6 },
    });
  });

  it('count records that come again under a key accepted in full, and only those', async () => {
    await using backend = await createDevBackend({
      faults: [
        { kind: 'status', status: 503, times: 1 },
        { kind: 'partial', rejected: 1, times: 1 },
      ],
    });
    const records = [baseRecord, baseRecord, baseRecord];
    const sendWithKey = (key: string) =>
      send(backend.url, toJsonRequest({ records }), { headers: { 'idempotency-key': key } });
    await sendWithKey('a'); // refused with 503
    await sendWithKey('a'); // two of three accepted
    await sendWithKey('a'); // accepted in full for the first time
    expect(backend.stats().records).toMatchObject({ accepted: 5, rejected: 1, refused: 3, duplicates: 0 });
    await sendWithKey('a');
    await sendWithKey('b');
    expect(backend.stats().records).toMatchObject({ received: 15, accepted: 11, duplicates: 3 });
    expect(backend.records().map(({ duplicate }) => duplicate)).toEqual([
      ...Array<boolean>(5).fill(false),
      ...Array<boolean>(3).fill(true),
      ...Array<boolean>(3).fill(false),
    ]);
  });

  it('count connections, open and closed', async () => {
    await using backend = await createDevBackend();
    await Promise.all([send(backend.url, toJsonRequest()), send(backend.url, toJsonRequest())]);
    await backend.waitFor((_records, { connections }) => connections.open === 0);
    expect(backend.stats().connections).toEqual({ total: 2, open: 0 });
  });
});

/** A length-delimited field of protobuf, of at most 2 MiB. */
function toField(tag: number, content: Buffer): Buffer {
  const { length } = content;
  return Buffer.concat([
    Buffer.from([tag, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14]),
    content,
  ]);
}
