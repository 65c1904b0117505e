import { describe, expect, it } from 'vitest';
import winston, { type Logger as WinstonLogger } from 'winston';
import { LogflumeTransport } from '../src/index.ts';
import { createTimestampParser } from '../src/record-time.ts';
import { createRig } from './rig.ts';

const { format } = winston;

/** What the backend got from one call. */
async function recordOf(log: (logger: WinstonLogger) => void, options: winston.LoggerOptions = {}) {
  await using rig = await createRig();
  const transports = [new LogflumeTransport({ logger: rig.logger })];
  log(winston.createLogger({ level: 'silly', ...options, transports }));
  return await rig.single();
}

/** A format that runs on the logger, given by name in the titles. */
const formats = {
  none: undefined,
  splat: format.combine(format.splat(), format.json()),
  errors: format.combine(format.errors({ stack: true, cause: true }), format.json()),
};

/** Winston writes into the error it is given, so each call gets its own. */
const createFailure = () => Object.assign(new TypeError('boom', { cause: new Error('root') }), { code: 'E_BOOM' });
const failureAttributes = {
  'exception.type': 'TypeError',
  'exception.message': 'boom',
  'exception.stacktrace': expect.stringContaining('TypeError: boom\n'),
  'exception.cause': expect.objectContaining({ type: 'Error', message: 'root' }),
  'exception.code': 'E_BOOM',
};

