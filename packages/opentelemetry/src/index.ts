export { createLogRecordExporter } from './create-log-record-exporter.ts';
export { createLogRecordProcessor } from './create-log-record-processor.ts';
export type { ExporterDestinationOptions } from './exporter-destination.ts';
export { exporterDestination } from './exporter-destination.ts';
export type {
  ExportResult,
  ForeignLogRecordExporter,
  HrTime,
  LogRecordExporter,
  LogRecordProcessor,
  SdkLogRecord,
  SdkResource,
  SdkScope,
} from './host.ts';
export type { AdapterOptions, OwnLoggerOptions, SharedLoggerOptions } from './options.ts';
