import type { ReceivedRecord } from '@logflume/dev-backend';
import { type Context, type ContextManager, context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { type LogRecord, SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogRecordProcessor, type OwnLoggerOptions, type SdkLogRecord } from '../src/index.ts';
import { createProvider, createRig } from './rig.ts';

/** What a backend is told of a record. */
function told(record: ReceivedRecord): unknown {
  const { timeUnixNano, observedTimeUnixNano, severityNumber, severityText, body, attributes } = record;
  const { flags, traceId, spanId, eventName, scope } = record;
  return {
    ...{ timeUnixNano, observedTimeUnixNano, severityNumber, severityText, body, attributes },
    ...{ flags, traceId, spanId, eventName, scope },
  };
}

/** Sends a record through the stock exporter and through ours, in one provider. */
async function compare(record: LogRecord): Promise<{ readonly stock: unknown; readonly ours: unknown }> {
  await using forStock = await createRig();
  await using forUs = await createRig();
  const stock = new SimpleLogRecordProcessor({
    exporter: new OTLPLogExporter({ url: `${forStock.backend.url}/v1/logs` }),
  });
  const provider = new LoggerProvider({ processors: [stock, createLogRecordProcessor(forUs.options)] });
  provider.getLogger('orders', '1.2.3', { attributes: { team: 'blue', shard: 7 } }).emit(record);
  await provider.forceFlush();
  await provider.shutdown();
  const [theirs] = forStock.backend.records();
  const [own] = forUs.backend.records();
  if (theirs === undefined || own === undefined) throw new Error('a record is missing');
  return { stock: told(theirs), ours: told(own) };
}

const span = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
};
const inSpan: Context = trace.setSpanContext(ROOT_CONTEXT, span);

describe('a record says the same as through the stock exporter', () => {
  it.each<[string, LogRecord]>([
    ['a text', { body: 'hello' }],
    ['a time to the nanosecond', { body: 'x', timestamp: [1_700_000_000, 123_456_789] }],
    ['the last nanosecond of a second', { body: 'x', timestamp: [1_700_000_000, 999_999_999] }],
    ['a Date', { body: 'x', timestamp: new Date(1_700_000_000_123) }],
    ['an observed time', { body: 'x', timestamp: [1, 2], observedTimestamp: [1_700_000_001, 1] }],
    ['a severity', { body: 'x', severityNumber: SeverityNumber.ERROR3, severityText: 'grave' }],
    ['an event', { eventName: 'order.placed', attributes: { id: 1 } }],
    ['a span', { body: 'x', context: inSpan }],
    ['no body', { attributes: { a: 1 } }],
    ['a number', { body: 42 }],
    ['a fraction', { body: 1.5 }],
    ['a negative number', { body: -7 }],
    ['a boolean', { body: false }],
    ['bytes', { body: new Uint8Array([0, 1, 254, 255]) }],
    ['a list', { body: ['a', 1, true, null, ['b']] }],
    ['a map', { body: { a: { b: [1, 2.5] }, c: 'd' } }],
    ['no text at all', { body: '' }],
    [
      'attributes of all kinds',
      { body: 'x', attributes: { s: 'a', i: 1, d: 0.5, b: true, l: ['a', 'b'], m: { n: 1 } } },
    ],
    ['an exception', { body: 'x', exception: Object.assign(new RangeError('too far'), { code: 'E_FAR' }) }],
  ])('%s', async (_, record) => {
    const { stock, ours } = await compare(record);
    expect(ours).toEqual(stock);
  });
});

