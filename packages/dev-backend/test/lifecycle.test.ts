import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createDevBackend } from '../src/index.ts';
import { baseRecord, send, toJsonRequest } from './send-logs.ts';

const oneRecord = toJsonRequest();

describe('createDevBackend', () => {
  it('listens on a free loopback port unless told otherwise', async () => {
    await using backend = await createDevBackend();
    expect(backend.port).toBeGreaterThan(0);
    expect(backend.url).toBe(`http://127.0.0.1:${backend.port}`);
  });

  it('writes IPv6 and wildcard addresses as a client needs them', async () => {
    await using wildcard = await createDevBackend({ host: '0.0.0.0' });
    expect(wildcard.url).toBe(`http://127.0.0.1:${wildcard.port}`);
    expect((await send(wildcard.url, oneRecord)).status).toBe(200);
  });

  it('says which port is busy', async () => {
    await using backend = await createDevBackend();
    const second = createDevBackend({ port: backend.port });
    await expect(second).rejects.toThrow(`port ${backend.port} on 127.0.0.1 is already in use`);
    await expect(second).rejects.toMatchObject({ cause: { code: 'EADDRINUSE' } });
  });

  it('rejects a wrong option with a TypeError', async () => {
    await expect(createDevBackend({ port: -1 })).rejects.toThrow(
      new TypeError('port must be an integer from 0 to 65535, got -1'),
    );
  });
});

describe('waitFor', () => {
  it('resolves with the records once enough were accepted', async () => {
    await using backend = await createDevBackend();
    const waited = backend.waitFor(3);
    await send(backend.url, toJsonRequest({ records: [baseRecord, baseRecord] }));
    await send(backend.url, oneRecord);
    expect(await waited).toHaveLength(3);
    expect(await backend.waitFor(2, { timeoutMs: 0 })).toHaveLength(3);
  });

  it('resolves once a predicate holds', async () => {
    await using backend = await createDevBackend();
    const waited = backend.waitFor((records) => records.some(({ body }) => body === 'ready'));
    await send(backend.url, oneRecord);
    await send(backend.url, toJsonRequest({ records: [{ ...baseRecord, body: { stringValue: 'ready' } }] }));
    expect((await waited).map(({ body }) => body)).toEqual(['hello', 'ready']);
  });

  it('rejects at its deadline and says how far it got', async () => {
    await using backend = await createDevBackend();
    await send(backend.url, oneRecord);
    await expect(backend.waitFor(2, { timeoutMs: 20 })).rejects.toThrow(
      'waited for 2 records, got 1 records accepted in 1 requests after 20 ms',
    );
  });

  it('rejects a deadline or a count that cannot be', async () => {
    await using backend = await createDevBackend();
    await expect(backend.waitFor(1, { timeoutMs: 2 ** 31 })).rejects.toThrow(
      new TypeError('timeoutMs must be an integer from 0 to 2147483647, got 2147483648'),
    );
    await expect(backend.waitFor(Number.NaN)).rejects.toThrow(TypeError);
  });

  it('rejects an async predicate, whose promise would be true whatever it says', async () => {
    await using backend = await createDevBackend();
    const waited = Reflect.apply(backend.waitFor, undefined, [async () => false]);
    await expect(waited).rejects.toThrow('the predicate of waitFor must answer at once, got a promise');
  });

  it('rejects with what the predicate throws', async () => {
    await using backend = await createDevBackend();
    const waited = backend.waitFor((records) => {
      if (records.length > 0) throw new RangeError('unexpected record');
      return false;
    });
    const rejected = expect(waited).rejects.toThrow(new RangeError('unexpected record'));
    await send(backend.url, oneRecord);
    await rejected;
  });

  it('rejects when the backend is closed, before and while waiting', async () => {
    const backend = await createDevBackend();
    const rejected = expect(backend.waitFor(1)).rejects.toThrow('the backend was closed');
    await backend.close();
    await rejected;
    await expect(backend.waitFor(1)).rejects.toThrow('the backend was closed');
    expect(await backend.waitFor(0)).toEqual([]);
  });
});

describe('close', () => {
  it('returns promptly with hanging, delayed and idle connections', async () => {
    const backend = await createDevBackend({
      faults: [
        { kind: 'hang', times: 1 },
        { kind: 'delay', delayMs: 60_000 },
      ],
    });
    const gone = [
      expect(send(backend.url, oneRecord)).rejects.toMatchObject({ code: 'ECONNRESET' }),
      expect(send(backend.url, oneRecord)).rejects.toMatchObject({ code: 'ECONNRESET' }),
    ];
    const idle = connect(backend.port, '127.0.0.1');
    const idleClosed = new Promise((resolve) => idle.once('close', resolve));
    await backend.waitFor(
      (_records, { bytes, connections }) => bytes.wire === 2 * oneRecord.length && connections.open === 3,
    );
    const startedMs = performance.now();
    await backend.close();
    expect(performance.now() - startedMs).toBeLessThan(4000);
    await Promise.all([...gone, idleClosed]);
    expect(backend.stats()).toMatchObject({
      requests: { total: 2, unanswered: 2, inFlight: 0 },
      records: { received: 2, accepted: 0, refused: 2 },
      connections: { total: 3, open: 0 },
    });
  });

  it('can be called twice, and leaves records and counters to look at', async () => {
    const backend = await createDevBackend();
    await send(backend.url, oneRecord);
    await Promise.all([backend.close(), backend.close()]);
    expect(backend.records()).toHaveLength(1);
    expect(backend.stats().records.accepted).toBe(1);
    await expect(send(backend.url, oneRecord)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(backend.resume()).rejects.toThrow('the backend was closed');
  });
});

describe('suspend and resume', () => {
  it('refuse connections in between, and come back on the same port with the records', async () => {
    await using backend = await createDevBackend();
    await send(backend.url, oneRecord);
    await backend.suspend();
    await expect(send(backend.url, oneRecord)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await backend.resume();
    expect((await send(backend.url, oneRecord)).status).toBe(200);
    expect(backend.records()).toHaveLength(2);
  });

  it('cut off the requests under way, and a wait goes on over them', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'delay', delayMs: 60_000, times: 1 }] });
    const waited = backend.waitFor(1);
    const cut = expect(send(backend.url, oneRecord)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await backend.waitFor((_records, { bytes }) => bytes.wire === oneRecord.length);
    await backend.suspend();
    await cut;
    expect(backend.stats()).toMatchObject({ requests: { unanswered: 1 }, records: { accepted: 0, refused: 1 } });
    await backend.resume();
    await send(backend.url, oneRecord);
    expect(await waited).toHaveLength(1);
  });

  it('take overlapping calls one after the other', async () => {
    await using backend = await createDevBackend();
    await Promise.all([backend.suspend(), backend.resume(), backend.resume(), backend.suspend(), backend.suspend()]);
    await expect(send(backend.url, oneRecord)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await Promise.all([backend.resume(), backend.suspend(), backend.resume()]);
    expect((await send(backend.url, oneRecord)).status).toBe(200);
  });

  it('says so when somebody took the port meanwhile, and can be tried again', async () => {
    await using backend = await createDevBackend();
    await backend.suspend();
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(backend.port, '127.0.0.1', resolve));
    await expect(backend.resume()).rejects.toThrow('is already in use');
    await new Promise((resolve) => thief.close(resolve));
    await backend.resume();
    expect((await send(backend.url, oneRecord)).status).toBe(200);
  });
});
