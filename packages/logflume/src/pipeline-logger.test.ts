import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { createSeenLogger } from '../test/memory-delivery.ts';
import type { Level } from './config/parse-levels.ts';

const levels: readonly [Level, number][] = [
  ['trace', 1],
  ['debug', 5],
  ['info', 9],
  ['warn', 13],
  ['error', 17],
  ['fatal', 21],
];

describe('levels', () => {
  test.each(levels)('%s has its severity', (level, severityNumber) => {
    const { log, last } = createSeenLogger();
    log[level]('m');
    expect(last()).toMatchObject({ body: 'm', severityNumber, severityText: level.toUpperCase() });
    log.log(level, 'n');
    expect(last()).toMatchObject({ body: 'n', severityNumber, severityText: level.toUpperCase() });
    log.event('happened', {}, { level });
    expect(last()).toMatchObject({ eventName: 'happened', severityNumber, severityText: level.toUpperCase() });
  });

  test.each(levels)('of a logger at %s: it and all above pass', (level, severityNumber) => {
    const { log, records } = createSeenLogger(level);
    for (const [each] of levels) {
      log[each]('m');
      expect(log.isLevelEnabled(each)).toBe(records.some((record) => record.severityText === each.toUpperCase()));
    }
    expect(records.map((record) => record.severityNumber)).toStrictEqual(
      levels.map(([, number]) => number).filter((number) => number >= severityNumber),
    );
  });

  it('off lets nothing pass', () => {
    const { log, records } = createSeenLogger('off');
    for (const [level] of levels) {
      log[level]('m');
      log.log(level, 'm');
      log.event('e', {}, { level });
      expect(log.isLevelEnabled(level)).toBe(false);
    }
    expect(records).toStrictEqual([]);
  });

  it('a call below the level reads nothing and calls nothing', () => {
    const { log, records } = createSeenLogger('error');
    const lazy = vi.fn(() => ({ a: 1 }));
    const getter = vi.fn(() => 1);
    const trap = vi.fn();
    const attributes = Object.defineProperty({}, 'a', { get: getter, enumerable: true });
    const hostile = new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap });
    for (const level of ['trace', 'debug', 'info', 'warn'] as const) {
      for (const given of [lazy, attributes, hostile]) {
        log[level]('m', given);
        log.log(level, 'm', given);
        log.event('m', given, { level });
      }
    }
    expect(records).toStrictEqual([]);
    for (const read of [lazy, getter, trap]) expect(read).not.toHaveBeenCalled();
  });

  it('can be set at run time, in any case and by alias', () => {
    const { log, records } = createSeenLogger('info');
    log.level = 'debug';
    log.debug('seen');
    log.level = 'error';
    log.warn('not seen');
    expect(records).toHaveLength(1);
    expect(log.level).toBe('error');
    Reflect.set(log, 'level', ' Warning ');
    expect(log.level).toBe('warn');
  });

  test.each([['verbose'], [''], [30], [undefined], [null], [Symbol('s')], [{}]])('refuses to be %s', (level) => {
    const { log } = createSeenLogger('info');
    const expected = expect.objectContaining({
      code: 'ERR_LOGFLUME_INVALID_OPTION',
      message: expect.stringContaining('level must be trace, debug, info, warn, error, fatal or off, got'),
    });
    expect(() => Reflect.set(log, 'level', level)).toThrow(expected);
    if (level !== undefined) expect(() => Reflect.apply(log.child, undefined, [{}, { level }])).toThrow(expected);
    expect(log.level).toBe('info');
  });
});

describe('a level for a limited time', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends by itself, for followers too, and gives way to what holds then', () => {
    const { log } = createSeenLogger('info,db=warn');
    const [follower, ruled] = [log.child({}, { name: 'free' }), log.child({}, { name: 'db' })];
    log.setLevelFor('debug', 1000);
    expect([log, follower, ruled].map(({ level }) => level)).toStrictEqual(['debug', 'debug', 'warn']);
    ruled.setLevelFor('trace', 500);
    vi.advanceTimersByTime(999);
    expect([log, follower, ruled].map(({ level }) => level)).toStrictEqual(['debug', 'debug', 'warn']);
    vi.advanceTimersByTime(1);
    expect([log, follower, ruled].map(({ level }) => level)).toStrictEqual(['info', 'info', 'warn']);
  });

  it('can be ended early, once', () => {
    const { log } = createSeenLogger('info');
    const end = log.setLevelFor('debug', 1000);
    end();
    expect(log.level).toBe('info');
    log.setLevelFor('trace', 1000);
    end();
    expect(log.level).toBe('trace');
  });

  it('is ended by a level that is set, and by another for a limited time', () => {
    const { log } = createSeenLogger('info');
    log.setLevelFor('debug', 1000);
    log.setLevelFor('trace', 3000);
    vi.advanceTimersByTime(2000);
    expect(log.level).toBe('trace');
    log.level = 'warn';
    vi.advanceTimersByTime(5000);
    expect(log.level).toBe('warn');
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([[0], [-1], [2 ** 31], [Number.NaN], ['1s'], [undefined]])('refuses a time of %j', (durationMs) => {
    const { log } = createSeenLogger('info');
    const set = () => Reflect.apply(log.setLevelFor, log, ['debug', durationMs]);
    expect(set).toThrow('durationMs must be milliseconds, 1 … 2147483647, got');
    expect(() => Reflect.apply(log.setLevelFor, log, ['loud', 1])).toThrow('level must be trace,');
    expect(log.level).toBe('info');
  });
});

