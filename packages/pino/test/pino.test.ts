import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import { createPinoDestination } from '@logflume/pino';
import { withContext } from 'logflume';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createReceiver, type Receiver } from './receiver.ts';

/** A pino logger over a receiver. */
function pinoOn({ logger }: Receiver, options: pino.LoggerOptions = {}): pino.Logger {
  return pino({ level: 'trace', ...options }, createPinoDestination({ logger }));
}

describe('a record of pino', () => {
  it('has message, attributes, level, time, and the logger’s name as scope', async () => {
    await using receiver = await createReceiver();
    const before = Date.now();
    pinoOn(receiver, { name: 'shop' }).info({ orderId: 1234, lines: [{ sku: 'a' }] }, 'order %s placed', 'x');
    const record = await receiver.record();
    expect(record).toMatchObject({
      body: 'order x placed',
      severityNumber: 9,
      severityText: 'info',
      scope: { name: 'shop' },
    });
    expect(record.attributes).toStrictEqual({ orderId: 1234, lines: [{ sku: 'a' }] });
    expect(Number(record.timeUnixNano) / 1e6).toBeGreaterThanOrEqual(before);
  });

  it('leaves host and process to the resource, unless they are those of another', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    pino({ base: { pid: process.pid, hostname: hostname(), region: 'eu' } }, destination).info({ i: 0 });
    pino({ base: { pid: -1, hostname: 'elsewhere' } }, destination).info({ i: 1 });
    const [own, other] = await receiver.records();
    expect(own?.attributes).toStrictEqual({ i: 0, region: 'eu' });
    expect(other?.attributes).toStrictEqual({ i: 1, pid: -1, hostname: 'elsewhere' });
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
    pinoOn(receiver)[level]('hello');
    expect(await receiver.record()).toMatchObject({ severityNumber, severityText: level });
  });

  it('of a custom level has its name and what lies between its neighbours', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    const logger = pino({ customLevels: { notice: 35, verbose: 25, disaster: 90 }, level: 'trace' }, destination);
    logger.verbose({ i: 0 });
    logger.notice({ i: 1 });
    logger.disaster({ i: 2 });
    logger.child({}, { customLevels: { audit: 45 } }).audit({ i: 3 });
    const records = await receiver.records();
    expect(records.map(({ severityNumber, severityText }) => [severityNumber, severityText])).toStrictEqual([
      [7, 'verbose'],
      [11, 'notice'],
      [24, 'disaster'],
      [15, 'audit'],
    ]);
  });

  it('of a set of levels that falls is read by its names', async () => {
    await using receiver = await createReceiver();
    const customLevels = { emerg: 0, error: 3, info: 6, debug: 7 };
    const destination = createPinoDestination({ logger: receiver.logger });
    const logger = pino(
      { customLevels, useOnlyCustomLevels: true, levelComparison: 'DESC', level: 'debug' },
      destination,
    );
    logger.emerg({ i: 0 });
    logger.debug({ i: 1 });
    expect((await receiver.records()).map(({ severityNumber }) => severityNumber)).toStrictEqual([24, 5]);
  });

  it('has level and time of the call, and keeps fields of these names that were logged', async () => {
    await using receiver = await createReceiver();
    pinoOn(receiver, { name: 'shop' }).warn({ level: 99, time: 'spoof', name: 'Bob', pid: 1 }, 'm');
    const record = await receiver.record();
    expect(record).toMatchObject({ severityNumber: 13, severityText: 'warn', scope: { name: 'shop' } });
    expect(record.attributes).toStrictEqual({ level: 99, time: 'spoof', name: 'Bob', pid: 1 });
    expect(Number(record.timeUnixNano)).toBeGreaterThan(1e18);
  });

  it.each<[string, pino.LoggerOptions['timestamp'], bigint]>([
    ['epoch', () => ',"time":1795000000123', 1_795_000_000_123_000_000n],
    ['unix', () => ',"time":1795000000', 1_795_000_000_000_000_000n],
    ['ISO', () => ',"time":"2026-11-18T11:06:40.123Z"', 1_795_000_000_123_000_000n],
    ['ISO with nanoseconds', () => ',"time":"2026-11-18T11:06:40.123456789Z"', 1_795_000_000_123_456_789n],
    ['its own key', () => ',"timestamp":"2026-11-18T11:06:40.123Z"', 1_795_000_000_123_000_000n],
  ])('has the time of a timestamp function: %s', async (_, timestamp, nanos) => {
    await using receiver = await createReceiver();
    pinoOn(receiver, { timestamp: timestamp ?? true }).info({ a: 1 });
    const record = await receiver.record();
    expect(record.timeUnixNano).toBe(String(nanos));
    expect(record.attributes).toStrictEqual({ a: 1 });
  });

  it.each<[string, pino.LoggerOptions['timestamp'], object]>([
    ['none', false, { time: 'mine' }],
    ['one nobody can read', () => ',"at":"18.11.2026 11:06"', { time: 'mine', at: '18.11.2026 11:06' }],
  ])('has the time it came without a timestamp that tells it: %s', async (_, timestamp, attributes) => {
    await using receiver = await createReceiver();
    // The clock of records runs apart from that of dates by less than this.
    const before = Date.now() - 10;
    pinoOn(receiver, { timestamp: timestamp ?? true }).info({ time: 'mine' });
    const record = await receiver.record();
    expect(Number(record.timeUnixNano) / 1e6).toBeGreaterThanOrEqual(before);
    expect(record.attributes).toStrictEqual(attributes);
  });

  it('has the bindings of children, of setBindings and of mixins', async () => {
    await using receiver = await createReceiver();
    const logger = pinoOn(receiver, { mixin: () => ({ mixed: true }) })
      .child({ a: 1 })
      .child({ b: { c: 2 } });
    logger.setBindings({ later: 'x' });
    logger.info('m');
    const { attributes } = await receiver.record();
    expect(attributes).toStrictEqual({ a: 1, b: { c: 2 }, later: 'x', mixed: true });
  });

  it('follows messageKey, errorKey, nestedKey and formatters', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    const options: pino.LoggerOptions = {
      messageKey: 'text',
      errorKey: 'failure',
      nestedKey: 'payload',
      formatters: { level: (label) => ({ severity: label.toUpperCase() }), bindings: () => ({ app: 'x' }) },
    };
    pino(options, destination).error({ a: 1, failure: new TypeError('boom') }, 'hello');
    const record = await receiver.record();
    expect(record).toMatchObject({ body: 'hello', severityNumber: 17, severityText: 'error' });
    expect(record.attributes).toMatchObject({
      app: 'x',
      severity: 'ERROR',
      payload: { a: 1 },
      'exception.type': 'TypeError',
      'exception.message': 'boom',
    });
  });

  it('does not repeat a level that a formatter writes by its name', async () => {
    await using receiver = await createReceiver();
    pinoOn(receiver, { formatters: { level: (label) => ({ level: label.toUpperCase() }) } }).info({ a: 1 });
    const record = await receiver.record();
    expect(record).toMatchObject({ severityNumber: 9, severityText: 'info' });
    expect(record.attributes).toStrictEqual({ a: 1 });
  });

  it('keeps loggers of one destination apart, and copies of pino too', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    pino({ name: 'a', messageKey: 'text' }, destination).info({ i: 0, msg: 'mine' }, 'first');
    pino({ name: 'b' }, destination).info({ i: 1, text: 'mine' }, 'second');
    const [first, second] = await receiver.records();
    expect(first).toMatchObject({ body: 'first', scope: { name: 'a' }, attributes: { i: 0, msg: 'mine' } });
    expect(second).toMatchObject({ body: 'second', scope: { name: 'b' }, attributes: { i: 1, text: 'mine' } });
  });

  it('makes no scopes without end, and loses no name', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    for (let i = 0; i < 300; i++) pino({ name: `request-${i}` }, destination).info({ i });
    const records = await receiver.records();
    expect(records.map(({ scope, attributes }) => scope.name || attributes['name'])).toStrictEqual(
      Array.from({ length: 300 }, (_, i) => `request-${i}`),
    );
    expect(new Set(records.map(({ scope }) => scope.name)).size).toBeLessThanOrEqual(257);
  });

  it('is the one pino made: redaction and serializers are done', async () => {
    await using receiver = await createReceiver();
    const logger = pinoOn(receiver, {
      redact: ['password', 'user.*', 'msg'],
      serializers: { req: () => 'serialized' },
      hooks: { streamWrite: (line) => line.replaceAll('hook-secret', '***') },
    });
    logger.info(
      { password: 'SECRET', user: { card: 'SECRET' }, req: { headers: 'SECRET' }, hook: 'hook-secret' },
      'SECRET',
    );
    const record = await receiver.record();
    expect(record.body).toBe('[Redacted]');
    expect(record.attributes).toStrictEqual({
      password: '[Redacted]',
      user: { card: '[Redacted]' },
      req: 'serialized',
      hook: '***',
    });
  });

  it('has what JSON makes of values, and large integers to the last digit', async () => {
    await using receiver = await createReceiver();
    const circular: Record<string, unknown> = { a: 1 };
    circular['self'] = circular;
    const hostile = {
      get broken(): string {
        throw new Error('getter');
      },
    };
    pinoOn(receiver).info({
      circular,
      big: 9007199254740993n,
      huge: 10n ** 30n,
      none: Number.NaN,
      date: new Date(0),
      hostile,
      text: 'lone \ud800 surrogate',
    });
    const { attributes } = await receiver.record();
    expect(attributes).toMatchObject({
      circular: { a: 1, self: '[Circular]' },
      huge: '1000000000000000000000000000000',
      none: null,
      date: '1970-01-01T00:00:00.000Z',
      text: 'lone \ufffd surrogate',
    });
    expect(String(attributes['big'])).toBe('9007199254740993');
  });

  it('carries the trace context of its fields, and an event’s name', async () => {
    await using receiver = await createReceiver();
    const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_flags: '01' };
    pinoOn(receiver, { mixin: () => trace }).info({ 'otel.event.name': 'order.shipped' });
    const record = await receiver.record();
    expect(record).toMatchObject({
      traceId: trace.trace_id,
      spanId: trace.span_id,
      flags: 1,
      eventName: 'order.shipped',
    });
    expect(record.attributes).toStrictEqual({});
  });

  it('carries the attributes of the running context', async () => {
    await using receiver = await createReceiver();
    const logger = pinoOn(receiver);
    await withContext({ requestId: 'r1' }, async () => {
      await new AsyncLocalStorage().run(1, async () => logger.info('m'));
    });
    expect((await receiver.record()).attributes).toStrictEqual({ requestId: 'r1' });
  });
});

