import { hostname } from 'node:os';
import { createDevBackend } from '@logflume/dev-backend';
import { createBunyanStream } from '@logflume/pino';
import bunyan from 'bunyan';
import { describe, expect, it } from 'vitest';
import { createReceiver, type Receiver } from './receiver.ts';

/** A bunyan logger over a receiver. */
function bunyanOn({ logger }: Receiver, options: Partial<bunyan.LoggerOptions> = {}): bunyan {
  return bunyan.createLogger({ name: 'shop', level: 'trace', streams: [createBunyanStream({ logger })], ...options });
}

describe('a record of bunyan', () => {
  it('has message, fields, level, time, and the logger’s name as scope', async () => {
    await using receiver = await createReceiver();
    const time = new Date('2026-11-18T11:06:40.123Z');
    bunyanOn(receiver).child({ component: 'db' }).warn({ rows: 3, time }, 'slow %s', 'query');
    const record = await receiver.record();
    expect(record).toMatchObject({
      body: 'slow query',
      severityNumber: 13,
      severityText: 'warn',
      timeUnixNano: '1795000000123000000',
      scope: { name: 'shop' },
    });
    expect(record.attributes).toStrictEqual({ component: 'db', rows: 3 });
  });

  it.each([
    ['trace', 1],
    ['debug', 5],
    ['info', 9],
    ['warn', 13],
    ['error', 17],
    ['fatal', 21],
  ] as const)('of level %s has severity %i', async (level, severityNumber) => {
    await using receiver = await createReceiver();
    bunyanOn(receiver, { streams: [{ ...createBunyanStream({ logger: receiver.logger }), level: 'trace' }] })[level](
      'hello',
    );
    expect(await receiver.record()).toMatchObject({ severityNumber, severityText: level });
  });

  it('keeps fields that have the names of bunyan’s own, but not its values', async () => {
    await using receiver = await createReceiver();
    bunyanOn(receiver).info({ pid: -1, hostname: 'elsewhere', time: 'soon', level: 35, i: 0 }, 'm');
    bunyanOn(receiver).info({ pid: process.pid, hostname: hostname(), name: 5, i: 1 }, 'm');
    const [first, second] = await receiver.records();
    expect(first).toMatchObject({ severityNumber: 11, severityText: '35', scope: { name: 'shop' } });
    expect(first?.attributes).toStrictEqual({ i: 0, pid: -1, hostname: 'elsewhere', time: 'soon' });
    expect(second?.attributes).toStrictEqual({ i: 1, name: 5 });
  });

  it('has its errors as the exception, with a serializer or without', async () => {
    await using receiver = await createReceiver();
    const error = Object.assign(new TypeError('boom', { cause: new Error('inner') }), { code: 'E_BOOM' });
    bunyanOn(receiver).error(error, 'failed');
    bunyanOn(receiver).error({ err: error, i: 1 });
    bunyanOn(receiver, { serializers: bunyan.stdSerializers }).error({ err: error, i: 2 });
    bunyanOn(receiver).error({ err: 'text', i: 3 }, 'm');
    const [alone, field, serialized, none] = await receiver.records();
    const exception = { 'exception.type': 'TypeError', 'exception.message': 'boom', 'exception.code': 'E_BOOM' };
    expect(alone).toMatchObject({ body: 'failed', attributes: exception });
    expect(field).toMatchObject({ attributes: { ...exception, 'exception.cause': { message: 'inner' } } });
    expect(serialized).toMatchObject({ attributes: exception });
    expect(serialized?.attributes).not.toHaveProperty('err');
    expect(none?.attributes).toStrictEqual({ err: 'text', i: 3 });
  });

  it('tells an error by no other name where its key is redacted', async () => {
    await using receiver = await createReceiver({ redact: ['err'] });
    bunyanOn(receiver).error({ err: new Error('swordfish'), i: 0 });
    bunyanOn(receiver, { serializers: bunyan.stdSerializers }).error({ err: new Error('swordfish'), i: 1 });
    const records = await receiver.records();
    expect(records.map(({ attributes }) => attributes['err'])).toStrictEqual(['[redacted]', '[redacted]']);
    expect(JSON.stringify(records)).not.toContain('swordfish');
  });

  it('says where the call stands, if bunyan does', async () => {
    await using receiver = await createReceiver();
    bunyanOn(receiver).info({ src: { file: '/app/orders.js', line: 12, func: 'place' } }, 'm');
    expect((await receiver.record()).attributes).toStrictEqual({
      'code.file.path': '/app/orders.js',
      'code.line.number': 12,
      'code.function.name': 'place',
    });
  });

  it('carries the trace context of its fields, and an event’s name', async () => {
    await using receiver = await createReceiver();
    const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_flags: '01' };
    bunyanOn(receiver).info({ ...trace, 'otel.event.name': 'order.shipped' }, 'm');
    const record = await receiver.record();
    expect(record).toMatchObject({ traceId: trace.trace_id, spanId: trace.span_id, eventName: 'order.shipped' });
    expect(record.attributes).toStrictEqual({});
  });

  it('is not changed, and not kept: other streams get the same', async () => {
    await using receiver = await createReceiver();
    const seen: object[] = [];
    const raw = { type: 'raw', stream: { write: (record: object) => seen.push(record) } };
    bunyanOn(receiver, { streams: [createBunyanStream({ logger: receiver.logger }), raw] }).info(
      { nested: { a: 1 } },
      'm',
    );
    expect(seen).toMatchObject([{ name: 'shop', msg: 'm', v: 0, level: 30, nested: { a: 1 }, time: expect.any(Date) }]);
  });

  it('may hold what would throw out of a stream of text', async () => {
    await using receiver = await createReceiver();
    const circular: Record<string, unknown> = { a: 1 };
    circular['self'] = circular;
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('get');
        },
        ownKeys() {
          throw new Error('ownKeys');
        },
      },
    );
    const broken = {
      get stack(): string {
        throw new Error('stack');
      },
    };
    const logger = bunyanOn(receiver);
    logger.info({ big: 10n, circular, i: 0 }, 'm');
    logger.info({ hostile, i: 1 }, 'm');
    logger.info({ err: Object.assign(Object.create(Error.prototype), { a: broken }), i: 2 }, 'm');
    expect(await receiver.records()).toHaveLength(3);
  });

  it('is delivered even when it is none', async () => {
    await using receiver = await createReceiver();
    const { stream } = createBunyanStream({ logger: receiver.logger });
    const throwing = {
      get msg(): string {
        throw new Error('msg');
      },
      a: 1,
    };
    for (const record of [undefined, null, 'text', 5, {}, throwing]) {
      Reflect.apply(stream.write, stream, [record]);
    }
    expect(await receiver.records()).toHaveLength(6);
  });

  it('makes no scopes without end', async () => {
    await using receiver = await createReceiver();
    const stream = createBunyanStream({ logger: receiver.logger });
    for (let i = 0; i < 300; i++) bunyan.createLogger({ name: `request-${i}`, streams: [stream] }).info({ i }, 'm');
    const records = await receiver.records();
    expect(records.map(({ scope, attributes }) => scope.name || attributes['name'])).toStrictEqual(
      Array.from({ length: 300 }, (_, i) => `request-${i}`),
    );
  });
});

