import { createLogger, emitRecord, isLimited, type Logger, type LoggerOptions } from 'logflume';
import { keepTransports } from './lasting-transports.ts';
import { type AdapterOptions, resolveOptions } from './options.ts';
import type { RecordSink } from './record-sink.ts';
import { ResourceLoggers } from './resource-loggers.ts';
import { toHostRecord } from './to-host-record.ts';

/** The most attributes that the option takes. */
const NO_LIMIT = 2 ** 31 - 1;

/**
 * Makes what the options ask for: loggers of its own, one for each resource, or the one that is shared.
 *
 * @throws LogflumeError for options that cannot work, though no logger is needed before the first record.
 */
export function createRecordSink(options: AdapterOptions): RecordSink {
  const resolved = resolveOptions(options);
  if (resolved.kind === 'shared') return shareLogger(resolved.logger);
  const lasting = keepTransports(resolved.loggerOptions);
  const { loggerOptions } = lasting;
  const { onDiagnostic } = loggerOptions;
  // The loggers come with their resource; this one is only asked whether the options would do, and what they mean.
  const isHeard = typeof onDiagnostic === 'function' || onDiagnostic === undefined;
  const probe = createLogger(isHeard ? { ...loggerOptions, onDiagnostic: () => undefined } : loggerOptions);
  void probe.close();
  return new ResourceLoggers(isLimited(probe) ? lasting : { ...lasting, loggerOptions: withoutLimit(loggerOptions) });
}

/** The SDK has a limit of its own, and counted what it left out: another one is for who asks for it. */
function withoutLimit(loggerOptions: LoggerOptions): LoggerOptions {
  return { ...loggerOptions, limits: { ...loggerOptions.limits, maxAttributes: NO_LIMIT } };
}

function shareLogger(logger: Logger): RecordSink {
  const flush = async (timeoutMs: number | undefined): Promise<void> => {
    await logger.flush(timeoutMs === undefined ? {} : { timeoutMs });
  };
  return {
    take: (record, call) => emitRecord(logger, toHostRecord(record, call)),
    flush,
    close: () => flush(undefined),
  };
}