describe('children', () => {
  it('carry what is bound to them and above them; the nearest wins', () => {
    const { log, last } = createSeenLogger();
    const child = log.child({ a: 1, b: 1, c: 1 }).child({ b: 2, c: 2 });
    child.info('m', { c: 3 });
    expect(last().attributes).toStrictEqual({ a: 1, b: 2, c: 3 });
    log.info('m');
    expect(last().attributes).toStrictEqual({});
  });

  it('follow their parent until they have a level of their own', () => {
    const { log, records } = createSeenLogger('info');
    const follower = log.child({ follower: true }).child({});
    const own = log.child({}, { level: 'error' });
    log.level = 'debug';
    follower.debug('seen');
    own.debug('not seen');
    expect([follower.level, own.level]).toStrictEqual(['debug', 'error']);
    own.level = 'trace';
    expect(log.level).toBe('debug');
    expect(records).toHaveLength(1);
  });

  it('have a level of their own from when one is set on them', () => {
    const { log } = createSeenLogger('info');
    const [one, other] = [log.child({ request: 1 }), log.child({ request: 2 })];
    one.level = 'debug';
    const below = one.child({});
    expect([log, one, other, below].map(({ level }) => level)).toStrictEqual(['info', 'debug', 'info', 'debug']);
    log.level = 'error';
    expect([log, one, other, below].map(({ level }) => level)).toStrictEqual(['error', 'debug', 'error', 'debug']);
    const end = other.setLevelFor('trace', 1000);
    expect([log.level, other.level]).toStrictEqual(['error', 'trace']);
    end();
    expect(other.level).toBe('error');
    log.level = 'warn'; // It follows again.
    expect([log, one, other, below].map(({ level }) => level)).toStrictEqual(['warn', 'debug', 'warn', 'debug']);
  });

  it('have the level of their name, by the longest rule that covers it', () => {
    const { log } = createSeenLogger('info,db=debug,db.pool=off,http=info');
    const levelOf = (name: string, parent = log) => parent.child({}, { name }).level;
    expect(levelOf('db')).toBe('debug');
    expect(levelOf('db.query')).toBe('debug');
    expect(levelOf('db.pool.idle')).toBe('off');
    expect(levelOf('dbx')).toBe('info');
    const db = log.child({}, { name: 'db' });
    expect(levelOf('cache', db)).toBe('debug'); // no rule: the parent's
    expect(levelOf('http', db)).toBe('info'); // a rule, though it says what the default says
    expect(log.child({}, { name: 'db', level: 'fatal' }).level).toBe('fatal');
  });

  it('whose name has no rule follow the parent; one with a rule stays', () => {
    const { log } = createSeenLogger('info,db=warn');
    const [free, ruled] = [log.child({}, { name: 'free' }), log.child({}, { name: 'db' })];
    log.level = 'trace';
    expect([free.level, ruled.level]).toStrictEqual(['trace', 'warn']);
  });

  it('share their level with others of their parent and name, and with nobody else', () => {
    const { log } = createSeenLogger('info');
    const [first, second, other] = ['db', 'db', 'http'].map((name) => log.child({}, { name }));
    if (first !== undefined) first.level = 'trace';
    expect([log, first, second, other].map((each) => each?.level)).toStrictEqual(['info', 'trace', 'trace', 'info']);
  });

  it('have a scope of their own by name', () => {
    const { log, last } = createSeenLogger();
    log.child({}, { name: 'db' }).child({}).info('m');
    expect(last().scope).toBe('db');
  });

  test.each<[string, unknown[]]>([
    ['nothing', []],
    ['null', [null, null]],
    ['text', ['text']],
    ['an option that is null', [{}, { name: null }]],
    ['a name that is no text', [{}, { name: 42 }]],
    ['a revoked proxy', [revoked()]],
  ])('can be made of %s', (_, args) => {
    const { log, last } = createSeenLogger();
    const child: unknown = Reflect.apply(log.child, undefined, args);
    Reflect.apply(Reflect.get(Object(child), 'info'), child, ['m']);
    expect(last().body).toBe('m');
  });

  it('can be made with a function', () => {
    const { log, last } = createSeenLogger();
    log.child(() => ({ a: 1 })).info('m');
    expect(last().attributes).toStrictEqual({ a: 1 });
  });
});

