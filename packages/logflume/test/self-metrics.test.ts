import { createDevBackend } from '@logflume/dev-backend';
import { createMemoryDestination } from '@logflume/testing';
import { metrics } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../src/index.ts';

/** A reader that collects when it is asked to. */
class AskedReader extends MetricReader {
  protected onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  protected onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

let reader: AskedReader;
const register = () => metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

beforeEach(() => {
  reader = new AskedReader();
  // The logger says on stderr what is lost on purpose here.
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  metrics.disable();
  vi.useRealTimers();
});

/** Values of one metric, by what tells its series apart. */
async function valuesOf(metric: string): Promise<Record<string, unknown>> {
  const { resourceMetrics } = await reader.collect();
  const [scope] = resourceMetrics.scopeMetrics.filter((each) => each.scope.name === 'logflume');
  const found = scope?.metrics.find(({ descriptor }) => descriptor.name === metric);
  if (found !== undefined) expect(found.descriptor.unit).toBe('{log_record}');
  return Object.fromEntries(
    (found?.dataPoints ?? []).map(({ attributes, value }) => {
      const component = String(attributes['otel.component.name']).replace(/\/\d+/, '');
      expect(component).toContain(String(attributes['otel.component.type']));
      return [
        [component, attributes['error.type'], attributes['logflume.suppressed.reason']]
          .filter((part) => part !== undefined)
          .join(' '),
        value,
      ];
    }),
  );
}

const quiet = { exit: { handleSignals: false }, fallback: 'none', onDiagnostic: () => undefined } as const;

describe('metrics about itself', () => {
  it('follow the conventions: what was taken in, waits, was exported and refused', async () => {
    register();
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 400, times: 1 }] });
    const log = createLogger({ ...quiet, endpoints: [backend.url] });
    for (let i = 0; i < 3; i++) log.info('refused');
    await log.flush();
    for (let i = 0; i < 5; i++) log.info('taken');
    await log.flush();
    log.info('waits');
    const processor = 'batching_log_processor';
    const exporter = 'otlp_http_log_exporter';
    expect(await valuesOf('otel.sdk.log.created')).toEqual({ [processor]: 9 });
    expect(await valuesOf('otel.sdk.processor.log.queue.size')).toEqual({ [processor]: 1 });
    expect(await valuesOf('otel.sdk.processor.log.processed')).toEqual({ [processor]: 8 });
    expect(await valuesOf('otel.sdk.exporter.log.inflight')).toEqual({ [exporter]: 0 });
    expect(await valuesOf('otel.sdk.exporter.log.exported')).toEqual({ [exporter]: 5, [`${exporter} rejected`]: 3 });
    await log.close();
    log.info('after the end');
    expect(log.stats().accepted).toBe(10);
    // The last value stays: a counter that is not observed any more.
    expect(await valuesOf('otel.sdk.log.created')).toEqual({ [processor]: 9 });
  });

  it('count what was left out on purpose, by reason', async () => {
    register();
    await using backend = await createDevBackend();
    const log = createLogger({ ...quiet, endpoints: [backend.url], processors: [() => null] });
    for (let i = 0; i < 3; i++) log.info('record');
    expect(await valuesOf('logflume.log.suppressed')).toEqual({ 'logflume_intake processor': 3 });
    expect(await valuesOf('otel.sdk.log.created')).toEqual({ batching_log_processor: 0 });
    await log.close();
  });

  it('count records in requests under way', async () => {
    register();
    await using backend = await createDevBackend({ faults: [{ kind: 'hang' }] });
    const log = createLogger({ ...quiet, endpoints: [backend.url], format: 'otlp-json' });
    for (let i = 0; i < 4; i++) log.info('record');
    const closing = log.close({ timeoutMs: 2000 });
    await backend.waitFor((_, { requests }) => requests.inFlight > 0);
    expect(log.stats()).toMatchObject({ pending: 4, inFlight: 4 });
    expect(await valuesOf('otel.sdk.exporter.log.inflight')).toEqual({ otlp_http_json_log_exporter: 4 });
    await closing;
  });

  it('have a series for each destination, and one for each reason of a drop', async () => {
    register();
    const memory = createMemoryDestination();
    const log = createLogger({
      ...quiet,
      destinations: [
        { name: 'memory', transport: memory },
        {
          name: 'small',
          transport: { ...memory, send: () => new Promise(() => undefined) },
          queue: { maxBytes: 65_536 },
        },
      ],
    });
    for (let i = 0; i < 200; i++) log.info('x'.repeat(1000));
    const { destinations } = log.stats();
    const queueFull = destinations?.['small']?.dropped.total;
    expect(queueFull).toBeGreaterThan(0);
    expect(await valuesOf('otel.sdk.processor.log.processed')).toMatchObject({
      'batching_log_processor.memory': 0,
      'batching_log_processor.small queue_full': queueFull,
    });
    await log.close({ timeoutMs: 100 });
  });

  it('begin when a provider is registered later, and need none', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const log = createLogger({ ...quiet, destinations: [{ name: 'memory', transport: createMemoryDestination() }] });
    log.info('record');
    register();
    expect(await valuesOf('otel.sdk.log.created')).toEqual({});
    vi.advanceTimersByTime(5000);
    expect(await valuesOf('otel.sdk.log.created')).toEqual({ 'batching_log_processor.memory': 1 });
    expect(vi.getTimerCount()).toBe(0);
    await log.close();
  });

  it('are left alone when the provider is broken', async () => {
    metrics.setGlobalMeterProvider({
      getMeter: () => {
        throw new Error('mine');
      },
    });
    const log = createLogger({ ...quiet, destinations: [{ name: 'memory', transport: createMemoryDestination() }] });
    log.info('record');
    await expect(log.close()).resolves.toMatchObject({ delivered: 1 });
  });
});
