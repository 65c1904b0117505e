import type { Delivery, DeliveryStats } from '@logflume/delivery';
import type { BackendOptions, ResolvedOptions } from './config/resolved-options.ts';
import type { SuppressedStats } from './intake/suppressed.ts';
import { sdkVersion } from './resource/sdk-version.ts';

/** What is read of OpenTelemetry's meter; every part may be missing. */
interface Meter {
  createObservableCounter(name: string, options: InstrumentOptions): object;
  createObservableUpDownCounter(name: string, options: InstrumentOptions): object;
  addBatchObservableCallback(callback: (result: ObservableResult) => void, instruments: object[]): void;
  removeBatchObservableCallback(callback: (result: ObservableResult) => void, instruments: object[]): void;
}

interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
}

interface ObservableResult {
  observe(instrument: object, value: number, attributes?: Readonly<Record<string, string>>): void;
}

const API = Symbol.for('opentelemetry.js.api.1');

/** How often a provider that registers later than the logger is looked for: a judgement, one property read each. */
const LOOK_INTERVAL_MS = 5000;

/**
 * The metrics of OpenTelemetry's semantic conventions for an SDK of logs, read from `stats()` when a reader collects.
 * `component` is what its exporter is called there. Suppressed records have no name there.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
const metrics = {
  created: ['otel.sdk.log.created', 'counter', 'Records taken in, once for each destination'],
  processed: ['otel.sdk.processor.log.processed', 'counter', 'Records whose processing ended, error.type says how'],
  queueSize: ['otel.sdk.processor.log.queue.size', 'upDown', 'Records that wait or are under way'],
  inFlight: ['otel.sdk.exporter.log.inflight', 'upDown', 'Records in requests under way'],
  suppressed: [
    'logflume.log.suppressed',
    'counter',
    'Records left out on purpose before they were taken in, by reason',
  ],
  exported: ['otel.sdk.exporter.log.exported', 'counter', 'Records a backend took, or refused: error.type'],
} as const;

/** Processes may have several loggers; their time series must not be one. */
let loggers = 0;

/**
 * Reports how a delivery is doing by the meter provider that is registered globally, if there is one or as soon as there
 * is, until it is closed. It is found by the global that all copies of OpenTelemetry's API share: nothing is imported.
 *
 * @param typeOf - `otel.component.type` of the exporter of a destination, `undefined` for the only one.
 * @param suppressed - what was left out before the delivery.
 */
