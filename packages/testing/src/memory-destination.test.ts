import { gzipSync } from 'node:zlib';
import type { TransportRequest } from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import { createMemoryDestination } from './memory-destination.ts';

const request = {
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeLogs: [
        { scope: { name: 'cart' }, logRecords: [{ body: { stringValue: 'a' } }, { body: { stringValue: 'b' } }] },
      ],
    },
  ],
};

function toRequest(
  headers: Record<string, string> = {},
  body = Buffer.from(JSON.stringify(request)),
): TransportRequest {
  return {
    url: 'http://memory/',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    timeoutMs: 0,
    signal: new AbortController().signal,
  };
}

const texts = (destination: ReturnType<typeof createMemoryDestination>) =>
  destination.records().map(({ record }) => record.body?.stringValue);

describe('a memory destination', () => {
  it('keeps what arrives, with what stands above it', async () => {
    const destination = createMemoryDestination();
    expect(await destination.send(toRequest())).toMatchObject({ kind: 'reply', status: 200, complete: true });
    expect(texts(destination)).toEqual(['a', 'b']);
    expect(destination.records()[0]).toMatchObject({
      scope: { name: 'cart' },
      resource: { attributes: [{ key: 'service.name' }] },
    });
    expect(destination.requests()).toMatchObject([request]);
  });

  it('reads gzip', async () => {
    const destination = createMemoryDestination();
    await destination.send(toRequest({ 'content-encoding': 'gzip' }, gzipSync(JSON.stringify(request))));
    expect(texts(destination)).toEqual(['a', 'b']);
  });

  it('keeps a batch once that comes twice under one key', async () => {
    const destination = createMemoryDestination();
    for (const key of ['1', '1', '2']) await destination.send(toRequest({ 'idempotency-key': key }));
    expect(texts(destination)).toEqual(['a', 'b', 'a', 'b']);
  });

  it.each([
    ['another type', { 'content-type': 'text/plain' }],
    ['a coding it is not in', { 'content-encoding': 'gzip' }],
  ])('refuses %s with 400', async (_what, headers) => {
    expect(await createMemoryDestination().send(toRequest(headers))).toMatchObject({ status: 400 });
  });

  it('answers as it is told, and keeps nothing then', async () => {
    const destination = createMemoryDestination();
    destination.answerWith(503);
    expect(await destination.send(toRequest({ 'idempotency-key': '1' }))).toMatchObject({ status: 503 });
    expect(destination.records()).toEqual([]);
    destination.answerWith(200);
    await destination.send(toRequest({ 'idempotency-key': '1' }));
    expect(texts(destination)).toEqual(['a', 'b']);
  });

  it.each(['x', Number.NaN, 99, 600, 503.5, '503', undefined])('refuses %j as an answer', async (status) => {
    const destination = createMemoryDestination();
    expect(() => Reflect.apply(destination.answerWith, undefined, [status])).toThrow(
      /^status must be an integer from 200 to 599, got /,
    );
    expect(await destination.send(toRequest())).toMatchObject({ status: 200 });
  });

  it('hands out what arrived so far, which does not grow later', async () => {
    const destination = createMemoryDestination();
    const [records, requests] = [destination.records(), destination.requests()];
    await destination.send(toRequest());
    expect([records, requests]).toEqual([[], []]);
  });

  it('forgets', async () => {
    const destination = createMemoryDestination();
    await destination.send(toRequest({ 'idempotency-key': '1' }));
    destination.clear();
    expect(destination.records()).toEqual([]);
    await destination.send(toRequest({ 'idempotency-key': '1' }));
    expect(texts(destination)).toEqual(['a', 'b']);
  });

  it('takes nothing that was aborted', async () => {
    const destination = createMemoryDestination();
    const answer = await destination.send({ ...toRequest(), signal: AbortSignal.abort() });
    expect(answer).toMatchObject({ kind: 'failure', code: 'ERR_LOGFLUME_ABORTED' });
    expect(destination.records()).toEqual([]);
  });
});
