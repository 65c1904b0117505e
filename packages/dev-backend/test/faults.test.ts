import { Buffer } from 'node:buffer';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { parseLogsResponse, parseRpcStatus } from '@logflume/otlp';
import { describe, expect, it, test } from 'vitest';
import { createDevBackend, type FaultRule } from '../src/index.ts';
import { baseRecord, goldenRequest, send, toJsonRequest } from './send-logs.ts';

const threeRecords = toJsonRequest({ records: [baseRecord, baseRecord, baseRecord] });
const protobuf = { 'content-type': 'application/x-protobuf' };

describe('status', () => {
  it('refuses with a status in the type of the request, and says when to come back', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 503, retryAfter: 7 }] });
    const json = await send(backend.url, threeRecords);
    expect([json.status, json.headers['retry-after']]).toEqual([503, '7']);
    expect(JSON.parse(json.text)).toEqual({ code: 14, message: 'fault rule: status 503' });
    const binary = await send(backend.url, goldenRequest, { headers: protobuf });
    expect(parseRpcStatus(binary.headers['content-type'], binary.body)).toMatchObject({ code: 14 });
    expect(backend.stats()).toMatchObject({
      requests: { total: 2, byStatus: { 503: 2 } },
      records: { received: 4, accepted: 0, refused: 4, kept: 0 },
      faults: { applied: 2 },
    });
  });

  it('sends a body, a type and a Retry-After as written', async () => {
    const retryAfter = 'Wed, 21 Oct 2026 07:28:00 GMT';
    await using backend = await createDevBackend({
      faults: [{ kind: 'status', status: 429, retryAfter, body: '<slow>', contentType: 'text/xml' }],
    });
    const { status, headers, text } = await send(backend.url, threeRecords);
    expect([status, headers['retry-after'], headers['content-type'], text]).toEqual([
      429,
      retryAfter,
      'text/xml',
      '<slow>',
    ]);
  });

  test.each([200, 201, 204])('stores the records when it is %d, and answers without a body', async (status) => {
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status }] });
    const reply = await send(backend.url, threeRecords);
    expect([reply.status, reply.text]).toEqual([status, '']);
    expect(reply.headers['content-length']).toBe(status === 204 ? undefined : '0');
    expect(backend.stats().records).toMatchObject({ accepted: 3, refused: 0 });
  });

  it('keeps the connection usable', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 500, times: 1 }] });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await send(backend.url, threeRecords, { agent })).status).toBe(500);
    expect((await send(backend.url, threeRecords, { agent })).status).toBe(200);
    expect(backend.stats().connections.total).toBe(1);
    agent.destroy();
  });
});

describe('partial', () => {
  it('keeps the last records out and says how many', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'partial', rejected: 2, message: 'too old' }] });
    const records = ['a', 'b', 'c'].map((text) => ({ ...baseRecord, body: { stringValue: text } }));
    const { status, headers, body } = await send(backend.url, toJsonRequest({ records }));
    expect(status).toBe(200);
    expect(parseLogsResponse(headers['content-type'], body)).toEqual({
      rejectedLogRecords: 2,
      errorMessage: 'too old',
    });
    expect(backend.records().map((record) => record.body)).toEqual(['a']);
    expect(backend.stats().records).toMatchObject({ received: 3, accepted: 1, rejected: 2, refused: 0 });
  });

  test.each([
    [5, { accepted: 0, rejected: 3 }],
    [-2, { accepted: 3, rejected: 0 }],
    [0, { accepted: 3, rejected: 0 }],
  ])('tells a client %d as asked and counts what is true', async (rejected, counted) => {
    await using backend = await createDevBackend({ faults: [{ kind: 'partial', rejected }] });
    const { headers, body } = await send(backend.url, threeRecords);
    expect(parseLogsResponse(headers['content-type'], body)).toMatchObject({ rejectedLogRecords: rejected });
    expect(backend.stats().records).toMatchObject(counted);
  });
});

describe('delay', () => {
  it('answers late, as usual, and stores only then', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'delay', delayMs: 80 }] });
    const startedMs = performance.now();
    const pending = send(backend.url, threeRecords);
    await backend.waitFor((_records, { bytes }) => bytes.wire === threeRecords.length);
    expect(backend.stats()).toMatchObject({ requests: { inFlight: 1 }, records: { received: 0 } });
    expect((await pending).status).toBe(200);
    // setTimeout may fire up to a millisecond early: https://github.com/nodejs/node/issues/26578
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(79);
    expect(backend.stats().records).toMatchObject({ accepted: 3 });
  });

  it('stores the records of a client that has given up', async () => {
    // Long enough for the backend to see the connection close before its time to answer comes.
    await using backend = await createDevBackend({ faults: [{ kind: 'delay', delayMs: 1000 }] });
    const abort = new AbortController();
    const pending = send(backend.url, threeRecords, { signal: abort.signal });
    await backend.waitFor((_records, { bytes }) => bytes.wire === threeRecords.length);
    abort.abort();
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    await backend.waitFor(3);
    expect(backend.stats().requests).toMatchObject({ byStatus: {}, unanswered: 1 });
  });
});

describe('reset', () => {
  it('shows the client a reset before the body is read', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'reset' }] });
    await expect(send(backend.url, threeRecords)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(backend.stats()).toMatchObject({
      requests: { total: 1, byStatus: {}, unanswered: 1 },
      records: { received: 0 },
      bytes: { wire: 0 },
    });
  });

  it('loses the reply after the records are stored, so that a retry is a duplicate', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'reset', after: 'request', times: 1 }] });
    const headers = { 'idempotency-key': 'batch-1' };
    await expect(send(backend.url, threeRecords, { headers })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(backend.stats()).toMatchObject({ requests: { unanswered: 1 }, records: { accepted: 3, duplicates: 0 } });
    expect((await send(backend.url, threeRecords, { headers })).status).toBe(200);
    expect(backend.stats().records).toMatchObject({ accepted: 6, duplicates: 3 });
  });
});

