import { createDevBackend, type DevBackend, type FaultRule } from '@logflume/dev-backend';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { createLogger, type DeliveryStats, type Logger, type LoggerOptions, withContext } from '../src/index.ts';

// The logger says on stderr what is lost on purpose here.
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
afterEach(() => vi.restoreAllMocks());

function createLoggerTo(backend: DevBackend, options: LoggerOptions = {}): Logger {
  return createLogger({
    endpoints: [backend.url],
    fallback: 'none',
    exit: { handleSignals: false },
    onDiagnostic: () => undefined,
    ...options,
  });
}

function expectLaw({ accepted, delivered, rejected, fallback, dropped, pending }: DeliveryStats): void {
  expect(accepted).toBe(delivered + rejected + fallback + dropped.total + pending);
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const received = (backend: DevBackend) =>
  backend
    .records()
    .map(({ attributes }) => Number(attributes['i']))
    .sort((a, b) => a - b);

describe('a logger and its backend', () => {
  test.each<[string, LoggerOptions]>([
    ['protobuf, gzip', {}],
    ['protobuf, uncompressed', { compression: 'none' }],
    ['JSON, gzip', { format: 'otlp-json' }],
    ['JSON, uncompressed', { format: 'otlp-json', compression: 'none' }],
  ])('%s: 20,000 records logged in one tick arrive, each once', async (_, options) => {
    await using backend = await createDevBackend({ maxRecords: 20_000 });
    await using log = createLoggerTo(backend, options);
    for (let i = 0; i < 20_000; i++) log.info('record', { i });
    expectLaw(log.stats());
    const report = await log.flush({ timeoutMs: 25_000 });
    expect(report).toMatchObject({ accepted: 20_000, delivered: 20_000, pending: 0, dropped: 0 });
    expectLaw(log.stats());
    expect(received(backend)).toStrictEqual(numbers(20_000));
    expect(Object.keys(backend.stats().requests.byStatus)).toStrictEqual(['200']);
    expect(backend.stats().records.duplicates).toBe(0);
  });

  it('a burst of 1,000 in one tick arrives whole and in order, without a flush', async () => {
    await using backend = await createDevBackend();
    await using log = createLoggerTo(backend, { batch: { lingerMs: 1 } });
    for (let i = 0; i < 1000; i++) log.info('record', { i });
    const records = await backend.waitFor(1000);
    expect(records.map(({ attributes }) => attributes['i'])).toStrictEqual(numbers(1000));
    const times = records.map(({ timeUnixNano }) => BigInt(timeUnixNano ?? 0));
    expect(times).toStrictEqual(times.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(times).size).toBe(1000);
  });

  it('keeps scopes, children and contexts apart', async () => {
    await using backend = await createDevBackend();
    await using log = createLoggerTo(backend, { name: 'shop', version: '1.2', attributes: { region: 'eu' } });
    const db = log.child({ pool: 1 }, { name: 'db' });
    for (let i = 0; i < 3; i++) {
      log.info('in the shop', { i });
      withContext({ request: i }, () => db.warn('in the db', { i }));
    }
    await log.flush({ timeoutMs: 25_000 });
    const records = backend.records();
    const shop = records.filter(({ scope }) => scope.name === 'shop');
    const inDb = records.filter(({ scope }) => scope.name === 'db');
    expect([shop.length, inDb.length, records.length]).toStrictEqual([3, 3, 6]);
    expect(shop[1]).toMatchObject({ scope: { version: '1.2' }, attributes: { region: 'eu', i: 1 } });
    expect(inDb[1]?.attributes).toStrictEqual({ region: 'eu', pool: 1, request: 1, i: 1 });
  });

  it('says what it is and where it comes from', async () => {
    await using backend = await createDevBackend();
    await using log = createLoggerTo(backend, { resource: { 'service.name': 'shop' } });
    log.error('failed', new RangeError('boom', { cause: new Error('why') }), { 'order.id': 7 });
    log.event('order.failed', { 'order.id': 7 }, { body: { why: ['stock'] } });
    const [failed, event] = await backend.waitFor(2);
    expect(failed).toMatchObject({
      severityNumber: 17,
      body: 'failed',
      attributes: { 'order.id': 7, 'exception.type': 'RangeError', 'exception.cause': { message: 'why' } },
      resource: { attributes: { 'service.name': 'shop', 'telemetry.sdk.name': 'logflume' } },
    });
    expect(event).toMatchObject({ eventName: 'order.failed', body: { why: ['stock'] } });
  });
});

describe('flush and close', () => {
  const slow: FaultRule[] = [{ kind: 'delay', delayMs: 100 }];

  it('a second flush waits for the first', async () => {
    await using backend = await createDevBackend({ faults: slow });
    await using log = createLoggerTo(backend);
    for (let i = 0; i < 2000; i++) log.info('record', { i });
    void log.flush();
    const report = await log.flush();
    expect(report).toMatchObject({ delivered: 2000, pending: 0 });
    expect(received(backend)).toStrictEqual(numbers(2000));
  });

  it('close during a flush loses nothing', async () => {
    await using backend = await createDevBackend({ faults: slow });
    const log = createLoggerTo(backend);
    for (let i = 0; i < 500; i++) log.info('record', { i });
    const flushed = log.flush();
    for (let i = 500; i < 1000; i++) log.info('record', { i });
    const closed = log.close();
    await expect(flushed).resolves.toMatchObject({ accepted: expect.any(Number) });
    await expect(closed).resolves.toMatchObject({ accepted: 1000, delivered: 1000, pending: 0 });
    expect(received(backend)).toStrictEqual(numbers(1000));
  });

  it('what is logged after close is counted, and close answers again', async () => {
    await using backend = await createDevBackend();
    const log = createLoggerTo(backend);
    log.info('before');
    const first = await log.close();
    log.info('after');
    log.child({}).event('after');
    expect(log.stats()).toMatchObject({ accepted: 3, delivered: 1, dropped: { total: 2, byReason: { closed: 2 } } });
    expectLaw(log.stats());
    await expect(log.close()).resolves.toStrictEqual(first);
    await log.flush();
  });

  it('await using delivers at the end of the block', async () => {
    await using backend = await createDevBackend();
    {
      await using log = createLoggerTo(backend);
      log.info('record', { i: 0 });
    }
    expect(received(backend)).toStrictEqual([0]);
  });

  it('a flush of 0 ms only starts the sending', async () => {
    await using backend = await createDevBackend();
    await using log = createLoggerTo(backend);
    log.info('record');
    await log.flush({ timeoutMs: 0 });
    await backend.waitFor(1);
  });

  it('a flush for ever waits as long as it takes', async () => {
    await using backend = await createDevBackend({ faults: slow });
    await using log = createLoggerTo(backend);
    log.info('record');
    await expect(log.flush({ timeoutMs: Number.POSITIVE_INFINITY })).resolves.toMatchObject({ delivered: 1 });
  });

  test.each(['flush', 'close'] as const)('a getter of a record may %s its logger', async (method) => {
    await using backend = await createDevBackend();
    await using log = createLoggerTo(backend);
    log.info('first', { i: 0 });
    log.info('second', { i: 1 });
    log.info('third', {
      i: 2,
      get hostile() {
        void log[method]();
        return 1;
      },
    });
    expectLaw(log.stats());
    await log.close();
    expectLaw(log.stats());
    expect(log.stats()).toMatchObject({ accepted: 3, delivered: 3 });
    expect(received(backend)).toStrictEqual([0, 1, 2]);
  });
});

describe('1,000 calls with whatever there is', () => {
  const trap = () => {
    throw new Error('trapped');
  };
  const hostile = fc.constantFrom<() => unknown>(
    () => new Proxy({}, new Proxy({}, { get: () => trap })),
    () => new Proxy(new Error('e'), { get: trap }),
    () => new Proxy([1, 2], { get: trap }),
    () => new Proxy({ a: 1 }, { ownKeys: trap }),
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
    () => {
      const circle: Record<string, unknown> = { a: 1 };
      circle['self'] = [circle, { circle }];
      return circle;
    },
    () => Object.defineProperty({ a: 1 }, 'b', { get: trap, enumerable: true }),
    () => ({ toJSON: trap }),
    () => ({ toJSON: () => ({ toJSON: () => 'twice' }) }),
    () => Object.assign(new Error('e'), { cause: new AggregateError([new Error('f')], 'g') }),
    () => trap,
    () => async () => trap(),
    () => Symbol('s'),
    () => new Date(Number.NaN),
    () => '\ud800 lone',
    () => 'x'.repeat(400_000),
    () => new Map<unknown, unknown>([[{}, Symbol('key')]]),
    () => new WeakMap(),
    () => Object.create(null),
    () => new URL('http://user:password@host/'),
  );
  const anything = fc.anything({
    maxDepth: 4,
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  });
  // Functions that make the values: fast-check itself could not look at some of them.
  const argument = fc.oneof(
    hostile,
    anything.map((value) => () => value),
  );
  const attributes = fc
    .dictionary(fc.string(), argument, { maxKeys: 5 })
    .map((makers) => () => Object.fromEntries(Object.entries(makers).map(([key, make]) => [key, make()])));
  const call = fc.array(
    fc.oneof(
      argument,
      attributes,
      fc.string().map((text) => () => text),
    ),
    { maxLength: 5 },
  );
  const method = fc.constantFrom('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'log', 'event');

  test.each<[string, LoggerOptions]>([
    ['protobuf', {}],
    ['JSON', { format: 'otlp-json' }],
  ])('%s: none throws, each is one record, and the backend can read all', async (_, options) => {
    await using backend = await createDevBackend();
    await using log = createLoggerTo(backend, { level: 'trace', ...options });
    const { trace, debug, info, warn, error, fatal, event } = log;
    const methods = { trace, debug, info, warn, error, fatal, event, log: log.log };
    let calls = 0;
    fc.assert(
      fc.property(method, call, attributes, (name, makers, makeContext) => {
        calls++;
        const args = makers.map((make) => make());
        const logged: unknown = withContext(makeContext(), () => Reflect.apply(methods[name], undefined, args));
        expect(logged).toBeUndefined();
        expect(log.stats().accepted).toBe(calls);
      }),
      { numRuns: 1000, endOnFailure: true },
    );
    const report = await log.flush({ timeoutMs: 20_000 });
    expectLaw(log.stats());
    expect(report).toStrictEqual({
      accepted: calls,
      delivered: calls,
      rejected: 0,
      fallback: 0,
      dropped: 0,
      pending: 0,
      spooled: 0,
    });
    const { requests, records } = backend.stats();
    expect(records).toMatchObject({ accepted: calls, duplicates: 0, rejected: 0, refused: 0 });
    expect(Object.keys(requests.byStatus)).toStrictEqual(['200']);
  });
});