export function withSelfMetrics<R>(
  delivery: Delivery<R>,
  typeOf: (destination: string | undefined) => string,
  suppressed: () => SuppressedStats,
): Delivery<R> {
  const id = String(loggers++);
  let stop = observe(delivery, id, typeOf, suppressed);
  const timer = setInterval(() => {
    stop ??= observe(delivery, id, typeOf, suppressed);
    if (stop !== undefined) clearInterval(timer);
  }, LOOK_INTERVAL_MS).unref();
  if (stop !== undefined) clearInterval(timer);
  return {
    ...delivery,
    async close(options) {
      const report = await delivery.close(options);
      clearInterval(timer);
      stop?.();
      stop = undefined;
      return report;
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

/** `otel.component.type` of what sends to a destination, or to the only backend. */
export function exporterTypeOf(options: ResolvedOptions, destination: string | undefined): string {
  const { format, transport }: Pick<BackendOptions, 'format' | 'transport'> = options.destinations.find(
    ({ name }) => name === destination,
  ) ?? { format: options.format };
  // The conventions leave names beside their own to the SDK.
  if (transport !== undefined || typeof format === 'function') return 'logflume_transport';
  return format === 'otlp-json' ? 'otlp_http_json_log_exporter' : 'otlp_http_log_exporter';
}

/** @returns what ends it; `undefined` without a provider, or with one that is broken. */
function observe<R>(
  delivery: Delivery<R>,
  id: string,
  typeOf: (destination: string | undefined) => string,
  suppressed: () => SuppressedStats,
): (() => void) | undefined {
  try {
    const meter = activeMeter();
    if (meter === undefined) return undefined;
    const created = Object.entries(metrics).map(([key, [name, kind, description]]) => {
      const options = { unit: '{log_record}', description };
      return [
        key,
        kind === 'counter'
          ? meter.createObservableCounter(name, options)
          : meter.createObservableUpDownCounter(name, options),
      ] as const;
    });
    const instruments: Readonly<Record<string, object>> = Object.fromEntries(created);
    const callback = (result: ObservableResult): void => {
      const { suppressed: instrument } = instruments;
      for (const [value, attributes] of measureSuppressed(suppressed(), id)) {
        if (instrument !== undefined) result.observe(instrument, value, attributes);
      }
      const { destinations, ...all } = delivery.stats();
      for (const [name, stats] of destinations === undefined
        ? [[undefined, all] as const]
        : Object.entries(destinations)) {
        const series = name === undefined ? id : `${id}.${name}`;
        for (const [key, value, attributes] of measure(stats, series, typeOf(name))) {
          const instrument = instruments[key];
          if (instrument !== undefined) result.observe(instrument, value, attributes);
        }
      }
    };
    const list = Object.values(instruments);
    meter.addBatchObservableCallback(callback, list);
    return () => meter.removeBatchObservableCallback(callback, list);
  } catch {
    return undefined; // Somebody else's metrics are broken; the records are worth more.
  }
}

type Measurement = readonly [metric: keyof typeof metrics, value: number, attributes: Readonly<Record<string, string>>];

/** What the numbers of one destination are called in the conventions. Pure. */
function measure(stats: DeliveryStats, series: string, type: string): readonly Measurement[] {
  const componentOf = (name: string) => ({
    'otel.component.name': `${name}/${series}`,
    'otel.component.type': name,
  });
  const processor = componentOf('batching_log_processor');
  const exporter = componentOf(type);
  const { accepted, delivered, rejected, fallback, dropped, pending, inFlight } = stats;
  const lost = Object.entries(dropped.byReason).filter(([, records]) => records > 0);
  return [
    ['created', accepted, processor],
    ['queueSize', pending, processor],
    ['processed', delivered + rejected, processor],
    ...(fallback === 0 ? [] : [['processed', fallback, { ...processor, 'error.type': 'fallback' }] as const]),
    ...lost.map(([reason, records]) => ['processed', records, { ...processor, 'error.type': reason }] as const),
    ['inFlight', inFlight, exporter],
    ['exported', delivered, exporter],
    ...(rejected === 0 ? [] : [['exported', rejected, { ...exporter, 'error.type': 'rejected' }] as const]),
  ];
}

/** One series for each reason that occurred. Pure. */
function measureSuppressed(
  { byReason }: SuppressedStats,
  series: string,
): readonly (readonly [value: number, attributes: Readonly<Record<string, string>>])[] {
  const component = { 'otel.component.name': `logflume_intake/${series}`, 'otel.component.type': 'logflume_intake' };
  const occurred = Object.entries(byReason).filter(([, records]) => records > 0);
  return occurred.map(([reason, records]) => [records, { ...component, 'logflume.suppressed.reason': reason }]);
}

function activeMeter(): Meter | undefined {
  const api: unknown = Reflect.get(globalThis, API);
  const provider: unknown = typeof api === 'object' && api !== null ? Reflect.get(api, 'metrics') : undefined;
  if (typeof provider !== 'object' || provider === null) return undefined;
  const getMeter: unknown = Reflect.get(provider, 'getMeter');
  if (typeof getMeter !== 'function') return undefined;
  // Any object may stand there: what is missing throws, and is caught where the meter is used.
  return Reflect.apply(getMeter, provider, ['logflume', sdkVersion]) as Meter;
}