describe('a call of winston', () => {
  class Order {
    id = 7;
  }
  const date = new Date(0);

  it.each<[string, keyof typeof formats, (log: WinstonLogger) => void, unknown, object]>([
    ['a text', 'none', (log) => log.info('a'), 'a', {}],
    ['nothing', 'none', (log) => log.info(''), '', {}],
    ['a text and attributes', 'none', (log) => log.info('a', { b: 1, c: { d: [2] } }), 'a', { b: 1, c: { d: [2] } }],
    ['one object', 'none', (log) => log.log({ level: 'info', message: 'a', b: 1 }), 'a', { b: 1 }],
    ['one object without a message', 'none', (log) => log.info({ msg: 'x' }), { msg: 'x' }, {}],
    ['a number', 'none', (log) => log.info(5), 5, {}],
    ['null', 'none', (log) => log.info(null), null, {}],
    ['a text and a text', 'none', (log) => log.info('a', 'b'), 'a', { args: ['b'] }],
    ['texts of which one is in a word', 'none', (log) => log.info('abc', 'b', 7), 'abc', { args: ['b', 7] }],
    ['a text and a list', 'none', (log) => log.info('m', [1, 2]), 'm', { args: [[1, 2]] }],
    ['a text and null', 'none', (log) => log.info('m', null), 'm', { args: [null] }],
    ['a text and undefined', 'none', (log) => log.info('m', undefined), 'm', {}],
    ['a text and a date', 'none', (log) => log.info('m', date), 'm', { args: [date.toISOString()] }],
    ['a text and an object of a class', 'none', (log) => log.info('m', new Order()), 'm', { id: 7 }],
    ['several objects', 'none', (log) => log.info('m', { a: 1 }, { b: 2 }, 3), 'm', { a: 1, b: 2, args: [3] }],
    [
      'objects that share a name',
      'none',
      (log) => log.info('m', { id: 1 }, { id: 2 }),
      'm',
      { id: 1, args: [{ id: 2 }] },
    ],
    ['objects that say the same', 'none', (log) => log.info('m', { id: 1 }, { id: 1, b: 2 }), 'm', { id: 1, b: 2 }],
    ['args of its own', 'none', (log) => log.info('m', { args: 1 }, 2), 'm', { args: 1, 'log.arguments': [2] }],
    ['a token', 'none', (log) => log.info('hello %s', 'bob', { a: 1 }), 'hello bob', { a: 1 }],
    ['a token and more', 'none', (log) => log.info('%d %j', 1, { b: 2 }, 'x', [3]), '1 {"b":2}', { args: ['x', [3]] }],
    ['more tokens than arguments', 'none', (log) => log.info('%s %s', 'a'), 'a %s', {}],
    ['an escaped token', 'none', (log) => log.info('100%% of %s', 'x', 'y'), '100% of x', { args: ['y'] }],
    ['a token and an object', 'none', (log) => log.info('of %s', { a: 1 }), 'of { a: 1 }', {}],
    ['a percent sign', 'none', (log) => log.info('100% sure', { a: 1 }), '100% sure', { a: 1 }],
    [
      'a percent sign in a message among attributes',
      'none',
      (log) => log.info('x', { message: '100%done', a: 1 }),
      'x',
      { message: '100%done', a: 1 },
    ],
    [
      'attributes named as parts of a record',
      'none',
      (log) => log.info('m', { message: 'x', level: 'y', a: 1 }),
      'm',
      { message: 'x', level: 'y', a: 1 },
    ],
    ['a token', 'splat', (log) => log.info('hello %s', 'bob', { a: 1 }), 'hello bob', { a: 1 }],
    ['a token in an argument', 'splat', (log) => log.info('hello %s', '%s', { a: 1 }), 'hello %s', { a: 1 }],
    ['JSON in the message', 'splat', (log) => log.info('is %j', { b: 2 }), 'is {"b":2}', {}],
    ['numbers in the message', 'splat', (log) => log.info('%d of %d', 1, 2), '1 of 2', {}],
    ['no token', 'splat', (log) => log.info('m', { a: 1 }), 'm', { a: 1 }],
  ])('%s, format %s', async (_, name, log, body, attributes) => {
    const chosen = formats[name];
    const record = await recordOf(log, chosen === undefined ? {} : { format: chosen });
    expect(record).toMatchObject({ severityText: 'info', severityNumber: 9, body });
    if (name === 'splat') expect(record.attributes).toMatchObject(attributes);
    else expect(record.attributes).toStrictEqual(attributes);
    expect(record.attributes).not.toHaveProperty(name === 'splat' ? 'args' : 'level.x');
  });

  it.each<[string, (log: WinstonLogger, failure: Error) => void, unknown, object]>([
    ['is the call', (log, failure) => log.error(failure), 'boom', {}],
    ['is the message', (log, failure) => log.log(Object({ level: 'error', message: failure, a: 1 })), 'boom', { a: 1 }],
    ['follows the message', (log, failure) => log.error('m', failure), 'm', {}],
    ['follows the message, before attributes', (log, failure) => log.error('m', failure, { a: 1 }), 'm', { a: 1 }],
    ['follows attributes', (log, failure) => log.error('m', { a: 1 }, failure), 'm', { a: 1 }],
    ['is in the text', (log, failure) => log.error('m %s', failure), 'm boom', {}],
    ['is the attribute err', (log, failure) => log.error('m', { err: failure, a: 1 }), 'm', { a: 1 }],
    ['is the attribute error', (log, failure) => log.error({ message: 'm', error: failure }), 'm', {}],
    ['is the call of a child', (log, failure) => log.child({ c: 1 }).error(failure), 'boom', { c: 1 }],
    ['follows the message of a child', (log, failure) => log.child({ c: 1 }).error('m', failure), 'm', { c: 1 }],
  ])('has an exception when an error %s', async (_, log, body, attributes) => {
    for (const chosen of [undefined, formats.errors]) {
      const record = await recordOf((to) => log(to, createFailure()), chosen === undefined ? {} : { format: chosen });
      expect(record.body).toBe(body);
      expect(record.severityText).toBe('error');
      expect(record.attributes).toEqual({ ...failureAttributes, ...attributes });
    }
  });

  it('has the text of the call as its body, whatever percent signs are in the message of an error', async () => {
    const failure = new Error('GET /%d0%bf refused');
    for (const chosen of [undefined, formats.splat]) {
      const record = await recordOf(
        (log) => log.error('fetch failed', failure),
        chosen === undefined ? {} : { format: chosen },
      );
      expect(record).toMatchObject({ body: 'fetch failed', attributes: { 'exception.message': failure.message } });
    }
  });

  it('keeps the other errors as attributes, with their causes', async () => {
    const { attributes } = await recordOf((log) =>
      log.warn('m', { first: createFailure(), deep: { error: createFailure() } }),
    );
    const nested = { type: 'TypeError', message: 'boom', cause: { type: 'Error', message: 'root' } };
    expect(attributes).toMatchObject({ first: nested, deep: { error: nested } });
    expect(attributes).not.toHaveProperty('exception.type');
  });

  it('has the text of the call as its body, appended without a space as by winston up to 3.3.3', async () => {
    const failure = createFailure();
    const { stack } = failure;
    const made = { level: 'error', message: 'mboom', stack, [Symbol.for('level')]: 'error' };
    const record = await recordOf((log) => log.write({ ...made, [Symbol.for('splat')]: [failure] }));
    expect(record).toMatchObject({ body: 'm', attributes: { 'exception.message': 'boom' } });
  });

  it('has an exception for an error without a message', async () => {
    const record = await recordOf((log) => log.error(new RangeError('')));
    expect(record).toMatchObject({ body: 'RangeError', attributes: { 'exception.type': 'RangeError' } });
  });

  it('tells the children of an AggregateError', async () => {
    const record = await recordOf((log) =>
      log.error('all', new AggregateError([new Error('a'), new Error('b')], 'no')),
    );
    const described = JSON.stringify(record.attributes);
    expect(described).toContain('"message":"a"');
    expect(described).toContain('"message":"b"');
  });

  it('leaves the request, and the body, that hang on an error where they are', async () => {
    const secret = { headers: { authorization: 'Bearer hunter2' } };
    const parts = { config: secret, request: secret, status: 500, body: '{"password":"hunter2"}' };
    const error = () => Object.assign(new Error('status 500'), parts);
    for (const log of [
      (to: WinstonLogger) => to.error(error()),
      (to: WinstonLogger) => to.error('m', error()),
      (to: WinstonLogger) => to.error({ message: error() }),
      (to: WinstonLogger) => to.child({}).error(error()),
      (to: WinstonLogger) => to.child({}).error('m', error()),
      (to: WinstonLogger) => to.error('m', { err: error() }),
    ]) {
      for (const chosen of [undefined, formats.errors]) {
        const record = await recordOf(log, chosen === undefined ? {} : { format: chosen });
        expect(JSON.stringify(record)).not.toContain('hunter2');
        expect(JSON.stringify(record)).toContain('500');
      }
    }
  });
});

