// @ts-check
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';

/** What was found best for it: a queue that holds everything, and batches large enough to keep up. */
export const tuned = { maxQueueSize: 1_000_000, maxExportBatchSize: 8192, scheduledDelayMillis: 100 };

/** `tuned` in words. */
export const tunedSettings = 'BatchLogRecordProcessor: queue 1,000,000, batches of 8,192, delay 100 ms';

/**
 * @param {string} url
 * @param {{ protocol: 'protobuf' | 'json', compression?: string, processor?: object }} options
 */
export function createProvider(url, { protocol, compression, processor }) {
  const Exporter = protocol === 'protobuf' ? ProtobufExporter : JsonExporter;
  const exporter = new Exporter({
    url: `${url}/v1/logs`,
    .../** @type {object} */ (compression === undefined ? {} : { compression }),
  });
  return new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bench' }),
    processors: [new BatchLogRecordProcessor({ exporter, ...processor })],
  });
}
