import { format as inspectFormat } from 'node:util';
import { describe, expect, it } from 'vitest';
import winston, { type Logform, type Logger as WinstonLogger } from 'winston';
import { LogflumeTransport } from '../src/index.ts';
import { createGate, createRig, SiblingTransport } from './rig.ts';

const { format } = winston;

const redact = format((info) => {
  delete info['password'];
  return info;
});
const mask = format((info) =>
  typeof info.message === 'string' ? Object.assign(info, { message: info.message.replace(/\d{16}/g, '****') }) : info,
);
const traced = format((info) =>
  Object.assign(info, { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }),
);
const upper = format((info) => Object.assign(info, { message: String(info.message).toUpperCase() }));
const cut = format((info) => Object.assign(info, { message: String(info.message).slice(0, 8) }));
const formatted = format((info) => {
  const args: unknown = Reflect.get(info, Symbol.for('splat'));
  return Array.isArray(args) ? Object.assign(info, { message: inspectFormat(info.message, ...args) }) : info;
});
const audited = format((info) => info.level === 'info' && info);
const stacked = format((info) => Object.assign(info, { stack: 'here' }));

const card = '4111111111111111';
const url = { path: '/%d0%bf' };
const json = JSON.stringify(url);
const login = { user: 'bob', password: 'hunter2' };
const createFailure = () => Object.assign(new Error('boom'), { password: 'hunter2', code: 'E_BOOM', errno: 5 });

/** What the backend got from one call, by a transport that is handed the record inside the call. */
async function recordAtOnce(formats: readonly Logform.Format[], log: (logger: WinstonLogger) => void) {
  await using rig = await createRig();
  log(
    winston.createLogger({
      format: format.combine(...formats),
      transports: [new LogflumeTransport({ logger: rig.logger })],
    }),
  );
  return await rig.single();
}

/** The same by one behind a sibling that is slow, so that the record comes after the call, and after another one. */
async function recordHeldUp(formats: readonly Logform.Format[], log: (logger: WinstonLogger) => void) {
  await using rig = await createRig();
  const gate = createGate();
  const slow = Array.from({ length: 2 }, () => new SiblingTransport(gate.wait));
  const logger = winston.createLogger({
    format: format.combine(...formats),
    transports: [...slow, new LogflumeTransport({ logger: rig.logger })],
  });
  for (let i = 0; i < 40; i++) logger.info('before');
  log(logger);
  logger.info('after %s');
  gate.open();
  await expect.poll(() => rig.logger.stats().accepted).toBe(42);
  const record = (await rig.received()).find(({ body }) => !/^(?:before|after %s)$/i.test(String(body)));
  if (record === undefined) throw new Error('the record did not come');
  return record;
}

