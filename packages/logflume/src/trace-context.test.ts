import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, test } from 'vitest';
import { createSeenLogger } from '../test/memory-delivery.ts';
import { withContext } from './context.ts';
import { activeTraceContext } from './trace-context.ts';

const API = Symbol.for('opentelemetry.js.api.1');

afterEach(() => {
  Reflect.deleteProperty(globalThis, API);
});

describe('with the OpenTelemetry API', () => {
  const tracer = new BasicTracerProvider().getTracer('test');

  it('carries the ids of the active span, also after an await', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const { log, last, records } = createSeenLogger();
    const span = tracer.startSpan('work');
    const { traceId, spanId } = span.spanContext();
    await context.with(trace.setSpan(context.active(), span), async () => {
      log.info('m');
      expect(last()).toMatchObject({ traceId, spanId, flags: TraceFlags.SAMPLED });
      await Promise.resolve();
      log.event('e');
      expect(last()).toMatchObject({ traceId, spanId });
      const child = tracer.startSpan('inner');
      context.with(trace.setSpan(context.active(), child), () => log.info('m'));
      expect(last()).toMatchObject({ traceId, spanId: child.spanContext().spanId });
    });
    log.info('outside');
    expect(last()).toMatchObject({ traceId: '', spanId: '', flags: 0 });
    expect(records).toHaveLength(4);
  });

  it('carries the ids of a span that is not sampled, with its flags', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const { log, last } = createSeenLogger();
    const span = new BasicTracerProvider({ sampler: new AlwaysOffSampler() }).getTracer('t').startSpan('work');
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => log.info('m'));
    expect(last()).toMatchObject({ traceId: span.spanContext().traceId, flags: TraceFlags.NONE });
  });

  it('carries none of a span without valid ids', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const { log, last } = createSeenLogger();
    const span = trace.wrapSpanContext({ traceId: '0'.repeat(32), spanId: 'nonsense', traceFlags: 0 });
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => log.info('m'));
    expect(last()).toMatchObject({ traceId: '', spanId: '' });
    const own = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => withContext({}, () => log.info('m'), { trace: own }));
    expect(last()).toMatchObject({ traceId: own.traceId, spanId: own.spanId });
  });

  it('notices an API that is set up after the logger', () => {
    const { log, last } = createSeenLogger();
    log.info('before');
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const span = tracer.startSpan('work');
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => log.info('after'));
    expect(last().spanId).toBe(span.spanContext().spanId);
  });
});

describe('with something else in its place', () => {
  const trap = () => {
    throw new Error('trapped');
  };
  const spanOf = (spanContext: unknown) => ({
    context: { active: () => ({ getValue: () => ({ spanContext: () => spanContext }) }) },
  });
  test.each<[string, unknown]>([
    ['null', null],
    ['text', 'text'],
    ['an empty object', {}],
    ['no context manager', { context: {} }],
    ['a manager that throws', { context: { active: trap } }],
    ['a manager that answers nothing', { context: { active: () => undefined } }],
    ['a context without values', { context: { active: () => ({}) } }],
    ['a getter that throws', Object.defineProperty({}, 'context', { get: trap })],
    ['a proxy whose traps throw', new Proxy({}, { get: trap })],
    ['a span without ids', spanOf({})],
    ['a span whose ids are no text', spanOf({ traceId: 1, spanId: 2 })],
    ['a span context that is null', spanOf(null)],
  ])('%s, records have no trace', (_, api) => {
    Reflect.set(globalThis, API, api);
    expect(activeTraceContext()).toBeUndefined();
    const { log, last } = createSeenLogger();
    log.info('m');
    expect(last()).toMatchObject({ body: 'm', traceId: '' });
  });

  it('keeps flags within their byte', () => {
    const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    Reflect.set(globalThis, API, spanOf({ ...ids, traceFlags: 0x1ff }));
    expect(activeTraceContext()).toStrictEqual({ ...ids, traceFlags: 0xff });
    Reflect.set(globalThis, API, spanOf({ ...ids, traceFlags: 'sampled' }));
    expect(activeTraceContext()).toStrictEqual({ ...ids, traceFlags: 0 });
  });
});
