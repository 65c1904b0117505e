import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { LogRecord } from '@opentelemetry/api-logs';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { describe, expect, it, test } from 'vitest';
import { createSeenLogger } from '../test/memory-delivery.ts';
import { withContext } from './context.ts';
import { createLoggerProvider } from './logger-provider.ts';

const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

describe('a record of the OpenTelemetry API', () => {
  it('keeps every field', () => {
    const { log, last } = createSeenLogger();
    createLoggerProvider({ logger: log })
      .getLogger('db', '1.2')
      .emit({
        timestamp: [1_700_000_000, 123_456_789],
        observedTimestamp: new Date(1_700_000_001_000),
        severityNumber: SeverityNumber.WARN2,
        severityText: 'warning',
        body: { list: [1, 'two', null], bytes: new Uint8Array([1, 2]) },
        attributes: { plain: 'a', nested: { deep: [true] } },
        eventName: 'db.slow',
        exception: new RangeError('boom'),
        context: trace.setSpanContext(ROOT_CONTEXT, spanContext),
      });
    expect(last()).toMatchObject({
      timeUnixNano: '1700000000123456789',
      observedTimeUnixNano: '1700000001000000000',
      severityNumber: 14,
      severityText: 'warning',
      body: { list: [1, 'two', null] },
      attributes: { plain: 'a', nested: { deep: [true] }, 'exception.type': 'RangeError', 'exception.message': 'boom' },
      eventName: 'db.slow',
      traceId: spanContext.traceId,
      spanId: spanContext.spanId,
      flags: 1,
      scope: 'db',
    });
  });

  test.each<[string, NonNullable<LogRecord['timestamp']>]>([
    ['a Date', new Date(1_700_000_000_250)],
    ['milliseconds', 1_700_000_000_250],
    ['seconds and nanoseconds', [1_700_000_000, 250_000_000]],
  ])('takes %s as its time', (_, timestamp) => {
    const { log, last } = createSeenLogger();
    createLoggerProvider({ logger: log }).getLogger('x').emit({ timestamp, body: 'x' });
    expect(last().timeUnixNano).toBe('1700000000250000000');
  });

  it('takes what performance.now returns as its time', () => {
    const { log, last } = createSeenLogger();
    createLoggerProvider({ logger: log }).getLogger('x').emit({ timestamp: 1000, body: 'x' });
    expect(Number(last().timeUnixNano) / 1e6).toBeCloseTo(performance.timeOrigin + 1000, 0);
  });

  it('happened now if it does not say when', () => {
    const { log, last } = createSeenLogger();
    const beforeMs = Date.now();
    createLoggerProvider({ logger: log }).getLogger('x').emit({ body: 'x', timestamp: Number.NaN });
    expect(BigInt(last().timeUnixNano)).toBeGreaterThanOrEqual(BigInt(beforeMs) * 1_000_000n);
    expect(last().observedTimeUnixNano).toBe(last().timeUnixNano);
  });

  it('belongs to no span in a context that has none', () => {
    const { log, last } = createSeenLogger();
    createLoggerProvider({ logger: log }).getLogger('x').emit({ body: 'x', context: ROOT_CONTEXT });
    expect(last()).toMatchObject({ traceId: '', spanId: '' });
  });

  it('carries the attributes of the logger and of the running context', () => {
    const { log, last } = createSeenLogger();
    const api = createLoggerProvider({ logger: log.child({ region: 'eu' }) }).getLogger('x');
    withContext({ request: 1 }, () => api.emit({ attributes: { own: 2 } }));
    expect(last().attributes).toStrictEqual({ region: 'eu', request: 1, own: 2 });
  });

  it('is worth a record when it cannot be read', () => {
    const { log, records } = createSeenLogger();
    const api = createLoggerProvider({ logger: log }).getLogger('x');
    const trap = (): never => {
      throw new Error('trapped');
    };
    api.emit(new Proxy({}, { get: trap }));
    api.emit(Object.defineProperty({}, 'body', { get: trap }));
    api.emit(Object.assign(Object.create(null), { body: 'context', context: new Proxy({}, { get: trap }) }));
    Reflect.apply(api.emit, undefined, [undefined]);
    Reflect.apply(api.emit, undefined, ['text']);
    expect(records.map(({ body }) => body)).toStrictEqual([
      '[unreadable argument]',
      '[unreadable argument]',
      'context',
    ]);
  });

  it('keeps attributes and names of a wrong kind from doing harm', () => {
    const { log, records } = createSeenLogger();
    const provider = createLoggerProvider({ logger: log });
    const hostile = Object.defineProperty({}, 'a', {
      enumerable: true,
      get() {
        throw new Error('trapped');
      },
    });
    const api: unknown = Reflect.apply(provider.getLogger, undefined, [7, {}, { attributes: hostile }]);
    Reflect.apply(Reflect.get(Object(api), 'emit'), api, [
      { severityNumber: 'high', severityText: 5, eventName: [], attributes: 'text', timestamp: 'now', body: 'x' },
    ]);
    expect(records[0]).toMatchObject({
      body: 'x',
      severityNumber: 0,
      severityText: '',
      eventName: '',
      scope: '',
      attributes: { 'log.arguments': ['text'] },
    });
  });
});

describe('levels of a provider', () => {
  it('are those of the scope’s name', () => {
    const { log, records } = createSeenLogger('warn,db=debug,quiet=off');
    const provider = createLoggerProvider({ logger: log });
    for (const name of ['http', 'db', 'quiet']) {
      const api = provider.getLogger(name);
      for (const severityNumber of [SeverityNumber.DEBUG, SeverityNumber.ERROR, SeverityNumber.UNSPECIFIED]) {
        const wanted = api.enabled({ severityNumber });
        const before = records.length;
        api.emit({ severityNumber, body: `${name} ${severityNumber}` });
        expect(records.length - before).toBe(wanted ? 1 : 0);
      }
    }
    expect(records.map(({ body }) => body)).toStrictEqual(['http 17', 'http 0', 'db 5', 'db 17', 'db 0']);
    expect(provider.getLogger('db').enabled()).toBe(true);
    expect(provider.getLogger('quiet').enabled()).toBe(false);
  });

  it('follow the logger at run time', () => {
    const { log } = createSeenLogger('info');
    const api = createLoggerProvider({ logger: log }).getLogger('x');
    expect(api.enabled({ severityNumber: SeverityNumber.DEBUG })).toBe(false);
    log.level = 'debug';
    expect(api.enabled({ severityNumber: SeverityNumber.DEBUG })).toBe(true);
  });

  it('let nothing through once it is closed', async () => {
    const { log } = createSeenLogger();
    const provider = createLoggerProvider({ logger: log });
    const api = provider.getLogger('x');
    expect(api.enabled()).toBe(true);
    await provider.close();
    expect(api.enabled()).toBe(false);
  });
});