describe.each([
  ['inside the call', recordAtOnce],
  ['behind a slow sibling', recordHeldUp],
])('what a format changed, %s', (_, recordOf) => {
  it.each<[string, Logform.Format[], (log: WinstonLogger) => void, unknown, object]>([
    ['a member', [redact()], (log) => log.info('m', login), 'm', { user: 'bob' }],
    ['beside a percent sign', [redact()], (log) => log.info('100% done', login), '100% done', { user: 'bob' }],
    ['beside a span', [traced(), redact()], (log) => log.info('m', login), 'm', { user: 'bob' }],
    ['beside a stack', [stacked(), redact()], (log) => log.info('m', login), 'm', { user: 'bob', stack: 'here' }],
    ['all there is', [traced(), redact()], (log) => log.info('m', { password: 'hunter2' }), 'm', {}],
    [
      'of an object of a class',
      [redact()],
      (log) =>
        log.info(
          'm',
          new (class Login {
            user = 'bob';
            password = 'hunter2';
          })(),
        ),
      'm',
      { user: 'bob' },
    ],
    ['a message', [mask()], (log) => log.info(`card ${card}`, 5), 'card ****', { args: [5] }],
    ['an appended message', [mask()], (log) => log.info('m', { message: card }), 'm ****', {}],
    ['an argument in the message', [format.splat(), mask()], (log) => log.info('card %s', card), 'card ****', {}],
    [
      'an argument in the message, before attributes',
      [format.splat(), mask()],
      (log) => log.info('card %s', card, { a: 1 }),
      'card ****',
      { a: 1 },
    ],
    [
      'an object in the message',
      [format.splat(), mask()],
      (log) => log.info('got %j', { path: '/%d%j', card }),
      'got {"path":"/%d%j","card":"****"}',
      {},
    ],
    ['by a format of its own', [formatted(), mask()], (log) => log.info('card %s', card), 'card ****', {}],
    ['before capitals', [format.splat(), upper(), mask()], (log) => log.info('card %s', card), 'CARD ****', {}],
    [
      'attributes behind the message',
      [format.splat(), redact()],
      (log) => log.info('hello %s', 'bob', login),
      'hello bob',
      { user: 'bob' },
    ],
    [
      'where it moved attributes',
      [format.metadata(), traced()],
      (log) => log.info('m', { a: 1 }),
      'm',
      { metadata: { a: 1 } },
    ],
  ])('does not come back: %s', async (_name, formats, log, body, attributes) => {
    const record = await recordOf(formats, log);
    expect(record.body).toBe(body);
    expect(record.attributes).toStrictEqual(attributes);
  });

  it('of an error does not come back, either', async () => {
    const { attributes } = await recordOf([redact()], (log) => log.error('m', createFailure()));
    expect(attributes).toMatchObject({
      'exception.type': 'Error',
      'exception.message': 'boom',
      'exception.code': 'E_BOOM',
      'exception.properties': { errno: 5 },
    });
    expect(JSON.stringify(attributes)).not.toContain('hunter2');
  });

  it.each<[string, Logform.Format[], (log: WinstonLogger) => void, unknown, object]>([
    ['a number in the text', [], (log) => log.info('retry 3 of job', 3), 'retry 3 of job', { args: [3] }],
    ['a name in the text', [], (log) => log.info('user bob logged in', 'bob'), 'user bob logged in', { args: ['bob'] }],
    ['tokens in a masked text', [mask()], (log) => log.info(`${card} of %s`, 'bob'), '**** of bob', {}],
    ['tokens in capitals', [upper()], (log) => log.info('a %s', 'bob', { b: 1 }), 'A %S', { args: ['bob'], b: 1 }],
    [
      'a token that was cut off',
      [cut()],
      (log) => log.info('hello you %j', { a: 1 }),
      'hello yo',
      { args: [{ a: 1 }] },
    ],
    ['one token of two', [cut()], (log) => log.info('a %s and %s', 'x', 'y'), 'a %s and', { args: ['x', 'y'] }],
    ['beside a filter', [audited(), cut()], (log) => log.info('audited by %s', 'x'), 'audited ', { args: ['x'] }],
    [
      'an error behind a token in capitals',
      [upper()],
      (log) => log.info('a %s', new Error('boom')),
      'A %S',
      expect.not.objectContaining({ args: expect.anything() }),
    ],
    [
      'a percent sign in an object',
      [format.splat()],
      (log) => log.info('got %j', url, { b: 1 }),
      `got ${json}`,
      { b: 1 },
    ],
    ['a percent sign in a list', [format.splat()], (log) => log.info('got %s', ['/%c3%a9']), "got [ '/%c3%a9' ]", {}],
    ['too few arguments', [format.splat()], (log) => log.info('a %s %s', 'x'), 'a x %s', {}],
    [
      'a text a format made',
      [format.splat(), format((i) => ({ ...i, message: 'other' }))()],
      (log) => log.info('a %s', 'x'),
      'other',
      {},
    ],
  ])('leaves the arguments where they belong: %s', async (_name, formats, log, body, attributes) => {
    const record = await recordOf(formats, log);
    expect(record.body).toBe(body);
    expect(record.attributes).toStrictEqual(attributes);
  });
});

describe('format.colorize()', () => {
  const painted = [format.colorize({ all: true, colors: { info: 'bold green', error: 'red' } }), format.simple()];

  it.each<[string, (log: WinstonLogger) => void, string, object]>([
    ['a text', (log) => log.info('a', { b: 1 }), 'a', { b: 1 }],
    ['tokens', (log) => log.info('a %s', '\u001b[38;5;9mb\u001b[39m', { c: 1 }), 'a b', { c: 1 }],
    ['a message among attributes', (log) => log.info('a', { message: '\u001b[1mb' }), 'a', { message: '\u001b[1mb' }],
    ['an error behind a text', (log) => log.error('a', new Error('boom')), 'a', { 'exception.message': 'boom' }],
    ['an error', (log) => log.error(new Error('boom')), 'boom', { 'exception.message': 'boom' }],
    ['an error of a child', (log) => log.child({}).error(new Error('boom')), 'boom', { 'exception.message': 'boom' }],
  ])('leaves nothing in body and exception: %s', async (_, log, body, attributes) => {
    const record = await recordAtOnce(painted, log);
    expect(record.body).toBe(body);
    expect(record.attributes).toMatchObject(attributes);
    expect(JSON.stringify(record.attributes['exception.stacktrace'] ?? '')).not.toContain('u001b');
  });
});