it('tells an error by no other name where its key is redacted', async () => {
  await using rig = await createRig({ redact: { keys: ['err'], paths: ['error.token'] } });
  const logger = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger })] });
  logger.error('a', { err: new Error('swordfish') });
  logger.error('b', { error: Object.assign(new Error('x'), { token: 'swordfish' }) });
  const records = await rig.received();
  expect(records).toMatchObject([
    { attributes: { err: '[redacted]' } },
    { attributes: { 'exception.properties': { token: '[redacted]' } } },
  ]);
  expect(JSON.stringify(records)).not.toContain('swordfish');
});

describe('meta', () => {
  it('of the logger, the child and the call are attributes, with the precedence of winston', async () => {
    const options = { defaultMeta: { service: 'shop', who: 'default' } };
    const first = await recordOf((log) => log.child({ who: 'child', c: 1 }).info('m', { who: 'call' }), options);
    expect(first.attributes).toEqual({ service: 'shop', who: 'call', c: 1 });
    const error = await recordOf((log) => log.error(new Error('boom')), options);
    expect(error.attributes).toMatchObject({ service: 'shop', who: 'default', 'exception.message': 'boom' });
    expect(error.attributes).not.toHaveProperty('exception.properties');
  });

  it('is beside the arguments of a message of which a format made an object', async () => {
    const wrapping = format((info) => Object.assign(info, { message: { text: info.message } }))();
    const record = await recordOf((log) => log.info('a %s', 'x', { b: 1 }), { format: wrapping });
    expect(record).toMatchObject({ body: { text: 'a %s' }, attributes: { args: ['x'], b: 1 } });
    const done = format.combine(format.splat(), wrapping);
    const other = await recordOf((log) => log.info('a %s', 'x', { b: 1 }), { format: done });
    expect(other.body).toEqual({ text: 'a x' });
    expect(other.attributes).toEqual({ b: 1 });
  });

  it('stays one map under format.metadata()', async () => {
    const record = await recordOf((log) => log.info('m', { a: 1 }), { format: format.metadata() });
    expect(record.attributes).toEqual({ metadata: { a: 1 } });
  });

  it('is not taken from the text a format made, nor its colours', async () => {
    const painted = format.combine(
      format.colorize({ all: true }),
      format.printf(({ message }) => `<<${message}>>`),
    );
    const record = await recordOf((log) => log.info('m', { a: 1 }), { format: painted });
    expect(record).toMatchObject({ severityText: 'info', attributes: { a: 1 } });
    expect(JSON.stringify(record)).not.toContain('<<');
  });

  it('and level are found on an object that a format made anew', async () => {
    const anew = format((info) => ({ level: `\u001b[32m${info.level}\u001b[39m`, message: 'other', b: 2 }))();
    const record = await recordOf((log) => log.info('m', { a: 1 }), { format: anew });
    expect(record).toMatchObject({ severityText: 'info', severityNumber: 9, body: 'other' });
    expect(record.attributes).toStrictEqual({ b: 2 });
  });
});

