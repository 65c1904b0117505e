import { BatchLogRecordProcessor, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { describe, expect, it } from 'vitest';
import { createLogRecordExporter, type ExportResult, type SdkLogRecord } from '../src/index.ts';
import { createProvider, createRig } from './rig.ts';

const record: SdkLogRecord = {
  hrTime: [1_700_000_000, 0],
  hrTimeObserved: [1_700_000_000, 0],
  body: 'x',
  resource: { attributes: { 'service.name': 'shop' } },
  instrumentationScope: { name: 'orders' },
  attributes: {},
  droppedAttributesCount: 0,
};

describe('an exporter under a processor of the SDK', () => {
  it('delivers what the batch processor hands on', async () => {
    await using rig = await createRig();
    const exporter = createLogRecordExporter(rig.options);
    await using provider = createProvider(new BatchLogRecordProcessor({ exporter }));
    const logger = provider.getLogger('orders', '1.2.3');
    for (let i = 0; i < 2000; i++) logger.emit({ body: 'record', attributes: { i } });
    await provider.forceFlush();
    await exporter.forceFlush();
    expect(new Set(rig.backend.records().map(({ attributes }) => attributes['i'])).size).toBe(2000);
  });

  it('delivers what the simple processor hands on: 1000 records of one tick', async () => {
    await using rig = await createRig();
    const provider = createProvider(new SimpleLogRecordProcessor({ exporter: createLogRecordExporter(rig.options) }));
    const logger = provider.getLogger('orders');
    for (let i = 0; i < 1000; i++) logger.emit({ body: 'record' });
    await provider.shutdown();
    expect(rig.backend.records()).toHaveLength(1000);
  });
});

describe('the result of an export', () => {
  it('is a success, told once and at once, as soon as the records are in the queue', async () => {
    await using rig = await createRig();
    const exporter = createLogRecordExporter({ url: rig.backend.url, exit: { handleSignals: false } });
    const results: ExportResult[] = [];
    exporter.export([record, record], (result) => results.push(result));
    expect(results).toEqual([{ code: 0 }]);
    await exporter.shutdown();
    expect(rig.backend.records()).toHaveLength(2);
  });

  const pending = { asyncAttributesPending: true, waitForAsyncAttributes: () => Promise.resolve() };
  it.each<[string, object | null, object]>([
    ['null', null, {}],
    ['one without a time', { hrTime: undefined }, {}],
    ['one without a time, of a resource with attributes to come', { hrTime: undefined }, pending],
  ])('is a failure when something is no record, and the others are delivered: %s', async (_, wrong, more) => {
    await using rig = await createRig();
    const exporter = createLogRecordExporter(rig.options);
    const good: SdkLogRecord = { ...record, resource: { ...record.resource, ...more } };
    const results: ExportResult[] = [];
    Reflect.apply(exporter.export, exporter, [
      [good, wrong && { ...good, ...wrong }, good],
      (result: ExportResult): void => void results.push(result),
    ]);
    expect(results).toEqual([{ code: 1, error: expect.any(TypeError) }]);
    await exporter.shutdown();
    expect(rig.backend.records()).toHaveLength(2);
  });

  it('is a failure after the shutdown', async () => {
    await using rig = await createRig();
    const exporter = createLogRecordExporter(rig.options);
    await exporter.shutdown();
    const results: ExportResult[] = [];
    exporter.export([record], (result) => results.push(result));
    expect(results).toEqual([{ code: 1, error: new Error('the exporter is shut down') }]);
  });
});