describe('format.logstash()', () => {
  const formats = [format.timestamp(), format.logstash()];
  const date = new Date(1_700_000_000_000);

  it.each<[string, (log: WinstonLogger) => void, unknown, object]>([
    ['a message', (log) => log.info('order placed', { a: 1 }), 'order placed', { a: 1 }],
    ['a message with tokens', (log) => log.info('order %s', 'placed'), 'order placed', {}],
    ['what is no text', (log) => log.info({ id: 7 }), { id: 7 }, {}],
    ['an empty message', (log) => log.info(''), '', {}],
  ])('leaves a record its body: %s', async (_, log, body, attributes) => {
    const record = await recordAtOnce(formats, log);
    expect(record.body).toStrictEqual(body);
    expect(record.attributes).toStrictEqual(attributes);
  });

  it('leaves it its time and its exception', async () => {
    const timed = await recordAtOnce([format.logstash()], (log) => log.info('m', { timestamp: date }));
    expect(timed).toMatchObject({ body: 'm', attributes: {}, timeUnixNano: `${date.getTime()}000000` });
    for (const log of [
      (to: WinstonLogger) => to.error(new Error('boom')),
      (to: WinstonLogger) => to.error('boom', new Error('boom')),
      (to: WinstonLogger) => to.child({}).error(new Error('boom')),
    ]) {
      const record = await recordAtOnce(formats, log);
      expect(record.body).toBe('boom');
      expect(record.attributes).toMatchObject({ 'exception.type': 'Error', 'exception.message': 'boom' });
    }
  });

  it('is read after the formats before it', async () => {
    const record = await recordAtOnce([mask(), ...formats], (log) => log.info(`card ${card}`));
    expect(record.body).toBe('card ****');
  });

  it('is not seen in the line of another format', async () => {
    const record = await recordAtOnce([format.json()], (log) => log.log(Object({ level: 'info', '@message': 'x' })));
    expect(record).toMatchObject({ body: null, attributes: { '@message': 'x' } });
    const broken = format.printf(() => '{"@ broken');
    const other = await recordAtOnce([broken], (log) => log.log(Object({ level: 'info', a: 1 })));
    expect(other).toMatchObject({ body: null, attributes: { a: 1 } });
  });
});

it('reads the arguments of a call by its own message when a format logs in the midst of it', async () => {
  await using rig = await createRig();
  const inner = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger })] });
  let isLogging = false;
  const talking = format((info) => {
    if (!isLogging) {
      isLogging = true;
      logger.info('inner');
      inner.info('other');
    }
    return info;
  })();
  const logger = winston.createLogger({
    format: format.combine(talking, format.splat(), mask()),
    transports: [new LogflumeTransport({ logger: rig.logger })],
  });
  logger.info('card %s', card);
  const records = await rig.received();
  expect(records.map(({ body, attributes }) => [body, attributes]).sort()).toEqual([
    ['card ****', {}],
    ['inner', {}],
    ['other', {}],
  ]);
});

it('asks a format once whether it writes arguments into messages, and a transport’s own format as well', async () => {
  let runs = 0;
  const counting = format((info) => {
    runs++;
    return info;
  });
  await using rig = await createRig();
  const own = new LogflumeTransport({ logger: rig.logger, format: format.combine(format.splat(), mask()) });
  const logger = winston.createLogger({ format: format.combine(counting(), cut()), transports: [own] });
  for (let i = 0; i < 10; i++) logger.info('%s of', card);
  expect(runs).toBe(11);
  const finishing = winston.createLogger({
    format: format.combine(counting(), format.splat()),
    transports: [new LogflumeTransport({ logger: rig.logger })],
  });
  finishing.info('%s of', '****');
  expect(runs, 'where the message tells, none is asked').toBe(12);
  for (const { body, attributes } of await rig.received()) expect([body, attributes]).toEqual(['**** of', {}]);
});
