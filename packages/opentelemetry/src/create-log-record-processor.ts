import { createRecordSink } from './create-record-sink.ts';
import type { LogRecordProcessor } from './host.ts';
import type { AdapterOptions } from './options.ts';

/**
 * Makes a processor for a `LoggerProvider` of the OpenTelemetry SDK that delivers by itself, in the place of
 * `BatchLogRecordProcessor` and its exporter. Every record is encoded into the queue of the delivery while it is
 * emitted, so none is lost to a full processor queue, a second flush, or a process that ends.
 *
 * Its own logger is made when the first record comes, with the resource of the SDK; records of a resource with
 * attributes still to come wait for them. Attributes of a running `withContext` are added.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` or `ERR_LOGFLUME_UNSUPPORTED` for an option that cannot work.
 * @example
 * ```ts
 * new LoggerProvider({ processors: [createLogRecordProcessor({ endpoints: ['http://collector:4318'] })] });
 * ```
 */
export function createLogRecordProcessor(options: AdapterOptions = {}): LogRecordProcessor {
  const sink = createRecordSink(options);
  let isShutDown = false;
  return {
    onEmit(record) {
      if (!isShutDown) sink.take(record, undefined);
    },
    enabled: () => !isShutDown,
    forceFlush: (flushOptions) => sink.flush(flushOptions?.timeoutMillis),
    shutdown() {
      isShutDown = true;
      return sink.close();
    },
  };
}
