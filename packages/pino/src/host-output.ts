import {
  createLogger,
  type DeliveryReport,
  emitRecord,
  type FlushOptions,
  type HostRecord,
  isLogger,
  type Level,
  LogflumeError,
  type Logger,
  type LoggerOptions,
  type LoggerStats,
} from 'logflume';

/** A logger of one's own to share, instead of options for a new one. */
export interface SharedLogger {
  /** From `createLogger`. It is not closed with what is made here; its level is not asked. */
  readonly logger: Logger;
}

/** How the records of another logger leave: by a new logger of these options, or by one that is there already. */
export type OutputOptions = LoggerOptions | SharedLogger;

/**
 * Scopes made for names of host loggers. The delivery remembers each for good, and an application may make a logger for
 * every request: names beyond these are an attribute instead.
 */
const MAX_SCOPES = 256;

/** Where the name of a logger stands that got no scope, as hosts call it. */
const SCOPE_KEY = 'name';

/** By OTLP's ranges of four numbers. */
const LEVELS: readonly Level[] = ['info', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** The logger behind an adapter, and what may be done with it. */
export class HostOutput {
  readonly logger: Logger;
  readonly #isShared: boolean;
  readonly #hasLevel: boolean;
  readonly #scoped = new Map<string, Logger>();

  /**
   * @param name - of the function whose options these are, for messages.
   * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` or `ERR_LOGFLUME_UNSUPPORTED` for options that cannot work.
   */
  constructor(options: OutputOptions, name: string) {
    this.#isShared = isShared(options);
    this.logger = isShared(options) ? checkShared(options, name) : createLogger(options);
    this.#hasLevel = !isShared(options) && options.level !== undefined;
  }

  /**
   * Writes a record. The host has decided that it is wanted; only a `level` among the options is compared with it.
   *
   * @param scope - name of the host's logger, or `''`.
   */
  emit(record: HostRecord, scope: string): void {
    const scoped = scope === '' ? this.logger : this.#loggerOf(scope);
    const logger = scoped ?? this.logger.child({ [SCOPE_KEY]: scope });
    if (this.#hasLevel) {
      const level = LEVELS[(record.severityNumber + 3) >> 2];
      if (level !== undefined && !logger.isLevelEnabled(level)) return;
    }
    emitRecord(logger, record);
  }

  flush(options?: FlushOptions): Promise<DeliveryReport> {
    return this.logger.flush(options);
  }

  /** Closes a logger of ours; one that is shared is flushed, as others may still use it. */
  close(options?: FlushOptions): Promise<DeliveryReport> {
    return this.#isShared ? this.logger.flush(options) : this.logger.close(options);
  }

  stats(): LoggerStats {
    return this.logger.stats();
  }

  #loggerOf(scope: string): Logger | undefined {
    let logger = this.#scoped.get(scope);
    if (logger === undefined && this.#scoped.size < MAX_SCOPES) {
      logger = this.logger.child({}, { name: scope });
      this.#scoped.set(scope, logger);
    }
    return logger;
  }
}

function isShared(options: OutputOptions): options is SharedLogger {
  return typeof options === 'object' && options !== null && 'logger' in options && options.logger !== undefined;
}

/** @throws LogflumeError for anything but `{ logger }` with a logger. */
export function checkShared(options: SharedLogger, name: string): Logger {
  const { logger, ...others } = Object(options) as Readonly<Record<string, unknown>>;
  if (!isLogger(logger)) {
    throw invalidOption('logger', `logger must be a logger made by createLogger(), got ${kindOf(logger)}`);
  }
  const [other] = Object.keys(others).filter((key) => others[key] !== undefined);
  if (other !== undefined) {
    const advice = 'give its options to createLogger(), which made the logger';
    throw invalidOption(other, `"${other}" is not an option of ${name} beside "logger"; ${advice}`);
  }
  return logger;
}

/** The kind alone: a value that should not be here may be a secret. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object that is none' : `a ${typeof value}`;
}

function invalidOption(option: string, message: string): LogflumeError {
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', message, { details: { option } });
}
