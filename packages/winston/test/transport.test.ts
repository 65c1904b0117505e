import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { withContext } from 'logflume';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import { LogflumeTransport } from '../src/index.ts';
import { createGate, createRig, SiblingTransport } from './rig.ts';

const { format } = winston;

// The logger says on stderr what is lost on purpose here.
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
afterEach(() => vi.restoreAllMocks());

describe('as a transport of winston', () => {
  it('is added without a word on stderr, as log() has two parameters (W1)', async () => {
    await using rig = await createRig();
    const stderr = vi.spyOn(process.stderr, 'write');
    const transport = new LogflumeTransport({ logger: rig.logger, highWaterMark: 5 });
    const log = winston.createLogger({ transports: [transport] });
    expect(transport.log).toHaveLength(2);
    expect(transport.writableHighWaterMark).toBe(5);
    expect(log.transports).toEqual([transport]);
    expect(stderr).not.toHaveBeenCalled();
  });

  it('takes 100,000 records of one tick, holds up no sibling, and delivers them in order (W2)', async () => {
    await using rig = await createRig();
    const before = new SiblingTransport();
    const after = new SiblingTransport();
    const transport = new LogflumeTransport({ logger: rig.logger });
    const log = winston.createLogger({ transports: [before, transport, after] });
    for (let i = 0; i < 100_000; i++) log.info('m', { i });
    expect([before.seen.length, after.seen.length, transport.writableLength]).toEqual([100_000, 100_000, 0]);
    expect(after.seen.every((info, i) => Reflect.get(Object(info), 'i') === i)).toBe(true);
    const records = await rig.received();
    expect(records).toHaveLength(100_000);
    expect(new Set(records.map(({ attributes }) => attributes['i'])).size).toBe(100_000);
    const times = records.toSorted((a, b) => Number(a.attributes['i']) - Number(b.attributes['i']));
    expect(times.every((each, i) => i === 0 || String(each.timeUnixNano) >= String(times[i - 1]?.timeUnixNano))).toBe(
      true,
    );
  }, 120_000);

  it('takes them as well while the backend is down, and holds up nobody', async () => {
    await using rig = await createRig({ fallback: 'none' });
    await rig.backend.suspend();
    const sibling = new SiblingTransport();
    const transport = new LogflumeTransport({ logger: rig.logger });
    const log = winston.createLogger({ transports: [transport, sibling] });
    for (let i = 0; i < 100_000; i++) log.info('m', { i });
    expect([sibling.seen.length, transport.writableLength, rig.logger.stats().accepted]).toEqual([100_000, 0, 100_000]);
  });

  it('calls back once, in the same tick, without an argument (W2)', async () => {
    await using rig = await createRig();
    const transport = new LogflumeTransport({ logger: rig.logger });
    const callback = vi.fn();
    transport.log({ level: 'info', message: 'm' }, callback);
    expect(callback.mock.calls).toEqual([[]]);
    await rig.single();
    expect(callback).toHaveBeenCalledOnce();
  });

  it('does not throw into the log call, says so once, and takes the next record (W3)', async () => {
    await using rig = await createRig();
    const transport = new LogflumeTransport({ logger: rig.logger });
    // A format that leaves the getter unread, else winston itself would throw.
    const log = winston.createLogger({ format: format((info) => info)(), transports: [transport] });
    const warnings: unknown[] = [];
    log.on('warn', (warning: Error) => warnings.push(warning.message));
    for (let i = 0; i < 3; i++) {
      log.log({
        level: 'info',
        message: 'hostile',
        get secret(): string {
          throw new Error('trapped');
        },
      });
    }
    log.info('m', {
      value: {
        toJSON: () => {
          throw new Error('no JSON');
        },
      },
    });
    log.info('next');
    const records = await rig.received();
    expect(records.map(({ body }) => body)).toEqual(['hostile', 'hostile', 'hostile', 'm', 'next']);
    expect(records[0]?.attributes).toEqual({ secret: '[Throws: trapped]' });
    expect(warnings).toEqual([expect.stringContaining('throws when it is read')]);
  });

  it('takes what is no record at all without harm', async () => {
    await using rig = await createRig();
    const transport = new LogflumeTransport({ logger: rig.logger });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const info of [undefined, null, 'text', 5, proxy]) transport.log(info, () => undefined);
    transport.log({}, undefined);
    expect((await rig.received()).length).toBeLessThanOrEqual(2);
  });

  it('survives a listener of warn that throws', async () => {
    await using rig = await createRig();
    const transport = new LogflumeTransport({
      logger: rig.logger,
      format: format(() => {
        throw new Error('broken format');
      })(),
    });
    const log = winston.createLogger({ transports: [transport] });
    const listener = vi.fn(() => {
      throw new Error('broken listener');
    });
    transport.on('warn', listener);
    log.info('a');
    log.info('b');
    expect(listener).toHaveBeenCalledOnce();
    expect((await rig.received()).map(({ body }) => body)).toEqual(['a', 'b']);
  });

  it('emits no error and no warning in the log call for a backend that refuses (W4)', async () => {
    await using rig = await createRig();
    await rig.backend.suspend();
    const transport = new LogflumeTransport({
      endpoints: [rig.backend.url],
      fallback: 'none',
      exit: { timeoutMs: 50 },
    });
    const log = winston.createLogger({ transports: [transport] });
    const errors = vi.fn();
    const warned = once(log, 'warn');
    log.on('error', errors);
    log.info('m');
    const [warning] = await warned;
    expect(warning).toBeInstanceOf(Error);
    log.end();
    await once(log, 'finish');
    expect(errors).not.toHaveBeenCalled();
  });

  it('has delivered everything when the logger finishes (W5)', async () => {
    await using rig = await createRig();
    const options = { endpoints: [rig.backend.url], exit: { handleSignals: false } };
    const log = winston.createLogger({ transports: [new LogflumeTransport(options)] });
    for (let i = 0; i < 5000; i++) log.info('m', { i });
    log.end();
    await once(log, 'finish');
    expect(rig.backend.stats().records.accepted).toBe(5000);
  });

  it('finishes by its deadline when the backend hangs (W5)', async () => {
    await using rig = await createRig({}, [{ kind: 'hang' }]);
    const finished: number[] = [];
    const end = async (timeoutMs: number): Promise<void> => {
      const exit = { handleSignals: false, timeoutMs };
      const transport = new LogflumeTransport({ endpoints: [rig.backend.url], fallback: 'none', exit });
      const log = winston.createLogger({ transports: [transport] });
      log.info('m');
      log.end();
      await once(log, 'finish');
      finished.push(timeoutMs);
    };
    // The one with the longer deadline was first, and is last.
    await Promise.all([end(1000), end(100)]);
    expect(finished).toEqual([100, 1000]);
  });

  it('leaves a shared logger open when it ends', async () => {
    await using rig = await createRig();
    const log = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger })] });
    log.info('from winston');
    log.end();
    await once(log, 'finish');
    rig.logger.info('after');
    expect((await rig.received()).map(({ body }) => body)).toEqual(['from winston', 'after']);
  });

  it('flushes each time it is removed, and works again when it is added (W6, W7)', async () => {
    await using rig = await createRig();
    const flush = vi.spyOn(rig.logger, 'flush');
    const transport = new LogflumeTransport({ logger: rig.logger });
    const log = winston.createLogger({ transports: [transport] });
    log.info('1');
    log.remove(transport);
    expect(flush).toHaveBeenCalledTimes(1);
    log.add(transport);
    expect(transport.parent).toBe(log);
    log.info('2');
    log.debug('below the level of the logger');
    log.remove(transport);
    expect(flush).toHaveBeenCalledTimes(2);
    log.configure({ level: 'debug', transports: [transport] });
    log.debug('3');
    log.clear();
    transport.close();
    // Each flush sends a request of its own, and they may overtake one another.
    expect((await rig.received()).map(({ body }) => body).sort()).toEqual(['1', '2', '3']);
  });

  it('warns once when a second logger takes it, and knows the levels of the first (W8)', async () => {
    await using rig = await createRig();
    const transport = new LogflumeTransport({ logger: rig.logger });
    const warned = vi.fn();
    transport.on('warn', warned);
    const first = winston.createLogger({ transports: [transport] });
    winston.createLogger({ levels: winston.config.syslog.levels, transports: [transport] });
    winston.createLogger({ levels: winston.config.cli.levels, transports: [transport] });
    expect(warned).toHaveBeenCalledOnce();
    first.info('m');
    expect(await rig.single()).toMatchObject({ body: 'm' });
  });

  it('shares a logger between winston loggers of different levels; one ends, the other goes on (W8)', async () => {
    await using rig = await createRig();
    const one = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger })] });
    const two = winston.createLogger({
      levels: winston.config.syslog.levels,
      level: 'debug',
      transports: [new LogflumeTransport({ logger: rig.logger })],
    });
    one.log('http', 'below');
    one.error('one');
    one.end();
    await once(one, 'finish');
    two.log('notice', 'two');
    const records = await rig.received();
    expect(records.map(({ body, severityNumber }) => [body, severityNumber])).toEqual([
      ['one', 17],
      ['two', 10],
    ]);
  });

  it('runs its format for records that pile up, too, and calls each of them back (W13)', async () => {
    await using rig = await createRig();
    const marked = format((info) => (info.message === 'hidden' ? false : Object.assign(info, { marked: true })))();
    const transport = new LogflumeTransport({ logger: rig.logger, format: marked });
    expect(transport.logv).toBeUndefined();
    const log = winston.createLogger({ transports: [transport] });
    transport.cork();
    for (const message of ['a', 'hidden', 'b']) log.info(message);
    log.debug('below');
    expect(transport.writableLength).toBe(3 + 1);
    transport.uncork();
    expect(transport.writableLength).toBe(0);
    const records = await rig.received();
    expect(records.map(({ body, attributes }) => [body, attributes])).toEqual([
      ['a', { marked: true }],
      ['b', { marked: true }],
    ]);
  });

  it('emits logged in the same tick, if somebody listens (W14)', async () => {
    await using rig = await createRig();
    const transport = new LogflumeTransport({ logger: rig.logger });
    const log = winston.createLogger({ transports: [transport] });
    const emit = vi.spyOn(transport, 'emit');
    log.info('nobody listens');
    expect(emit.mock.calls.map(([event]) => event)).not.toContain('logged');
    const logged = vi.fn();
    transport.on('logged', logged);
    log.info('m');
    expect(logged).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'm' }));
  });

  it('leaves the objects of the caller and of its siblings as winston made them (W16)', async () => {
    await using rig = await createRig();
    const sibling = new SiblingTransport();
    const ours = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger }), sibling] });
    const plain = winston.createLogger({ transports: [new SiblingTransport()] });
    const make = () => ({ level: 'info', message: 'hello %s', nested: { list: [1] }, [Symbol.for('splat')]: ['bob'] });
    const [mine, reference] = [make(), make()];
    ours.log(mine);
    plain.log(reference);
    expect(mine).toStrictEqual(reference);
    expect(Reflect.ownKeys(mine)).toEqual(Reflect.ownKeys(reference));
    mine.message = 'changed afterwards';
    mine.nested.list.push(2);
    const record = await rig.single();
    expect(record).toMatchObject({ body: 'hello bob', attributes: { nested: { list: [1] } } });
  });

  it('gets nothing of a level that is not in its set, as winston has it, and goes on', async () => {
    await using rig = await createRig();
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const log = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger })] });
    log.log('nobody', 'unknown level');
    Reflect.apply(log.log, log, [undefined, 'no level']);
    Reflect.apply(log.log, log, [{ message: 'no level either' }]);
    log.info('next');
    expect((await rig.received()).map(({ body }) => body)).toEqual(['next']);
  });

  it('says that its level is none of the logger, as nothing passes it then', async () => {
    await using rig = await createRig();
    const stderr = vi.mocked(process.stderr.write);
    const warned = vi.fn();
    const add = (level: string | undefined, levels: winston.config.AbstractConfigSetLevels): winston.Logger => {
      const transport = new LogflumeTransport({ logger: rig.logger, level });
      transport.on('warn', ({ message }: Error) => warned(message));
      return winston.createLogger({ levels, transports: [transport] });
    };
    const { npm, syslog } = winston.config;
    add('notice', syslog.levels);
    add(undefined, npm.levels);
    expect(warned).not.toHaveBeenCalled();
    expect(stderr).not.toHaveBeenCalled();
    add('trace', npm.levels).error('not taken');
    const message =
      'level "trace" is none of the logger\'s, so nothing is taken; they are error, warn, info, http, verbose, debug, silly';
    expect(warned.mock.calls).toEqual([[message]]);
    expect(stderr.mock.calls.map(([line]) => String(line)).join('')).toBe(`logflume: ${message}\n`);
    expect(await rig.received()).toEqual([]);
  });

  it('is quiet while silent, and of the level of its own (base class)', async () => {
    await using rig = await createRig();
    const transport = new LogflumeTransport({ logger: rig.logger, level: 'warn', silent: true });
    const log = winston.createLogger({ level: 'debug', transports: [transport] });
    log.error('silent');
    transport.silent = false;
    log.info('below');
    log.warn('heard');
    transport.level = 'debug';
    log.debug('heard too');
    expect((await rig.received()).map(({ body }) => body)).toEqual(['heard', 'heard too']);
  });
});

