import { once } from 'node:events';
import { createDevBackend } from '@logflume/dev-backend';
import { createPinoDestination } from '@logflume/pino';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createReceiver } from './receiver.ts';

const flushed = (logger: pino.Logger) =>
  new Promise<Error | undefined>((resolve) => {
    logger.flush(resolve);
  });

describe('a destination', () => {
  it('delivers 10,000 records of one tick, each once, and answers every write at once', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    const logger = pino(destination);
    for (let i = 0; i < 10_000; i++) logger.info({ i, path: '/orders' }, 'placed');
    expect(destination.write('{"level":30,"i":10000}\n')).toBe(true);
    const records = await receiver.records();
    expect(records.map(({ attributes }) => attributes['i'])).toStrictEqual(Array.from({ length: 10_001 }, (_, i) => i));
    expect(destination.stats()).toMatchObject({ accepted: 10_001, delivered: 10_001, pending: 0 });
  });

  it('may be pino’s only argument', async () => {
    await using receiver = await createReceiver();
    pino(createPinoDestination({ logger: receiver.logger })).info('m');
    expect(await receiver.record()).toMatchObject({ body: 'm' });
  });

  it('is an entry of multistream, with the level of its entry', async () => {
    await using receiver = await createReceiver();
    const lines: string[] = [];
    const streams = [
      { stream: { write: (line: string) => lines.push(line) } },
      { level: 'warn', stream: createPinoDestination({ logger: receiver.logger }) },
    ];
    const logger = pino({ name: 'shop', messageKey: 'text' }, pino.multistream(streams)).child({ a: 1 });
    logger.info('below');
    logger.warn({ level: 10 }, 'above');
    expect(lines).toHaveLength(2);
    expect(await receiver.record()).toMatchObject({
      body: 'above',
      severityText: 'warn',
      scope: { name: 'shop' },
      attributes: { a: 1, level: 10 },
    });
  });

  it('calls back from flush when everything is delivered', async () => {
    await using backend = await createDevBackend();
    await using destination = createPinoDestination({ endpoints: [backend.url], batch: { lingerMs: 60_000 } });
    const logger = pino(destination);
    logger.info('m');
    await expect(flushed(logger)).resolves.toBeUndefined();
    expect(backend.records()).toHaveLength(1);
    await expect(flushed(logger)).resolves.toBeUndefined();
  });

  it('calls back from its own flush under multistream, which hands on none of the logger', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    pino({}, pino.multistream([destination])).info('m');
    await new Promise<unknown>((resolve) => destination.flush(resolve));
    expect(receiver.backend.records()).toHaveLength(1);
  });

  it('says in the callback of flush what is still on its way', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 503 }] });
    const exit = { timeoutMs: 50 };
    await using destination = createPinoDestination({ endpoints: [backend.url], exit, fallback: 'none' });
    const logger = pino(destination);
    logger.info('m');
    expect(await flushed(logger)).toMatchObject({
      message: expect.stringMatching(/^1 records are still on their way/),
    });
    backend.setFaults([]);
  });

  it('starts sending at fatal, and on flushSync', async () => {
    await using backend = await createDevBackend();
    await using destination = createPinoDestination({ endpoints: [backend.url], batch: { lingerMs: 60_000 } });
    const logger = pino(destination);
    logger.fatal('m');
    await expect(backend.waitFor(1)).resolves.toHaveLength(1);
    logger.info('m');
    destination.flushSync();
    await expect(backend.waitFor(2)).resolves.toHaveLength(2);
  });

  it('delivers what it has when it is ended, and counts what comes later', async () => {
    await using backend = await createDevBackend();
    const destination = createPinoDestination({ endpoints: [backend.url], batch: { lingerMs: 60_000 } });
    const logger = pino(destination);
    logger.info('m');
    await new Promise<void>((resolve) => destination.end(resolve));
    expect(backend.records()).toHaveLength(1);
    expect(destination.writable).toBe(false);
    logger.info('late');
    expect(destination.stats()).toMatchObject({ accepted: 2, delivered: 1, dropped: { byReason: { closed: 1 } } });
    await expect(destination.close()).resolves.toBeDefined();
  });

  it('ends without ending a logger that it shares', async () => {
    await using receiver = await createReceiver({ batch: { lingerMs: 60_000 } });
    const destination = createPinoDestination({ logger: receiver.logger });
    destination.write('{"level":30}\n');
    await destination.close();
    expect(receiver.backend.records()).toHaveLength(1);
    receiver.logger.info('still there');
    expect(await receiver.records()).toHaveLength(2);
  });

  it('leaves an error of a callback to the application', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const caught = once(process, 'uncaughtException');
    destination.flush(() => {
      throw new Error('mine');
    });
    const [error] = await caught;
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect(error).toMatchObject({ message: 'mine' });
  });

  it('compares a level of its own, if it is given one', async () => {
    await using backend = await createDevBackend();
    const destination = createPinoDestination({ endpoints: [backend.url], level: 'warn,db=debug' });
    pino({ level: 'trace' }, destination).info('below');
    pino({ level: 'trace' }, destination).error('above');
    pino({ level: 'trace', name: 'db' }, destination).debug('by its name');
    pino({ level: 'trace', name: 'db' }, destination).trace('below');
    await destination.close();
    expect(
      backend
        .records()
        .map(({ body }) => body)
        .sort(),
    ).toStrictEqual(['above', 'by its name']);
  });
});