describe('a record without a span of its own', () => {
  it('gets none of the running context', async () => {
    await using rig = await createRig();
    let active = ROOT_CONTEXT;
    const manager: ContextManager = {
      active: () => active,
      with(next, run, thisArg, ...args) {
        const before = active;
        active = next;
        try {
          return run.call(thisArg, ...args);
        } finally {
          active = before;
        }
      },
      bind: (_, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager);
    try {
      await using provider = createProvider(createLogRecordProcessor(rig.options));
      const logger = provider.getLogger('orders');
      context.with(inSpan, () => {
        logger.emit({ body: 'inside' });
        logger.emit({ body: 'apart', context: ROOT_CONTEXT });
      });
      await provider.forceFlush();
    } finally {
      context.disable();
    }
    const seen = rig.backend.records().map(({ body, traceId }) => [body, traceId]);
    expect(seen).toEqual([
      ['inside', span.traceId],
      ['apart', undefined],
    ]);
  });
});

describe('what the SDK says around a record', () => {
  it('arrives: how many attributes it left out', async () => {
    await using rig = await createRig();
    const processor = createLogRecordProcessor(rig.options);
    await using provider = createProvider(processor, { logRecordLimits: { attributeCountLimit: 2 } });
    const logger = provider.getLogger('orders');
    logger.emit({ body: 'x', attributes: { a: 1, b: 2, c: 3 } });
    await provider.forceFlush();
    expect(rig.backend.records()).toMatchObject([{ attributes: { a: 1, b: 2 }, droppedAttributesCount: 1 }]);
    expect(Object.keys(rig.backend.records()[0]?.attributes ?? {})).toHaveLength(2);
  });

  it('arrives: the schema URLs of scope and resource, each with its own', async () => {
    await using rig = await createRig();
    const resource = resourceFromAttributes({ 'service.name': 'shop' }, { schemaUrl: 'https://example.com/resource' });
    await using provider = createProvider(createLogRecordProcessor(rig.options), { resource });
    provider.getLogger('orders', '1', { schemaUrl: 'https://example.com/1' }).emit({ body: 'one' });
    provider.getLogger('orders', '1', { schemaUrl: 'https://example.com/2' }).emit({ body: 'two' });
    provider.getLogger('orders', '1').emit({ body: 'none' });
    await provider.forceFlush();
    expect(rig.backend.records().map(({ body, scope }) => [body, scope.schemaUrl])).toEqual([
      ['one', 'https://example.com/1'],
      ['two', 'https://example.com/2'],
      ['none', undefined],
    ]);
    for (const record of rig.backend.records()) {
      expect(record.resource.schemaUrl).toBe('https://example.com/resource');
    }
  });

  it('is not cut where the SDK let more attributes pass than logflume does', async () => {
    await using rig = await createRig();
    const processor = createLogRecordProcessor(rig.options);
    await using provider = createProvider(processor, { logRecordLimits: { attributeCountLimit: 500 } });
    const attributes = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`a${i}`, i]));
    provider.getLogger('orders').emit({ body: 'x', attributes });
    await provider.forceFlush();
    expect(rig.backend.records()[0]?.attributes).toEqual(attributes);
  });
});

describe('a limit of attributes', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.each<[string, string, OwnLoggerOptions]>([
    ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', '2', {}],
    ['OTEL_ATTRIBUTE_COUNT_LIMIT', '2', { limits: { maxValueLength: 10 } }],
    ['OTEL_ATTRIBUTE_COUNT_LIMIT', '1', { limits: { maxAttributes: 2 } }],
  ])('that is asked for holds, code before the environment: %s=%s, %j', async (name, value, options) => {
    vi.stubEnv(name, value);
    await using rig = await createRig();
    await using provider = createProvider(createLogRecordProcessor({ ...rig.options, ...options }));
    provider.getLogger('orders').emit({ body: 'x', attributes: { a: 1, b: 2, c: 3 } });
    await provider.forceFlush();
    expect(rig.backend.records()[0]).toMatchObject({ attributes: { a: 1, b: 2 }, droppedAttributesCount: 1 });
  });
});

describe('a record that no stock exporter bears', () => {
  const pending = { asyncAttributesPending: true, waitForAsyncAttributes: () => Promise.resolve() };
  it.each<[string, object]>([
    ['of a resource that is complete', {}],
    ['of one with attributes to come', pending],
  ])('%s costs no other: a circle in a body, a getter that throws', async (_, more) => {
    await using rig = await createRig();
    const processor = createLogRecordProcessor(rig.options);
    const circle: Record<string, unknown> = { a: 1 };
    circle['self'] = circle;
    const hostile = {
      get bad(): never {
        throw new Error('no');
      },
      good: 1,
    };
    const record: SdkLogRecord = {
      hrTime: [1_700_000_000, 0],
      hrTimeObserved: [1_700_000_000, 0],
      resource: { attributes: {}, ...more },
      instrumentationScope: { name: 'orders' },
      attributes: {},
      droppedAttributesCount: 0,
    };
    processor.onEmit({ ...record, body: circle });
    processor.onEmit({ ...record, body: 'hostile', attributes: hostile });
    processor.onEmit({ ...record, body: 'fine' });
    await processor.shutdown();
    const [first, second, third] = rig.backend.records();
    expect(first?.body).toMatchObject({ a: 1 });
    expect(second).toMatchObject({ body: 'hostile', attributes: { good: 1 } });
    expect(third?.body).toBe('fine');
  });
});