describe('a stream', () => {
  it('delivers 10,000 records of one tick, each once', async () => {
    await using receiver = await createReceiver();
    const logger = bunyanOn(receiver);
    for (let i = 0; i < 10_000; i++) logger.info({ i }, 'placed');
    const records = await receiver.records();
    expect(records.map(({ attributes }) => attributes['i'])).toStrictEqual(Array.from({ length: 10_000 }, (_, i) => i));
  });

  it('may be added later, has the level of its options, and delivers when it is closed', async () => {
    await using backend = await createDevBackend();
    const stream = createBunyanStream({ endpoints: [backend.url], level: 'debug', batch: { lingerMs: 60_000 } });
    expect(stream).toMatchObject({ type: 'raw', level: 'debug' });
    const logger = bunyan.createLogger({ name: 'shop', streams: [] });
    logger.addStream(stream);
    logger.trace('below');
    logger.debug('above');
    await stream.flush();
    expect(stream.stats()).toMatchObject({ accepted: 1, delivered: 1 });
    logger.info('last');
    await stream.close();
    expect(backend.records().map(({ body }) => body)).toStrictEqual(['above', 'last']);
  });

  it('refuses options that cannot work when it is made', () => {
    const invalid = expect.objectContaining({ code: 'ERR_LOGFLUME_INVALID_OPTION' });
    expect(() => createBunyanStream({ endpoints: ['locahost:4318'] })).toThrow(invalid);
    expect(() => Reflect.apply(createBunyanStream, undefined, [{ logger: 1 }])).toThrow(invalid);
    expect(() => Reflect.apply(createBunyanStream, undefined, [null])).toThrow(invalid);
  });
});
