import { type DestinationOptions, LogflumeError } from 'logflume';
import { createExporterTransport } from './exporter-transport.ts';
import type { ForeignLogRecordExporter } from './host.ts';

/** Options of a destination that an exporter leaves open. */
export interface ExporterDestinationOptions
  extends Pick<DestinationOptions, 'batch' | 'queue' | 'retry' | 'fallback' | 'timeoutMs'> {
  /** Name of the destination in statistics, diagnostics and routes. @defaultValue 'exporter' */
  readonly name?: string | undefined;
}

/** As long as the stock batch processor waits for an export, milliseconds: an exporter retries within it by itself. */
const EXPORT_TIMEOUT_MS = 30_000;

/**
 * Makes any log record exporter of OpenTelemetry (`OTLPLogExporter` over HTTP or gRPC, a vendor's, your own) a destination
 * of a logger: with the queue, batches, retry, fallback and ledger of logflume in front of it.
 *
 * Records come as the SDK would hand them on, grouped by resource and scope. `export` is called for up to eight batches at
 * a time, without tracing. A result of code 0 means delivered. A failure whose error has an HTTP status means what that
 * means: 400 is never sent again, 413 in halves, 429 and 503 later; one with a gRPC code means what the README says; any
 * other is tried again. The exporter is flushed and shut down with the logger, which waits for it up to its deadline; it
 * gets nothing in the `exit` handler of a process, whose rest goes to the fallback.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for what is no exporter.
 * @example
 * ```ts
 * const exporter = new OTLPLogExporter({ url: 'http://collector:4318/v1/logs' });
 * const log = createLogger({ destinations: [exporterDestination(exporter)] });
 * ```
 */
export function exporterDestination(
  exporter: ForeignLogRecordExporter,
  options: ExporterDestinationOptions = {},
): DestinationOptions {
  const isExporter = ['export', 'shutdown'].every(
    (method) => typeof Reflect.get(Object(exporter), method) === 'function',
  );
  if (!isExporter) {
    const message = 'exporterDestination needs a log record exporter, an object with export() and shutdown()';
    throw new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', message, { details: { option: 'exporter' } });
  }
  return {
    ...options,
    name: options.name ?? 'exporter',
    timeoutMs: options.timeoutMs ?? EXPORT_TIMEOUT_MS,
    // The exporter has a format and a compression of its own; ours stays in memory.
    format: 'otlp-protobuf',
    compression: 'none',
    transport: createExporterTransport(exporter),
  };
}