describe('hang', () => {
  it('reads everything and never answers, until the client gives up', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'hang' }] });
    const abort = new AbortController();
    const pending = send(backend.url, threeRecords, { signal: abort.signal });
    await backend.waitFor((_records, { records }) => records.refused === 3);
    expect(backend.stats().requests).toMatchObject({ inFlight: 1, unanswered: 0 });
    abort.abort();
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    await backend.waitFor((_records, { requests }) => requests.unanswered === 1);
    expect(backend.stats()).toMatchObject({ requests: { inFlight: 0 }, records: { accepted: 0 } });
  });
});

describe('replies that are no OTLP', () => {
  it('truncate promises more than it sends, after the records are stored', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'truncate' }] });
    const seen = await new Promise<{ status: number | undefined; bytes: number; code: unknown }>((resolve, reject) => {
      const outgoing = request(`${backend.url}/v1/logs`, { method: 'POST', headers: protobuf, agent: new Agent() });
      outgoing.on('error', reject).on('response', (incoming) => {
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        incoming.on('error', (error: NodeJS.ErrnoException) => {
          resolve({ status: incoming.statusCode, bytes, code: error.code });
        });
      });
      outgoing.end(goldenRequest);
    });
    expect(seen).toEqual({ status: 200, bytes: 3, code: 'ECONNRESET' });
    expect(backend.stats()).toMatchObject({ requests: { byStatus: {}, unanswered: 1 }, records: { accepted: 1 } });
  });

  it('garbage is not HTTP', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'garbage' }] });
    await expect(send(backend.url, threeRecords)).rejects.toMatchObject({ code: 'HPE_INVALID_CONSTANT' });
    expect(backend.stats()).toMatchObject({ requests: { unanswered: 1 }, records: { accepted: 0, refused: 3 } });
  });

  it('html is a login page with status 200', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'html' }] });
    const { status, headers, text } = await send(backend.url, threeRecords);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('Sign in');
    expect(backend.stats().records).toMatchObject({ accepted: 0, refused: 3 });
  });

  it('redirect leads a client that follows to a login page', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'redirect' }] });
    const { status, headers } = await send(backend.url, threeRecords);
    expect([status, headers.location]).toEqual([302, '/login']);
    const followed = await fetch(`${backend.url}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: threeRecords,
    });
    expect([followed.status, followed.redirected]).toEqual([200, true]);
    expect(await followed.text()).toContain('Sign in');
    expect(backend.stats()).toMatchObject({ requests: { byStatus: { 302: 2 } }, records: { accepted: 0, refused: 6 } });
  });

  it('redirect can lead elsewhere', async () => {
    await using backend = await createDevBackend({
      faults: [{ kind: 'redirect', status: 307, location: 'http://127.0.0.1:1/' }],
    });
    const { status, headers } = await send(backend.url, threeRecords);
    expect([status, headers.location]).toEqual([307, 'http://127.0.0.1:1/']);
  });
});

describe('rules', () => {
  const statusesOf = async (faults: readonly FaultRule[], requests: number, seed?: number): Promise<number[]> => {
    await using backend = await createDevBackend({ faults, seed });
    const statuses: number[] = [];
    for (let sent = 0; sent < requests; sent += 1) statuses.push((await send(backend.url, threeRecords)).status);
    return statuses;
  };

  it('apply in their order, the first n times, and each nth time', async () => {
    const faults: FaultRule[] = [
      { kind: 'status', status: 503, times: 2 },
      { kind: 'status', status: 429, every: 3 },
    ];
    expect(await statusesOf(faults, 8)).toEqual([503, 503, 200, 200, 429, 200, 200, 429]);
  });

  it('repeat a ratio with the same seed', async () => {
    const faults: FaultRule[] = [{ kind: 'status', status: 503, ratio: 0.5 }];
    const first = await statusesOf(faults, 20, 7);
    expect(await statusesOf(faults, 20, 7)).toEqual(first);
    expect(await statusesOf(faults, 20, 8)).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 503]));
  });

  it('are replaced as a whole, and stay when the new ones are wrong', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 503 }] });
    const wrong: FaultRule[] = [{ kind: 'status', status: 99 }];
    expect(() => backend.setFaults(wrong)).toThrow(
      new TypeError('faults[0].status must be an integer from 200 to 599, got 99'),
    );
    expect((await send(backend.url, threeRecords)).status).toBe(503);
    backend.setFaults([]);
    expect((await send(backend.url, threeRecords)).status).toBe(200);
  });

  it('do not touch the page, the API and requests with another method', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'reset' }] });
    for (const path of ['/', '/api/stats', '/healthz']) {
      expect((await send(backend.url, '', { method: 'GET', path })).status).toBe(200);
    }
    expect((await send(backend.url, '', { method: 'GET' })).status).toBe(405);
    expect(backend.stats().faults.applied).toBe(0);
  });
});

it('survives a client that speaks no HTTP', async () => {
  await using backend = await createDevBackend();
  const socket = connect(backend.port, '127.0.0.1');
  const answered = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('close', () => resolve(text));
  });
  socket.write(Buffer.from([0, 1, 2, 3, 13, 10, 13, 10]));
  expect(await answered).toContain('400 Bad Request');
  expect((await send(backend.url, threeRecords)).status).toBe(200);
});
