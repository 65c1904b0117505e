import { noCall } from 'logflume';
import { createRecordSink } from './create-record-sink.ts';
import type { ExportResult, LogRecordExporter, SdkLogRecord } from './host.ts';
import type { AdapterOptions } from './options.ts';
import type { RecordSink } from './record-sink.ts';

/**
 * Makes an exporter for a processor of the OpenTelemetry SDK, in the place of `OTLPLogExporter`, whose option names it
 * takes too. A success means that the records are in the queue of the delivery, which from there on accounts for each:
 * it retries, balances and falls back by itself. The stock processors lose records before they reach an exporter;
 * where nothing speaks against it use `createLogRecordProcessor`.
 *
 * Its own logger is made when the first record comes, with the resource of the SDK.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` or `ERR_LOGFLUME_UNSUPPORTED` for an option that cannot work.
 * @example
 * ```ts
 * new BatchLogRecordProcessor({ exporter: createLogRecordExporter({ url: 'http://collector:4318/v1/logs' }) });
 * ```
 */
export function createLogRecordExporter(options: AdapterOptions = {}): LogRecordExporter {
  const sink = createRecordSink(options);
  let isShutDown = false;
  return {
    export(records, done) {
      done(isShutDown ? failure(new Error('the exporter is shut down')) : takeAll(sink, records));
    },
    forceFlush: () => sink.flush(undefined),
    shutdown() {
      isShutDown = true;
      return sink.close();
    },
  };
}

function takeAll(sink: RecordSink, records: readonly SdkLogRecord[]): ExportResult {
  let result: ExportResult = { code: 0 };
  for (const record of records) {
    try {
      // Exported from a timer: the running context is not that of the log call.
      sink.take(record, noCall);
    } catch (error) {
      // What is no record; the caller learns of it, and the others are taken.
      result = failure(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return result;
}

function failure(error: Error): ExportResult {
  return { code: 1, error };
}
