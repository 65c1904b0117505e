import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';
import pino from 'pino';
import { describe, expect, it } from 'vitest';

const target = '@logflume/pino/worker';

/** As an application holds its logger: pino ends the thread of a stream that nobody holds, also while a flush is waited for. */
const held = new Set<object>();

/** A transport and how to wait for what it was given. */
function transportTo(options: pino.TransportMultiOptions | pino.TransportSingleOptions): {
  readonly stream: ReturnType<typeof pino.transport>;
  readonly flush: (logger: Pick<pino.Logger, 'flush'>) => Promise<unknown>;
  readonly end: () => Promise<void>;
} {
  const stream = pino.transport(options);
  held.add(stream);
  return {
    stream,
    flush: (logger) =>
      new Promise((resolve) => {
        logger.flush(resolve);
      }),
    end: () =>
      new Promise((resolve) => {
        stream.once('close', () => {
          held.delete(stream);
          resolve();
        });
        stream.end();
      }),
  };
}

describe('the transport target', () => {
  it('delivers records with the keys and levels of the logger', async () => {
    await using backend = await createDevBackend();
    const options = { endpoints: [backend.url], nestedKey: 'payload' };
    const { stream, flush, end } = transportTo({ target, options });
    const logger = pino(
      {
        messageKey: 'text',
        errorKey: 'failure',
        nestedKey: 'payload',
        customLevels: { notice: 35 },
        formatters: { level: (label) => ({ level: label }) },
      },
      stream,
    );
    logger.notice({ a: 1, failure: new TypeError('boom') }, 'hello');
    await flush(logger);
    expect(backend.records()).toMatchObject([
      {
        body: 'hello',
        severityNumber: 11,
        severityText: 'notice',
        attributes: { payload: { a: 1 }, 'exception.type': 'TypeError' },
      },
    ]);
    await end();
  });

  it('has level and time of the call, whatever was logged under these names', async () => {
    await using backend = await createDevBackend();
    const { stream, flush, end } = transportTo({ target, options: { endpoints: [backend.url] } });
    const logger = pino({ timestamp: () => ',"time":1795000000123' }, stream);
    logger.warn({ level: 10, time: 'spoof' }, 'hello');
    await flush(logger);
    expect(backend.records()).toMatchObject([
      { severityNumber: 13, timeUnixNano: '1795000000123000000', attributes: { level: 10, time: 'spoof' } },
    ]);
    await end();
  });

  it('has level and time of a line that names them as Google Cloud or Elastic do', async () => {
    await using backend = await createDevBackend();
    const { stream, flush, end } = transportTo({ target, options: { endpoints: [backend.url] } });
    const severities: Readonly<Record<string, string>> = { warn: 'WARNING', fatal: 'CRITICAL' };
    const logger = pino(
      {
        base: null,
        messageKey: 'message',
        formatters: { level: (label) => ({ severity: severities[label] ?? label.toUpperCase() }) },
        timestamp: () => ',"@timestamp":"2026-11-22T10:00:00.123Z"',
      },
      stream,
    );
    logger.info({ i: 0, time: 1 }, 'hello');
    logger.warn({ i: 1, timestamp: 'mine' }, 'hello');
    logger.fatal({ i: 2 }, 'hello');
    await flush(logger);
    const records = [...backend.records()].sort((a, b) => Number(a.attributes['i']) - Number(b.attributes['i']));
    const time = { body: 'hello', timeUnixNano: '1795341600123000000' };
    expect(records).toMatchObject([
      { ...time, severityNumber: 9, severityText: 'INFO' },
      { ...time, severityNumber: 13, severityText: 'WARNING' },
      { ...time, severityNumber: 21, severityText: 'CRITICAL' },
    ]);
    expect(records.map(({ attributes }) => attributes)).toEqual([
      { i: 0, time: 1 },
      { i: 1, timestamp: 'mine' },
      { i: 2 },
    ]);
    await end();
  });

  it('has the time of a line whose other members are numbered', async () => {
    await using backend = await createDevBackend();
    const { stream, flush, end } = transportTo({ target, options: { endpoints: [backend.url] } });
    const time = ',"timestamp":"2020-01-01T00:00:00.000Z"';
    const level = (label: string) => ({ severity: label.toUpperCase(), rank: '{"time":"no"}' });
    pino({ base: null, timestamp: () => time }, stream).info({ 1: 'a', 2: 'b', 3: 'c' }, 'hi');
    const logger = pino({ base: null, timestamp: () => time, formatters: { level } }, stream);
    logger.info({ 1: 'a', 2: 'b', 3: 'c', time: 5 }, 'hi');
    await flush(logger);
    const timeUnixNano = '1577836800000000000';
    const fields = { 1: 'a', 2: 'b', 3: 'c' };
    expect(backend.records()).toMatchObject([{ timeUnixNano }, { timeUnixNano }]);
    expect(backend.records().map(({ attributes }) => attributes)).toEqual([
      fields,
      { ...fields, rank: '{"time":"no"}', time: 5 },
    ]);
    await end();
  });

  it('leaves a severity and a timestamp of the application’s own to its attributes', async () => {
    await using backend = await createDevBackend();
    const { stream, flush, end } = transportTo({ target, options: { endpoints: [backend.url] } });
    const own = { severity: 'ERROR', timestamp: '2020-01-01T00:00:00Z' };
    pino({}, stream).info(own, 'hello');
    const logger = pino({ timestamp: false }, stream);
    logger.info(own, 'hello');
    await flush(logger);
    const records = backend.records();
    expect(records.map(({ severityNumber, attributes }) => [severityNumber, attributes])).toEqual([
      [9, own],
      [9, own],
    ]);
    await end();
  });

  it('takes lines that are cut where its buffer ends, and letters of several bytes', async () => {
    await using backend = await createDevBackend();
    const { stream, flush, end } = transportTo({ target, options: { endpoints: [backend.url] } });
    const logger = pino({}, stream);
    // The buffer of a transport holds 4 MiB.
    const text = 'é…'.repeat(20_000);
    for (let i = 0; i < 60; i++) logger.info({ i, text }, 'm');
    await flush(logger);
    const records = backend.records();
    const numbers = records.map(({ attributes }) => Number(attributes['i'])).sort((a, b) => a - b);
    expect(numbers).toStrictEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(records.every((record) => record.attributes['text'] === text)).toBe(true);
    await end();
  });

  it('is one of several targets, with its level', async () => {
    await using backend = await createDevBackend();
    const options = { endpoints: [backend.url] };
    const targets = [
      { target, options, level: 'error' },
      { target: 'pino/file', options: { destination: '/dev/null' }, level: 'info' },
    ];
    const { stream, end } = transportTo({ targets });
    const logger = pino({}, stream);
    logger.info('below');
    logger.error('above');
    // Not after the end, which holds up this thread and with it the backend until the other thread is done.
    const records = await backend.waitFor(1);
    expect(records.map(({ body }) => body)).toStrictEqual(['above']);
    await end();
  });

  it.each([
    ['that listens first', 'target-with-config.cjs', { messageKey: 'text' }],
    ['that is still being loaded', 'late-target-with-config.cjs', {}],
  ])('starts beside one that waits for the keys and levels of the logger, %s', async (_, file, keys) => {
    await using backend = await createDevBackend();
    const options = { endpoints: [backend.url], ...keys };
    const other = fileURLToPath(new URL(`fixtures/${file}`, import.meta.url));
    const { stream, flush, end } = transportTo({ targets: [{ target: other }, { target, options }] });
    const logger = pino({ messageKey: 'text' }, stream);
    logger.warn({ a: 1 }, 'hello');
    await flush(logger);
    expect(await backend.waitFor(1)).toMatchObject([{ body: 'hello', severityNumber: 13, attributes: { a: 1 } }]);
    await end();
  });

  it('repeats what pino told once, however many of it there are', async () => {
    await using backend = await createDevBackend();
    const own = { target, options: { endpoints: [backend.url] } };
    const late = fileURLToPath(new URL('fixtures/late-listener.cjs', import.meta.url));
    const { stream, end } = transportTo({ targets: [own, own, own, { target: late }] });
    let times = 0;
    stream.on('told', () => times++);
    pino({ messageKey: 'text' }, stream).info('hello');
    const records = await backend.waitFor(3);
    expect(records.map(({ body }) => body)).toEqual(['hello', 'hello', 'hello']);
    await end();
    expect(times).toBe(1);
  });

  it('reports options that cannot work as an error of the transport', async () => {
    const { stream } = transportTo({ target, options: { endpoint: 'http://localhost:4318' } });
    pino({}, stream);
    const error = await new Promise((resolve) => stream.once('error', resolve));
    expect(error).toMatchObject({ message: expect.stringContaining('"endpoint" is not an option of logflume') });
  });
});