describe('the async context of a call (W17)', () => {
  /** Logs in many contexts behind a sibling that is slow to call back, and answers what arrived. */
  async function logBehindSlowSibling(
    log: (logger: winston.Logger, i: number) => void,
    options: winston.LoggerOptions = {},
  ) {
    await using rig = await createRig();
    const gate = createGate();
    const transports = [new SiblingTransport(gate.wait), new LogflumeTransport({ logger: rig.logger })];
    const logger = winston.createLogger({ ...options, transports });
    const before = Date.now();
    for (let i = 0; i < 60; i++) withContext({ request: i }, () => log(logger, i));
    const during = Date.now();
    await setImmediate();
    await vi.waitUntil(() => Date.now() > during + 5);
    withContext({ request: 'another' }, () => gate.open());
    await vi.waitUntil(() => rig.logger.stats().accepted === 60);
    const records = await rig.received();
    return { records, before, during };
  }

  it.each<[string, winston.LoggerOptions, (logger: winston.Logger, i: number) => void]>([
    ['plain', {}, (logger, i) => logger.info('m', { i })],
    ['of one object', {}, (logger, i) => logger.log({ level: 'info', message: 'm', i })],
    ['of a child', {}, (logger, i) => logger.child({ c: 1 }).info('m', { i })],
    ['of a child of a child', {}, (logger, i) => logger.child({ c: 1 }).child({ d: 1 }).info('m', { i })],
    [
      'with a format that copies',
      { format: format((info) => ({ ...info }))() },
      (logger, i) => logger.info('m', { i }),
    ],
    ['with a time', { format: format.timestamp() }, (logger, i) => logger.info('m', { i })],
    ['with an error', {}, (logger, i) => logger.error('m', new Error('e'), { i })],
  ])('is that of the call, however late the record comes: %s', async (_, options, log) => {
    const { records, before, during } = await logBehindSlowSibling(log, options);
    expect(records.map(({ attributes }) => attributes['request'])).toEqual(
      records.map(({ attributes }) => attributes['i']),
    );
    for (const { timeUnixNano, attributes } of records) {
      const timeMs = Number(timeUnixNano?.slice(0, -6));
      expect(timeMs).toBeGreaterThanOrEqual(before);
      expect(timeMs).toBeLessThanOrEqual(during);
      expect(Object.keys(attributes)).not.toContain('timestamp');
    }
  });

  it('does not stay on the records of a logger whose queues are empty', async () => {
    await using rig = await createRig();
    const sibling = new SiblingTransport();
    const log = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger }), sibling] });
    log.info('m');
    const names = Reflect.ownKeys(Object(sibling.seen[0])).map(String);
    expect(names.filter((name) => name.includes('logflume'))).toEqual([]);
  });

  it('costs a logger its own write only while a transport is on it', async () => {
    await using rig = await createRig();
    const [one, two] = [new LogflumeTransport({ logger: rig.logger }), new LogflumeTransport({ logger: rig.logger })];
    const log = winston.createLogger({ transports: [one, two] });
    const { write } = log;
    expect(Object.hasOwn(log, 'write')).toBe(true);
    log.remove(one);
    expect(log.write).toBe(write);
    log.remove(two);
    expect(Object.hasOwn(log, 'write')).toBe(false);
    // Of an application that has a write of its own.
    const own = vi.fn(() => true);
    log.write = own;
    log.add(one);
    expect(log.write).not.toBe(own);
    log.info('m');
    expect(own).toHaveBeenCalledOnce();
    log.remove(one);
    expect(log.write).toBe(own);
    // Of somebody who wrapped ours: it must stay, and call through.
    Reflect.deleteProperty(log, 'write');
    log.add(one);
    const ours = log.write;
    log.write = Object.assign((...args: Parameters<typeof ours>) => Reflect.apply(ours, log, args));
    log.remove(one);
    log.add(two);
    log.info('through both');
    expect((await rig.received()).map(({ body }) => body)).toEqual(['through both']);
  });

  it('of the application is not kept alive or changed by a log call', async () => {
    await using rig = await createRig();
    const storage = new AsyncLocalStorage<number>();
    const log = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger })] });
    storage.run(7, () => {
      log.info('m');
      expect(storage.getStore()).toBe(7);
    });
    await rig.single();
  });
});

it('writes through the intake of its logger: processors, shares and repeats hold for records of winston', async () => {
  await using rig = await createRig({
    processors: [({ body, attributes }) => (body === 'noise' ? null : { seen: attributes['i'] })],
    sampling: { levels: 'debug=0' },
    repeats: { windowMs: 600_000 },
  });
  const log = winston.createLogger({ level: 'debug', transports: [new LogflumeTransport({ logger: rig.logger })] });
  log.debug('left out');
  log.info('noise');
  for (let i = 0; i < 3; i++) log.error('again', { i });
  const records = await rig.received();
  expect(records.map(({ body, attributes }) => [body, attributes['seen']])).toEqual([
    ['again', 0],
    ['message repeated 2 times: [again]', undefined],
  ]);
  expect(rig.logger.stats().suppressed.byReason).toMatchObject({ processor: 1, sampled: 1, repeated: 2 });
});
