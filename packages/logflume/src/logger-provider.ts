import type { DeliveryReport } from '@logflume/delivery';
import type {
  Logger as ApiLogger,
  LoggerOptions as ApiLoggerOptions,
  LoggerProvider as ApiLoggerProvider,
  LogRecord as ApiLogRecord,
} from '@opentelemetry/api-logs';
import { toAttributes } from './call-shapes.ts';
import type { LoggerOptions } from './config/logger-options.ts';
import { minSeverityOf } from './config/parse-levels.ts';
import { createLogger } from './create-logger.ts';
import { emitRecord } from './emit-record.ts';
import type { FlushOptions, Logger, LoggerStats } from './logger.ts';
import { tellDiagnostic } from './own-output.ts';
import { UNREADABLE } from './pipeline.ts';
import { type LogsApi, registerProvider } from './register-provider.ts';
import { parseTimeInput } from './time-input.ts';
import { noTrace, traceContextIn } from './trace-context.ts';

/** Options that share a logger, its delivery, its levels and its attributes. */
export interface SharedLoggerOptions {
  /** From `createLogger`; flushed but not closed by the provider. Required. */
  readonly logger: Logger;
  /** Is told when `register()` finds another provider. @defaultValue one line on stderr */
  readonly onDiagnostic?: LoggerOptions['onDiagnostic'];
}

/** The logger provider of the OpenTelemetry logs API, and what ends it. */
export interface LoggerProvider extends ApiLoggerProvider {
  /**
   * Makes this the global provider, for everybody who logs by `@opentelemetry/api-logs`, or by `logs` of
   * `@opentelemetry/api` 1.10. The latter's global is joined when something has been registered there; else hand over
   * the application's own `logs`, by which loggers taken before become live too.
   *
   * @returns whether records of both come here now. If not, `onDiagnostic` says which do not.
   * @example
   * ```ts
   * import { logs } from '@opentelemetry/api';
   * createLoggerProvider({ endpoints: ['http://collector:4318'] }).register({ logs });
   * ```
   */
  readonly register: (options?: { readonly logs?: LogsApi | undefined }) => boolean;
  /** As that of the logger. */
  readonly flush: (options?: FlushOptions) => Promise<DeliveryReport>;
  /** As that of the logger; a shared logger is flushed and left open, for whoever made it. */
  readonly close: (options?: FlushOptions) => Promise<DeliveryReport>;
  /** As that of the logger. */
  readonly stats: () => LoggerStats;
  /** As `close()`: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a provider of the OpenTelemetry logs API that delivers by logflume, without an OpenTelemetry SDK.
 *
 * A record below the level of its scope's name is left out; one without a severity number passes every level but `off`.
 * Nothing of what comes by the API throws.
 *
 * @throws LogflumeError as `createLogger` does.
 * @example
 * ```ts
 * const provider = createLoggerProvider({ level: 'info,db=debug' });
 * provider.register();
 * logs.getLogger('db', '1.2').emit({ severityNumber: SeverityNumber.DEBUG, body: 'connected' });
 * ```
 */
export function createLoggerProvider(options: LoggerOptions | SharedLoggerOptions = {}): LoggerProvider {
  const isShared = isSharing(options);
  const logger = isShared ? options.logger : createLogger(options);
  const state: ProviderState = { isOpen: true };
  const provider: LoggerProvider = {
    getLogger: (name, version, loggerOptions) => createApiLogger(logger, state, name, version, loggerOptions),
    register(registration) {
      const refusals = registerProvider(provider, registration?.logs);
      for (const refusal of refusals) tellDiagnostic(refusal, options.onDiagnostic);
      return refusals.length === 0;
    },
    flush: logger.flush,
    close(flushOptions) {
      state.isOpen = false;
      return isShared ? logger.flush(flushOptions) : logger.close(flushOptions);
    },
    stats: logger.stats,
    async [Symbol.asyncDispose]() {
      await provider.close();
    },
  };
  return provider;
}

function isSharing(options: LoggerOptions | SharedLoggerOptions): options is SharedLoggerOptions {
  return 'logger' in options && options.logger !== undefined;
}

interface ProviderState {
  isOpen: boolean;
}

/** What all records of one scope have in common. */
interface Scope {
  readonly name: string;
  readonly version: string;
  readonly schemaUrl: string;
  readonly attributes: object | undefined;
}

function createApiLogger(
  logger: Logger,
  state: ProviderState,
  name: unknown,
  version: unknown,
  options: ApiLoggerOptions | undefined,
): ApiLogger {
  const scope: Scope = {
    name: toText(name),
    version: toText(version),
    schemaUrl: readSchemaUrl(options),
    attributes: copyAttributes(options),
  };
  // For the level of the name alone: read at each record, as it may change at run time.
  const named = logger.child({}, { name: scope.name });
  return {
    emit(record) {
      const given: unknown = record;
      if (typeof given !== 'object' || given === null) return;
      try {
        emit(named, scope, record);
      } catch {
        // A getter or a trap of the record threw; that it was there is worth a record.
        if (isEnabled(named, 0)) emitBare(named, scope);
      }
    },
    enabled: (asked) => state.isOpen && isEnabled(named, toSeverity(asked?.severityNumber)),
  };
}

function isEnabled(named: Logger, severityNumber: number): boolean {
  const { level } = named;
  return severityNumber === 0 ? level !== 'off' : severityNumber >= minSeverityOf(level);
}

function emit(named: Logger, scope: Scope, record: ApiLogRecord): void {
  const severityNumber = toSeverity(record.severityNumber);
  if (!isEnabled(named, severityNumber)) return;
  const { timestamp, observedTimestamp, severityText, eventName, context, attributes } = record;
  const time = parseTimeInput(timestamp, performance.timeOrigin);
  const observed = parseTimeInput(observedTimestamp, performance.timeOrigin);
  emitRecord(named, {
    severityNumber,
    severityText: toText(severityText),
    body: record.body,
    attributes: attributes === undefined ? undefined : toAttributes(attributes),
    exception: record.exception,
    eventName: toText(eventName),
    timeMs: time?.ms,
    timeNanos: time?.nanos,
    observedTimeMs: observed?.ms,
    observedTimeNanos: observed?.nanos,
    trace: context === undefined ? undefined : (traceContextIn(context) ?? noTrace),
    scope,
    scopeAttributes: scope.attributes,
  });
}

function emitBare(named: Logger, scope: Scope): void {
  const scopeAttributes = scope.attributes;
  emitRecord(named, { severityNumber: 0, severityText: '', body: UNREADABLE, scope, scopeAttributes });
}

/** The scope's attributes as they are now; those of a hostile object are none. */
function copyAttributes(options: ApiLoggerOptions | undefined): object | undefined {
  try {
    return options?.attributes === undefined ? undefined : { ...options.attributes };
  } catch {
    return undefined; // A getter threw: a logger without them is better than none.
  }
}

function readSchemaUrl(options: ApiLoggerOptions | undefined): string {
  try {
    return toText(options?.schemaUrl);
  } catch {
    return '';
  }
}

function toSeverity(severityNumber: unknown): number {
  return typeof severityNumber === 'number' && severityNumber >= 1 && severityNumber <= 24 ? severityNumber : 0;
}

/** UTF-16 units of a scope's name and version: each is remembered for the life of the provider. */
const MAX_NAME_UNITS = 1024;

function toText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_NAME_UNITS) : '';
}