describe('methods', () => {
  it('work off their logger', async () => {
    const { log, records } = createSeenLogger();
    const { trace, debug, info, warn, error, fatal, log: at, event, child, isLevelEnabled, flush, close, stats } = log;
    for (const method of [trace, debug, info, warn, error, fatal]) method('m');
    at('info', 'm');
    event('m');
    child({}).info('m');
    await Promise.reject(new Error('boom')).catch(error);
    expect(records).toHaveLength(10);
    expect(records.at(-1)).toMatchObject({ body: 'boom', severityText: 'ERROR' });
    expect(isLevelEnabled('info')).toBe(true);
    expect(stats().accepted).toBe(10);
    await Promise.all([flush(), close()]);
  });

  test.each([
    [null],
    [5000],
    [{ timeoutMs: Number.NaN }],
    [{ timeoutMs: -1 }],
    [{ timeoutMs: 'soon' }],
    [{ timeoutMs: Infinity }],
  ])('flush and close never reject, whatever they are given: %o', async (options) => {
    const { log } = createSeenLogger();
    await expect(Reflect.apply(log.flush, log, [options])).resolves.toBeDefined();
    await expect(Reflect.apply(log.close, log, [options])).resolves.toBeDefined();
  });
});

describe('log()', () => {
  const logged = (...args: unknown[]) => {
    const { log, last } = createSeenLogger();
    Reflect.apply(log.log, undefined, args);
    const { severityNumber, severityText, body, attributes } = last();
    return { severityNumber, severityText, body, attributes };
  };
  const info = { severityNumber: 9, severityText: 'INFO', attributes: {} };

  it('knows levels in any case and by alias', () => {
    expect(logged('Error', 'm')).toMatchObject({ severityNumber: 17, severityText: 'ERROR' });
    expect(logged('warning', 'm')).toMatchObject({ severityNumber: 13, severityText: 'WARN' });
    expect(logged('critical', 'm')).toMatchObject({ severityNumber: 21, severityText: 'FATAL' });
  });

  it('keeps a level it does not know as the text of an INFO record', () => {
    expect(logged('silly', 'm', { a: 1 })).toStrictEqual({
      ...info,
      severityText: 'silly',
      body: 'm',
      attributes: { a: 1 },
    });
    expect(logged('off', 'm')).toMatchObject({ severityNumber: 9, severityText: 'off', body: 'm' });
  });

  it('logs what was meant as a message though it stands where the level does', () => {
    expect(logged('hello')).toStrictEqual({ ...info, body: 'hello' });
    expect(logged(new Error('boom'))).toMatchObject({ severityText: 'INFO', body: 'boom' });
    expect(logged({ a: 1 }, 'm')).toStrictEqual({ ...info, body: 'm', attributes: { a: 1 } });
  });

  it('keeps a level of another kind among the arguments', () => {
    expect(logged(30, 'm', { a: 1 }, 4, 5)).toStrictEqual({
      ...info,
      body: 'm',
      attributes: { a: 1, 'log.arguments': [30, 4, 5] },
    });
    expect(logged(Symbol('s'), 'm')).toMatchObject({ body: 'm', attributes: { 'log.arguments': ['Symbol(s)'] } });
    expect(logged()).toMatchObject({ body: null });
  });
});

