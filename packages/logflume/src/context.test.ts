import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createSeenLogger } from '../test/memory-delivery.ts';
import { activeTrace, addToEvent, withContext } from './context.ts';
import { captureContext, emitRecord, runInContext } from './emit-record.ts';

describe('withContext', () => {
  it('returns what the function returns, and lets through what it throws', async () => {
    expect(withContext({}, () => 7)).toBe(7);
    await expect(withContext({}, async () => 7)).resolves.toBe(7);
    expect(() =>
      withContext({}, () => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
  });

  it('gives its attributes to every record inside, and to none outside', () => {
    const { log, records } = createSeenLogger();
    log.info('before');
    withContext({ request: 1 }, () => log.info('inside'));
    log.info('after');
    expect(records.map(({ attributes }) => attributes)).toStrictEqual([{}, { request: 1 }, {}]);
  });

  it('the call wins over the child, the child over the inner context, that over the outer', () => {
    const { log, last } = createSeenLogger();
    const child = log.child({ b: 'child', a: 'child' });
    withContext({ d: 'outer', c: 'outer', b: 'outer', a: 'outer' }, () => {
      withContext({ c: 'inner', b: 'inner', a: 'inner' }, () => {
        child.info('m', { a: 'call' });
        expect(last().attributes).toStrictEqual({ a: 'call', b: 'child', c: 'inner', d: 'outer' });
        log.event('e', { a: 'call' });
        expect(last().attributes).toStrictEqual({ a: 'call', b: 'inner', c: 'inner', d: 'outer' });
      });
      child.info('m');
      expect(last().attributes).toStrictEqual({ a: 'child', b: 'child', c: 'outer', d: 'outer' });
    });
  });

  it('follows awaits, timers, ticks and events begun inside', async () => {
    const { log, records } = createSeenLogger();
    const emitter = new EventEmitter();
    await withContext({ request: 1 }, async () => {
      await Promise.resolve();
      log.info('await');
      await setTimeout(1);
      log.info('timeout');
      await setImmediate();
      log.info('immediate');
      await new Promise<void>((resolve) => process.nextTick(resolve));
      log.info('tick');
      emitter.on('fired', () => log.info('event'));
      queueMicrotask(() => emitter.emit('fired'));
      await once(emitter, 'fired');
    });
    expect(records.map(({ body }) => body)).toStrictEqual(['await', 'timeout', 'immediate', 'tick', 'event']);
    for (const { attributes } of records) expect(attributes).toStrictEqual({ request: 1 });
  });

  it('keeps contexts that run beside each other apart', async () => {
    const { log, records } = createSeenLogger();
    const serve = (request: number) =>
      withContext({ request }, async () => {
        for (let i = 0; i < 5; i++) {
          await setImmediate();
          log.info('m', { expected: request });
        }
      });
    await Promise.all([1, 2, 3, 4].map(serve));
    expect(records).toHaveLength(20);
    for (const { attributes } of records) expect(attributes['request']).toBe(attributes['expected']);
  });

  it('reads its attributes once, at the first record, and not at all without one', () => {
    const { log } = createSeenLogger('info');
    const read = vi.fn(() => 1);
    const attributes = Object.defineProperty({}, 'a', { get: read, enumerable: true });
    withContext(attributes, () => log.debug('off'));
    expect(read).not.toHaveBeenCalled();
    withContext(attributes, () => {
      for (let i = 0; i < 3; i++) log.child({ i }).info('m');
    });
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('serves several loggers, each with its own limits, bound attributes and order of calls', () => {
    const wide = createSeenLogger();
    const narrow = createSeenLogger('trace', { maxAttributes: 1 });
    const [first, second] = [wide.log.child({ who: 'first' }), wide.log.child({ who: 'second' })];
    withContext({ a: 1, b: 2 }, () => {
      for (let i = 0; i < 3; i++) {
        wide.log.info('m');
        expect(wide.last().attributes).toStrictEqual({ a: 1, b: 2 });
        narrow.log.info('m');
        expect(narrow.last().attributes).toStrictEqual({ a: 1 });
        first.info('m');
        expect(wide.last().attributes).toStrictEqual({ a: 1, b: 2, who: 'first' });
        second.info('m');
        expect(wide.last().attributes).toStrictEqual({ a: 1, b: 2, who: 'second' });
      }
    });
  });

  it('is encoded once for two loggers whose limits say the same', () => {
    const [one, other] = [createSeenLogger(), createSeenLogger()];
    const read = vi.fn(() => 1);
    withContext(Object.defineProperty({}, 'a', { get: read, enumerable: true }), () => {
      for (let i = 0; i < 3; i++) {
        one.log.info('m');
        other.log.info('m');
      }
    });
    expect(read).toHaveBeenCalledTimes(1);
    expect(other.last().attributes).toStrictEqual({ a: 1 });
  });

  it('takes a getter that logs', () => {
    const { log, records } = createSeenLogger();
    const attributes = {
      get a() {
        log.info('inner');
        return 1;
      },
    };
    withContext(attributes, () => log.info('outer'));
    expect(records.length).toBeLessThan(100);
    expect(records.at(-1)).toMatchObject({ body: 'outer', attributes: { a: 1 } });
  });

  it.each([[null], [undefined], ['text'], [42]])('takes %s for no more than it is', (attributes) => {
    const { log, records } = createSeenLogger();
    const run = () => log.info('m');
    Reflect.apply(withContext, undefined, [attributes, run]);
    expect(records).toHaveLength(1);
  });

  it('leaves the contexts of others alone', () => {
    const others = new AsyncLocalStorage<string>();
    others.run('theirs', () => withContext({}, () => expect(others.getStore()).toBe('theirs')));
  });

  it('gives its trace to records without a span, inner contexts included', () => {
    const { log, last } = createSeenLogger();
    const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
    withContext(
      { a: 1 },
      () => {
        withContext({ b: 2 }, () => log.info('m'));
        expect(last()).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId, flags: 1 });
        emitRecord(log, { severityNumber: 9, severityText: 'INFO' });
        expect(last()).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId });
        expect(activeTrace()).toBe(trace);
      },
      { trace },
    );
    log.info('outside');
    expect(last().traceId).toBe('');
    expect(activeTrace()).toBeUndefined();
  });

  it('tells of a trace that was made up as plain data, whatever makes its ids', () => {
    class Lazy {
      readonly traceFlags = 0;
      readonly isLocal = true;
      get traceId() {
        return '0af7651916cd43dd8448eb211c80319c';
      }
      get spanId() {
        return 'b7ad6b7169203331';
      }
    }
    const told = withContext({}, activeTrace, { trace: new Lazy() });
    expect(structuredClone(told)).toEqual({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 0,
      isLocal: true,
    });
  });

  it('hands what is added inside to its event, the nearest one, and says when there is none', () => {
    const added: object[] = [];
    const event = { add: (attributes: object) => void added.push(attributes) };
    expect(addToEvent({ a: 0 })).toBe(false);
    withContext({}, () => withContext({}, () => expect(addToEvent({ a: 1 })).toBe(true)), { event });
    expect(added).toStrictEqual([{ a: 1 }]);
  });

  it('can be entered again, and be noted for a record of a later moment', () => {
    const { log, last } = createSeenLogger();
    const context = withContext({ request: 7 }, captureContext);
    runInContext(context, () => log.info('m'));
    expect(last().attributes).toStrictEqual({ request: 7 });
    withContext({ request: 8 }, () => {
      emitRecord(log, { severityNumber: 9, severityText: 'INFO', call: context });
      expect(last().attributes).toStrictEqual({ request: 7 });
      expect(last().timeUnixNano).toBe(last().observedTimeUnixNano);
      runInContext(captureOutside, () => log.info('m'));
      expect(last().attributes).toStrictEqual({});
    });
  });
});

const captureOutside = captureContext();