describe('a line that is none', () => {
  it.each([
    ['text', 'plain text\n', 'plain text'],
    ['half a line', '{"level":30,"msg":"cu', '{"level":30,"msg":"cu'],
    ['a list', '[1,2]\n', '[1,2]'],
    ['a literal', 'null\n', 'null'],
  ])('is delivered as text and counted: %s', async (_, line, body) => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    destination.write(line);
    expect(await receiver.record()).toMatchObject({ body, attributes: { 'logflume.line_error': 'not a JSON object' } });
    expect(destination.brokenLines).toBe(1);
  });

  it('keeps the level of its call', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    pino({ timestamp: () => ',"time":broken' }, destination).error('m');
    expect(await receiver.record()).toMatchObject({
      severityNumber: 17,
      severityText: 'error',
      body: expect.stringContaining('"msg":"m"'),
    });
  });

  it('is nothing when it is empty, and several when it holds several', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    destination.write('\n');
    destination.write('{"level":30,"i":0}\nbroken\n{"level":"error","i":2,"time":1795000000000}\n');
    const records = await receiver.records();
    expect(records.map(({ body, severityText }) => body ?? severityText).sort()).toStrictEqual([
      'broken',
      'error',
      'info',
    ]);
    expect(destination.brokenLines).toBe(1);
  });

  it.each([
    ['bytes', Buffer.from('{"msg":"é"}'), 'é'],
    ['a number', 12, '12'],
    ['an object', {}, '[object Object]'],
  ])('is taken without throwing when it is no text: %s', async (_, line, body) => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    Reflect.apply(destination.write, destination, [line]);
    expect(await receiver.record()).toMatchObject({ body });
  });

  it('is taken without throwing when no text can be had of it', async () => {
    await using receiver = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    for (const line of [undefined, null, Object.create(null), Symbol('s'), 10n]) {
      expect(Reflect.apply(destination.write, destination, [line])).toBe(true);
    }
    await receiver.records();
  });
});

describe('options that cannot work', () => {
  const invalid = expect.objectContaining({ name: 'LogflumeError', code: 'ERR_LOGFLUME_INVALID_OPTION' });
  it.each<[string, unknown]>([
    ['an endpoint that is none', { endpoints: ['locahost:4318'] }],
    ['an option nobody knows', { endpoint: 'http://localhost:4318' }],
    ['a level nobody knows', { level: 'loud' }],
    ['a logger that is none', { logger: {} }],
    ['a pino logger', { logger: pino({ enabled: false }) }],
    ['no object', 'http://localhost:4318'],
    ['nothing', null],
  ])('are refused when the destination is made: %s', (_, options) => {
    expect(() => Reflect.apply(createPinoDestination, undefined, [options])).toThrow(invalid);
  });

  it('are refused beside a logger, with what to do instead', async () => {
    await using receiver = await createReceiver();
    const options = { logger: receiver.logger, endpoints: [receiver.url] };
    expect(() => createPinoDestination(options)).toThrow(
      '"endpoints" is not an option of createPinoDestination beside "logger"; give its options to createLogger(), which made the logger',
    );
  });
});

it('writes through the intake of its logger: processors, shares and repeats hold for records of pino', async () => {
  await using receiver = await createReceiver({
    processors: [({ body, attributes }) => (body === 'noise' ? null : { seen: attributes['i'] })],
    sampling: { levels: 'debug=0' },
    repeats: { windowMs: 600_000 },
  });
  const destination = createPinoDestination({ logger: receiver.logger });
  const logger = pino({ level: 'debug' }, destination);
  logger.debug('left out');
  logger.info('noise');
  for (let i = 0; i < 3; i++) logger.error({ i }, 'again');
  const records = await receiver.records();
  expect(records.map(({ body, attributes }) => [body, attributes['seen']])).toEqual([
    ['again', 0],
    ['message repeated 2 times: [again]', undefined],
  ]);
  expect(destination.stats().suppressed.byReason).toMatchObject({ processor: 1, sampled: 1, repeated: 2 });
});