describe('an error', () => {
  it.each<[string, (logger: pino.Logger, error: Error) => void, string]>([
    ['alone', (logger, error) => logger.error(error), 'boom'],
    ['with a message', (logger, error) => logger.error(error, 'failed'), 'failed'],
    ['as err', (logger, error) => logger.error({ err: error }), 'boom'],
    ['as err with a message', (logger, error) => logger.error({ err: error, a: 1 }, 'failed'), 'failed'],
  ])('%s becomes the exception', async (_, log, body) => {
    await using receiver = await createReceiver();
    log(pinoOn(receiver), Object.assign(new TypeError('boom'), { code: 'E_BOOM', status: 503 }));
    const record = await receiver.record();
    expect(record.body).toBe(body);
    expect(record.attributes).toMatchObject({
      'exception.type': 'TypeError',
      'exception.message': 'boom',
      'exception.stacktrace': expect.stringMatching(/^TypeError: boom\n {4}at /),
      'exception.code': 'E_BOOM',
      'exception.properties': { status: 503 },
    });
    expect(record.attributes).not.toHaveProperty('err');
  });

  it('under error or another serialized key is found too', async () => {
    await using receiver = await createReceiver();
    pinoOn(receiver, { serializers: { error: pino.stdSerializers.err } }).error({ error: new RangeError('boom') });
    expect((await receiver.record()).attributes).toMatchObject({ 'exception.type': 'RangeError' });
  });

  it('brings its causes and children', async () => {
    await using receiver = await createReceiver();
    const logger = pinoOn(receiver, { serializers: { err: pino.stdSerializers.errWithCause } });
    logger.error({ err: new Error('outer', { cause: new TypeError('inner') }), i: 0 });
    pinoOn(receiver).error({ err: new AggregateError([new TypeError('one'), 'two'], 'many'), i: 1 });
    const [outer, many] = await receiver.records();
    expect(outer?.attributes).toMatchObject({
      'exception.message': 'outer',
      'exception.cause': { type: 'TypeError', message: 'inner' },
    });
    expect(many?.attributes).toMatchObject({ 'exception.errors': [{ type: 'TypeError', message: 'one' }, 'two'] });
  });

  it('is told by no other name where its key is redacted', async () => {
    await using receiver = await createReceiver({ redact: { keys: ['err'], paths: ['error.token'] } });
    pinoOn(receiver).error({ err: new Error('swordfish'), i: 0 });
    pinoOn(receiver).error({ error: { ...new Error('x'), message: 'm', stack: 's', token: 'swordfish' }, i: 1 });
    const records = await receiver.records();
    expect(records).toMatchObject([
      { body: null, attributes: { err: '[redacted]' } },
      { attributes: { 'exception.properties': { token: '[redacted]' } } },
    ]);
    expect(JSON.stringify(records)).not.toContain('swordfish');
  });

  it('that is none stays an attribute', async () => {
    await using receiver = await createReceiver();
    pinoOn(receiver).error({ err: 'text', error: { reason: 1 } }, 'm');
    expect((await receiver.record()).attributes).toStrictEqual({ err: 'text', error: { reason: 1 } });
  });

  it('of an HTTP client shows no credentials', async () => {
    await using receiver = await createReceiver();
    const config = { headers: { authorization: 'Bearer SECRET' } };
    class AxiosError extends Error {
      override name = 'AxiosError';
      isAxiosError = true;
      config = config;
      request = { _header: 'SECRET' };
      toJSON(): object {
        return { name: this.name, message: this.message, config };
      }
    }
    const error = new AxiosError('refused');
    const logger = pinoOn(receiver);
    logger.error({ err: error, i: 0 });
    logger.error({ failure: error, list: [error], i: 1 });
    logger.error({ err: new Error('outer', { cause: error }), i: 2 });
    logger.error({ err: new AggregateError([error], 'many'), i: 3 });
    const records = await receiver.records();
    expect(records).toHaveLength(4);
    expect(JSON.stringify(records)).not.toContain('SECRET');
    expect(records[1]?.attributes).toMatchObject({ failure: { message: 'refused' } });
  });
});
