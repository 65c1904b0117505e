import { setTimeout } from 'node:timers/promises';
import { type AnyValueMap, SeverityNumber } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import { createLogger, withContext } from 'logflume';
import { describe, expect, it } from 'vitest';
import { createLogRecordProcessor, type OwnLoggerOptions } from '../src/index.ts';
import { createGate, createProvider, createRig } from './rig.ts';

describe('a processor in a provider of the SDK', () => {
  it('delivers 10000 records of one tick', async () => {
    await using rig = await createRig();
    await using provider = createProvider(createLogRecordProcessor(rig.options));
    const logger = provider.getLogger('orders', '1.2.3');
    for (let i = 0; i < 10_000; i++) logger.emit({ body: 'record', attributes: { i } });
    await provider.forceFlush();
    const seen = new Set(rig.backend.records().map(({ attributes }) => attributes['i']));
    expect(seen.size).toBe(10_000);
    expect(rig.backend.stats().records.duplicates).toBe(0);
  });

  it('waits in a second forceFlush for what came during the first', async () => {
    await using rig = await createRig([{ kind: 'delay', delayMs: 50 }]);
    await using provider = createProvider(createLogRecordProcessor(rig.options));
    const logger = provider.getLogger('orders');
    for (let i = 0; i < 600; i++) logger.emit({ body: 'early' });
    const first = provider.forceFlush();
    for (let i = 0; i < 100; i++) logger.emit({ body: 'late' });
    await provider.forceFlush();
    expect(rig.backend.records()).toHaveLength(700);
    await first;
  });

  it('loses nothing in a shutdown during forceFlush', async () => {
    await using rig = await createRig([{ kind: 'delay', delayMs: 50 }]);
    const provider = createProvider(createLogRecordProcessor({ ...rig.options, batch: { maxRecords: 200 } }));
    const logger = provider.getLogger('orders');
    for (let i = 0; i < 2000; i++) logger.emit({ body: 'record' });
    const flushed = provider.forceFlush();
    await provider.shutdown();
    expect(rig.backend.records()).toHaveLength(2000);
    await flushed;
  });

  it('takes nothing after its shutdown, and says so', async () => {
    await using rig = await createRig();
    const processor = createLogRecordProcessor(rig.options);
    const provider = createProvider(processor);
    const logger = provider.getLogger('orders');
    logger.emit({ body: 'before' });
    expect([processor.enabled(), logger.enabled()]).toEqual([true, true]);
    await Promise.all([provider.shutdown(), processor.shutdown()]);
    logger.emit({ body: 'after' });
    expect([processor.enabled(), logger.enabled()]).toEqual([false, false]);
    await processor.forceFlush();
    expect(rig.backend.records().map(({ body }) => body)).toEqual(['before']);
  });

  it('settles forceFlush by its deadline while nobody answers, and delivers later', async () => {
    await using rig = await createRig([{ kind: 'hang', times: 1 }]);
    const processor = createLogRecordProcessor({ ...rig.options, timeoutMs: 200, retry: { baseDelayMs: 1 } });
    const provider = createProvider(processor);
    provider.getLogger('orders').emit({ body: 'late' });
    await processor.forceFlush({ timeoutMillis: 20 });
    expect(rig.backend.records()).toEqual([]);
    await provider.shutdown();
    expect(rig.backend.records()).toHaveLength(1);
  });

  it('adds what runs around the call, and passes on the severity the SDK decided on', async () => {
    await using rig = await createRig();
    await using provider = createProvider(createLogRecordProcessor({ ...rig.options, attributes: { zone: 'b' } }));
    const logger = provider.getLogger('orders');
    withContext({ request: 7 }, () => logger.emit({ severityNumber: SeverityNumber.DEBUG2, body: 'x' }));
    await provider.forceFlush();
    expect(rig.backend.records()).toMatchObject([{ severityNumber: 6, attributes: { request: 7, zone: 'b' } }]);
  });

  it('leaves a shared logger open, with the resource it has', async () => {
    await using rig = await createRig();
    await using shared = createLogger({ ...ownOptions(rig), resource: { 'service.name': 'of the logger' } });
    const provider = createProvider(createLogRecordProcessor({ logger: shared }));
    provider.getLogger('orders').emit({ body: 'through the SDK' });
    await provider.shutdown();
    shared.info('direct');
    await shared.flush();
    const records = rig.backend.records();
    expect(records.map(({ body }) => body)).toEqual(['through the SDK', 'direct']);
    expect(records.map(({ resource }) => resource.attributes['service.name'])).toEqual(Array(2).fill('of the logger'));
  });
});