describe('the time of a record', () => {
  const iso = '2024-05-06T07:08:09.123Z';
  const ms = Date.parse(iso);

  it.each<[string, unknown, string]>([
    ['a Date', new Date(ms), `${ms}000000`],
    ['milliseconds', ms, `${ms}000000`],
    ['ISO 8601', iso, `${ms}000000`],
    ['ISO 8601 with an offset', '2024-05-06T09:08:09.123+02:00', `${ms}000000`],
    ['ISO 8601 with nanoseconds', '2024-05-06T07:08:09.123456789Z', `${ms}456789`],
    ['the epoch', 0, '0'],
  ])('is its timestamp: %s', async (_, timestamp, nanos) => {
    const record = await recordOf((log) => log.info('m', { timestamp, a: 1 }));
    expect(record.timeUnixNano ?? '0').toBe(nanos);
    expect(record.attributes).toStrictEqual({ a: 1 });
    expect(Number(record.observedTimeUnixNano)).toBeGreaterThan(Date.now() * 1e6 - 60e9);
  });

  it.each<[string, unknown]>([
    ['text without a zone', '2024-05-06 07:08:09'],
    ['any other text', 'yesterday'],
    ['a date that is none', '2024-13-45T07:08:09Z'],
    ['a negative number', -5],
    ['an object', { seconds: 5 }],
  ])('is not taken from %s, which stays an attribute', async (_, timestamp) => {
    const before = Date.now();
    const record = await recordOf((log) => log.info('m', { timestamp }));
    expect(Number(record.timeUnixNano?.slice(0, -6))).toBeGreaterThanOrEqual(before);
    expect(record.attributes).toStrictEqual({ timestamp });
  });

  it('is read anew for each text', () => {
    const parse = createTimestampParser();
    const texts = [iso, iso, '2024-05-06T07:08:09.124Z', 'yesterday', 'yesterday', iso];
    expect(texts.map((text) => parse(text)?.ms)).toEqual([ms, ms, ms + 1, undefined, undefined, ms]);
  });

  it('is that of the call with format.timestamp(), and keeps the order inside a millisecond', async () => {
    await using rig = await createRig();
    const transports = [new LogflumeTransport({ logger: rig.logger })];
    const log = winston.createLogger({ format: format.timestamp({ alias: 'at' }), transports });
    for (let i = 0; i < 500; i++) log.info('m', { i });
    const records = await rig.received();
    const times = records.map(({ timeUnixNano = '' }) => timeUnixNano);
    expect(times).toEqual(times.toSorted());
    expect(new Set(times).size).toBe(500);
    expect(records[0]?.attributes).toStrictEqual({ i: 0, at: expect.stringMatching(/^\d{4}-/) });
  });
});

describe('the span of a record', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const spanId = 'b7ad6b7169203331';

  it('is what a correlating format named', async () => {
    const ids = { trace_id: traceId, span_id: spanId, trace_flags: '01' };
    const record = await recordOf((log) => log.info('m', { ...ids, a: 1 }));
    expect(record).toMatchObject({ traceId, spanId, flags: 1 });
    expect(record.attributes).toStrictEqual({ a: 1 });
  });

  it('is not what has another shape', async () => {
    const ids = { trace_id: traceId, span_id: 'none', trace_flags: '01' };
    const record = await recordOf((log) => log.info('m', ids));
    expect(record.traceId).toBeUndefined();
    expect(record.attributes).toStrictEqual(ids);
  });

  it('is that of the context an instrumentation left on the record', async () => {
    const context = { getValue: () => ({ spanContext: () => ({ traceId, spanId, traceFlags: 1 }) }) };
    const instrumented = format((info) =>
      Object.assign(info, { [Symbol.for('opentelemetry.js.contrib.winston.context')]: context }),
    )();
    const record = await recordOf((log) => log.info('m'), { format: instrumented });
    expect(record).toMatchObject({ traceId, spanId, flags: 1, attributes: {} });
  });
});