describe('event()', () => {
  it('has a name, attributes, a body and a time of its own', () => {
    const { log, last } = createSeenLogger();
    log.event(
      'order.shipped',
      { 'order.id': 7 },
      { level: 'warn', body: { parcels: 2 }, timestamp: 1_700_000_000_123 },
    );
    expect(last()).toMatchObject({
      eventName: 'order.shipped',
      attributes: { 'order.id': 7 },
      body: { parcels: 2 },
      severityNumber: 13,
      severityText: 'WARN',
      timeUnixNano: '1700000000123000000',
    });
    expect(Number(last().observedTimeUnixNano)).toBeGreaterThan(1.7e18);
  });

  it('takes a Date, and counts what is no time as now', () => {
    const { log, last } = createSeenLogger();
    log.event('e', {}, { timestamp: new Date(86_400_000) });
    expect(last().timeUnixNano).toBe('86400000000000');
    for (const timestamp of [new Date(Number.NaN), Number.NaN, -5, Number.POSITIVE_INFINITY, 'yesterday', 12n, null]) {
      Reflect.apply(log.event, log, ['e', {}, { timestamp }]);
      expect(last().timeUnixNano).toBe(last().observedTimeUnixNano);
    }
  });

  it('takes lazy attributes and finds an error among them', () => {
    const { log, last } = createSeenLogger();
    log.event('e', () => ({ a: 1, err: new Error('boom') }));
    expect(last().attributes).toMatchObject({ a: 1, 'exception.message': 'boom' });
  });

  it('is logged though its name or level is longer than any record', () => {
    const { log, last, lost } = createSeenLogger();
    const long = 'x'.repeat(400_000);
    log.event(long, { a: 1 });
    expect(last()).toMatchObject({ eventName: 'x'.repeat(1024), attributes: { a: 1 } });
    Reflect.apply(log.log, undefined, [long, 'm', { a: 1 }]);
    expect(last()).toMatchObject({ severityText: 'x'.repeat(1024), body: 'm', attributes: { a: 1 } });
    expect(lost()).toBe(0);
  });

  const trap = () => {
    throw new Error('trapped');
  };
  const throwing = new Proxy({}, new Proxy({}, { get: () => trap }));
  test.each<[string, unknown[]]>([
    ['nothing', []],
    ['nulls', [null, null, null]],
    ['text instead of attributes', ['e', 'text']],
    ['a symbol as a name', [Symbol('s')]],
    ['a name that cannot be text', [Object.create(null)]],
    ['attributes that throw', ['e', throwing]],
    ['a function that throws', ['e', trap]],
    ['options that throw', ['e', {}, throwing]],
    ['options of another kind', ['e', {}, 5]],
    ['a level that does not exist', ['e', {}, { level: 'silly' }]],
    ['a body that throws', ['e', {}, { body: throwing }]],
    ['a timestamp that throws', ['e', {}, { timestamp: throwing }]],
  ])('is logged with %s', (_, args) => {
    const { log, records, lost } = createSeenLogger();
    expect(Reflect.apply(log.event, log, args)).toBeUndefined();
    expect(records).toHaveLength(1);
    expect(lost()).toBe(0);
    if (typeof args[1] === 'string') expect(records[0]?.attributes).toStrictEqual({ 'log.arguments': ['text'] });
  });
});

describe('a call from inside a record', () => {
  it('by a getter is logged, and so is the record', () => {
    const { log, records } = createSeenLogger();
    log.info('outer', {
      get a() {
        log.info('inner');
        return 1;
      },
    });
    expect(records.map(({ body }) => body)).toStrictEqual(['inner', 'outer']);
    expect(records.at(-1)?.attributes).toStrictEqual({ a: 1 });
  });

  test.each(['a', 'err'])('by a getter %s that logs itself ends', (name) => {
    const { log, records, lost } = createSeenLogger();
    const itself: object = Object.defineProperty({}, name, {
      enumerable: true,
      get() {
        log.info('again', itself);
        log.error(itself);
        log.event('again', itself);
        return name;
      },
    });
    log.info('first', itself);
    expect(records.length).toBeLessThan(4000);
    expect(lost()).toBe(0);
    expect(records.at(-1)?.body).toBe('first');
    expect(records.some(({ attributes }) => 'logflume.attributes_error' in attributes)).toBe(true);
    log.info('afterwards', { a: 1 });
    expect(records.at(-1)?.attributes).toStrictEqual({ a: 1 });
  });

  it('with little stack left does not throw', () => {
    const { log, records } = createSeenLogger();
    let deepest = 0;
    const thrown = new Set<unknown>();
    const descend = (depth: number): void => {
      deepest = depth;
      try {
        log.info('m', { depth });
      } catch (error) {
        thrown.add(error);
      }
      descend(depth + 1);
    };
    expect(() => descend(0)).toThrow(RangeError);
    expect(deepest).toBeGreaterThan(100);
    expect(records.length).toBeGreaterThan(deepest - 100);
    log.info('afterwards', { a: 1 });
    expect(records.at(-1)).toMatchObject({ body: 'afterwards', attributes: { a: 1 } });
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