describe('the resource of the SDK', () => {
  it('is that of the delivery, whole, and options win over it', async () => {
    await using rig = await createRig();
    const resource = resourceFromAttributes({ 'service.name': 'shop', 'k8s.pod.name': 'shop-1', ports: [80, 443] });
    const processor = createLogRecordProcessor({ ...rig.options, resource: { 'k8s.pod.name': 'by code' } });
    await using provider = createProvider(processor, { resource });
    provider.getLogger('orders').emit({ body: 'x' });
    await provider.forceFlush();
    expect(rig.backend.records()[0]?.resource.attributes).toMatchObject({
      'service.name': 'shop',
      'k8s.pod.name': 'by code',
      ports: [80, 443],
    });
  });

  it('is waited for while attributes are to come, and records keep their context and order', async () => {
    await using rig = await createRig();
    const host = createGate<string>();
    const resource = resourceFromAttributes({ 'service.name': 'shop', 'host.id': host.opened });
    await using provider = createProvider(createLogRecordProcessor(rig.options), { resource });
    const logger = provider.getLogger('orders');
    withContext({ request: 1 }, () => logger.emit({ body: 'first' }));
    logger.emit({ body: 'second' });
    const flushed = provider.forceFlush();
    host.open('h-1');
    await flushed;
    logger.emit({ body: 'third' });
    await provider.forceFlush();
    const records = rig.backend.records();
    expect(records.map(({ body }) => body)).toEqual(['first', 'second', 'third']);
    expect(records.map(({ attributes }) => attributes['request'])).toEqual([1, undefined, undefined]);
    expect(records.map(({ resource }) => resource.attributes['host.id'])).toEqual(['h-1', 'h-1', 'h-1']);
  });

  it.each<[string, boolean]>([
    ['complete', false],
    ['one with attributes to come', true],
  ])('that is %s: a record is told as it was emitted, whatever is done to it afterwards', async (_, isPending) => {
    await using rig = await createRig();
    const host = createGate<string>();
    const resource = resourceFromAttributes(isPending ? { 'host.id': host.opened } : {});
    const last: LogRecordProcessor = {
      onEmit(record) {
        record.setBody('changed').setSeverityText('changed').setEventName('changed').setAttributes({ a: 2, b: 2 });
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    const processors = [createLogRecordProcessor(rig.options), last];
    await using provider = createProvider(last, { resource, processors });
    const circle: AnyValueMap = { ['__proto__']: 1 };
    circle['self'] = circle;
    const body = { list: [1, { deep: 1 }], bytes: Buffer.from('1'), circle };
    const attributes = { a: 1, map: { deep: [1] } };
    const logger = provider.getLogger('orders');
    logger.emit({ body, attributes, severityText: 'fine', eventName: 'placed' });
    body.list.push(2);
    body.bytes.fill('2');
    circle['later'] = 1;
    attributes.map.deep.push(2);
    host.open('h-1');
    await provider.forceFlush();
    expect(rig.backend.records()).toMatchObject([{ severityText: 'fine', eventName: 'placed' }]);
    expect(rig.backend.records()[0]?.body).toEqual({
      list: [1, { deep: 1 }],
      bytes: 'MQ==',
      circle: { ['__proto__']: 1, self: '[Circular]' },
    });
    expect(rig.backend.records()[0]?.attributes).toEqual({ a: 1, map: { deep: [1] } });
  });

  it('has to do as it is when a flush cannot wait any longer', async () => {
    await using rig = await createRig();
    const listeners = process.listenerCount('exit');
    const processor = createLogRecordProcessor(rig.options);
    const resource = {
      attributes: { 'service.name': 'shop' },
      asyncAttributesPending: true,
      waitForAsyncAttributes: () => createGate<undefined>().opened,
    };
    processor.onEmit({ ...bare, resource });
    const arrived = rig.backend.waitFor((records) => records.length === 1);
    await processor.forceFlush({ timeoutMillis: 10 });
    await arrived;
    await processor.shutdown();
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(rig.backend.records()[0]?.resource.attributes['service.name']).toBe('shop');
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 31])(
    'is waited for by a flush that may take %d ms',
    async (timeoutMillis) => {
      await using rig = await createRig();
      const processor = createLogRecordProcessor(rig.options);
      const host = createGate<string>();
      const resource = resourceFromAttributes({ 'service.name': 'shop', 'host.id': host.opened });
      processor.onEmit({ ...bare, resource });
      const flushed = processor.forceFlush({ timeoutMillis });
      await setTimeout(20); // longer than the one millisecond that Node makes of what no timer can wait
      host.open('h-1');
      await flushed;
      await processor.shutdown();
      expect(rig.backend.records()[0]?.resource.attributes['host.id']).toBe('h-1');
    },
  );

  it('is not waited for once 10000 records are held', async () => {
    await using rig = await createRig();
    const processor = createLogRecordProcessor(rig.options);
    const pending = { attributes: {}, asyncAttributesPending: true, waitForAsyncAttributes: () => never };
    for (let i = 0; i < 10_001; i++) processor.onEmit({ ...bare, resource: pending });
    await processor.shutdown();
    expect(rig.backend.records()).toHaveLength(10_001);
  });

  it('gets a delivery each, up to four; more go with the records', async () => {
    await using rig = await createRig();
    const processor = createLogRecordProcessor(rig.options);
    const names = ['a', 'b', 'c', 'd', 'e', 'a'];
    for (const name of names) processor.onEmit({ ...bare, resource: { attributes: { 'service.name': name } } });
    await processor.shutdown();
    const seen = rig.backend
      .records()
      .map(({ resource, attributes }) => [resource.attributes['service.name'], attributes['service.name']]);
    expect(seen.map(String).sort()).toEqual(['a,', 'a,', 'a,e', 'b,', 'c,', 'd,']);
  });
});

it('a record whose attributes throw arrives, also where those of its resource go with it', async () => {
  await using rig = await createRig();
  const processor = createLogRecordProcessor(rig.options);
  const attributes = {
    get bad(): never {
      throw new Error('no');
    },
    good: 1,
  };
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    processor.onEmit({ ...bare, attributes, resource: { attributes: { 'service.name': name } } });
  }
  await processor.shutdown();
  expect(rig.backend.records().map((record) => record.attributes['good'])).toEqual([1, 1, 1, 1, 1]);
});

describe('a resource that cannot be read or compared', () => {
  const broken = {
    get 'service.name'(): string {
      throw new Error('no');
    },
  };
  it.each<[string, object]>([
    ['a BigInt', { 'service.name': 'shop', size: 5n }],
    ['a getter that throws', broken],
  ])('costs no record and throws nothing into the call: %s', async (_, attributes) => {
    await using rig = await createRig();
    const processor = createLogRecordProcessor(rig.options);
    for (let i = 0; i < 2; i++) processor.onEmit({ ...bare, resource: { attributes } });
    await processor.shutdown();
    expect(rig.backend.records()).toHaveLength(2);
  });

  it('is complete when waiting for it fails', async () => {
    await using rig = await createRig();
    const processor = createLogRecordProcessor(rig.options);
    const resource = {
      attributes: { 'service.name': 'shop' },
      asyncAttributesPending: true,
      waitForAsyncAttributes: () => Promise.reject(new Error('no network')),
    };
    processor.onEmit({ ...bare, resource });
    await processor.forceFlush();
    expect(rig.backend.records()[0]?.resource.attributes['service.name']).toBe('shop');
    await processor.shutdown();
  });
});

const never = createGate<undefined>().opened;

const bare = {
  hrTime: [1_700_000_000, 0],
  hrTimeObserved: [1_700_000_000, 0],
  instrumentationScope: { name: 'orders' },
  attributes: {},
  droppedAttributesCount: 0,
} as const;

function ownOptions(rig: { readonly backend: { readonly url: string } }): {
  endpoints: string[];
  exit: { handleSignals: boolean };
} {
  return { endpoints: [rig.backend.url], exit: { handleSignals: false } };
}

it('writes through the intake of its logger: processors, shares and repeats hold for records of the SDK', async () => {
  await using rig = await createRig();
  const intake: Partial<OwnLoggerOptions> = {
    processors: [({ body, attributes }) => (body === 'noise' ? null : { seen: attributes['i'] })],
    sampling: { levels: 'debug=0' },
    repeats: { windowMs: 600_000 },
  };
  await using provider = createProvider(createLogRecordProcessor({ ...rig.options, ...intake }));
  const logger = provider.getLogger('orders');
  logger.emit({ severityNumber: SeverityNumber.DEBUG, body: 'left out' });
  logger.emit({ body: 'noise' });
  for (let i = 0; i < 3; i++) logger.emit({ severityNumber: SeverityNumber.ERROR, body: 'again', attributes: { i } });
  await provider.forceFlush();
  const records = rig.backend.records();
  expect(records.map(({ body, attributes }) => [body, attributes['seen']])).toEqual([
    ['again', 0],
    ['message repeated 2 times: [again]', undefined],
  ]);
});
