import type { Attributes } from '@opentelemetry/api';
import type { LogRecord } from '@opentelemetry/api-logs';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';

export interface OpenTelemetryScope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
}

/**
 * Emits records through the real OpenTelemetry SDK and serialises what its exporters would get, in both encodings.
 *
 * Its habits, which are not ours: integral numbers travel as `intValue` even beyond int64, integers in JSON are numbers,
 * `dropped_attributes_count` is written at 0, and a value it does not know becomes the empty value.
 */
export function serializeWithOpenTelemetry(
  records: readonly LogRecord[],
  options: { readonly resource?: Attributes; readonly scope?: OpenTelemetryScope } = {},
): { readonly protobuf: Uint8Array; readonly json: Uint8Array } {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource: resourceFromAttributes(options.resource ?? {}),
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  const { name, version, schemaUrl } = options.scope ?? { name: 'conformance' };
  const logger = provider.getLogger(name, version, schemaUrl === undefined ? {} : { schemaUrl });
  for (const record of records) logger.emit(record);
  const readable = exporter.getFinishedLogRecords();
  const protobuf = ProtobufLogsSerializer.serializeRequest(readable);
  const json = JsonLogsSerializer.serializeRequest(readable);
  if (readable.length !== records.length || protobuf === undefined || json === undefined) {
    throw new Error(`the SDK kept ${readable.length} of ${records.length} records`);
  }
  return { protobuf, json };
}
