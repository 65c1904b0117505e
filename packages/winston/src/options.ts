import { createLogger, isLogger, LogflumeError, type Logger, type LoggerOptions } from 'logflume';
import type { Logform } from 'winston';
import type TransportStream from 'winston-transport';
import type { SeverityMapping } from './severity.ts';
import { writeToStderr } from './write-to-stderr.ts';

/** A format of winston, as `winston.format` makes them. */
type Format = Logform.Format;

/** What winston itself wants to know of a transport. */
export interface HostOptions {
  /**
   * The gravest levels up to this one are taken: a name of the logger's levels. Another takes nothing, and is told of as
   * `warn` and on stderr.
   * @defaultValue the logger's level
   */
  readonly level?: string | undefined;
  /** Takes nothing while true. @defaultValue false */
  readonly silent?: boolean | undefined;
  /** Takes what winston catches as `uncaughtException`; winston then ends the process. @defaultValue false */
  readonly handleExceptions?: boolean | undefined;
  /** The same for `unhandledRejection`. @defaultValue false */
  readonly handleRejections?: boolean | undefined;
  /** Records winston may pile up in front of this transport, integer ≥ 1. It takes each at once. @defaultValue 16 */
  readonly highWaterMark?: number | undefined;
  /** OTLP severity numbers, integers 1 … 24, for levels of your own; they win over the built-in tables. @defaultValue none */
  readonly severityMapping?: SeverityMapping | undefined;
}

/** Options that share a logger, its delivery, its name and its attributes. */
export interface SharedLoggerOptions extends HostOptions {
  /** From `createLogger`. Its level is not looked at: winston's decides. */
  readonly logger: Logger;
  /** Changes records for this transport alone. @defaultValue none */
  readonly format?: Format | undefined;
}

/** Options that make a logger for this transport. `level` and `silent` are winston's. */
export interface OwnLoggerOptions extends HostOptions, Omit<LoggerOptions, 'level' | 'format'> {
  readonly logger?: undefined;
  /** A winston format that changes records for this transport alone, or the name of a wire format. @defaultValue 'otlp-protobuf' */
  readonly format?: Format | LoggerOptions['format'];
}

export type LogflumeTransportOptions = OwnLoggerOptions | SharedLoggerOptions;

/** What the transport works with. */
export interface ResolvedOptions {
  readonly logger: Logger;
  /** Whether the logger was made for this transport, which then closes it. */
  readonly ownsLogger: boolean;
  readonly severityMapping: SeverityMapping;
  /** For the constructor of winston's base class. */
  readonly base: TransportStream.TransportStreamOptions & { readonly highWaterMark?: number };
}

/** What logflume has to say. */
type Diagnostic = Parameters<NonNullable<LoggerOptions['onDiagnostic']>>[0];

/**
 * Sorts options into winston's and the logger's, and makes the logger unless one is given.
 *
 * @param onProblem - hears what the delivery of an own logger has to say, beside the application.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for an option that cannot work or does not exist,
 *   `ERR_LOGFLUME_UNSUPPORTED` for one this version or this Node cannot serve.
 */
export function resolveOptions(
  options: LogflumeTransportOptions,
  onProblem: (message: string) => void,
): ResolvedOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid('options', 'an object', options);
  }
  const { level, silent, handleExceptions, handleRejections, highWaterMark, ...others } = options;
  const { severityMapping = {}, format, logger, ...loggerOptions } = others;
  check('level', level, 'the name of a level', (value) => typeof value === 'string' && value !== '');
  check('silent', silent, 'a boolean', isBoolean);
  check('handleExceptions', handleExceptions, 'a boolean', isBoolean);
  check('handleRejections', handleRejections, 'a boolean', isBoolean);
  check('highWaterMark', highWaterMark, 'an integer of 1 or more', isCount);
  checkMapping(severityMapping);
  const wireFormat = typeof format === 'string' ? format : undefined;
  const hostFormat = typeof format === 'string' ? undefined : format;
  check('format', hostFormat, 'a winston format or the name of a wire format', isFormat);
  const base = {
    ...(level === undefined ? {} : { level }),
    ...(silent === undefined ? {} : { silent }),
    ...(handleExceptions === undefined ? {} : { handleExceptions }),
    ...(handleRejections === undefined ? {} : { handleRejections }),
    ...(highWaterMark === undefined ? {} : { highWaterMark }),
    ...(hostFormat === undefined ? {} : { format: hostFormat }),
  };
  const given = wireFormat === undefined ? loggerOptions : { ...loggerOptions, format: wireFormat };
  if (logger !== undefined) {
    checkShared(logger, given);
    return { logger, ownsLogger: false, severityMapping: { ...severityMapping }, base };
  }
  const made = createLogger({ ...given, onDiagnostic: hearing(given, onProblem) });
  return { logger: made, ownsLogger: true, severityMapping: { ...severityMapping }, base };
}

/** Passes on what the delivery says; settings nobody listens to are printed, as they are without us. */
function hearing({ onDiagnostic }: LoggerOptions, onProblem: (message: string) => void): (event: Diagnostic) => void {
  if (onDiagnostic !== undefined && typeof onDiagnostic !== 'function') return onDiagnostic;
  return (event) => {
    const isOfSettings = 'source' in event;
    if (isOfSettings && onDiagnostic === undefined) writeToStderr(`logflume: ${event.message}\n`);
    if (!isOfSettings && event.kind !== 'endpointRecovered') onProblem(event.message);
    onDiagnostic?.(event);
  };
}

function checkShared(logger: Logger, given: object): void {
  if (!isLogger(logger)) throw invalid('logger', 'a logger from createLogger', logger);
  const [surplus] = Object.keys(given);
  if (surplus === undefined) return;
  const message = `${surplus} cannot be given beside logger, which has its own; leave one of the two out`;
  throw new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', message, { details: { option: surplus } });
}

function checkMapping(mapping: unknown): void {
  const expected = 'an object of level names and integers 1 … 24';
  if (typeof mapping !== 'object' || mapping === null) throw invalid('severityMapping', expected, mapping);
  for (const [name, severity] of Object.entries(mapping)) {
    check(`severityMapping.${name}`, severity, 'an integer 1 … 24', isSeverity);
  }
}

function check(option: string, value: unknown, expected: string, accepts: (value: unknown) => boolean): void {
  if (value !== undefined && !accepts(value)) throw invalid(option, expected, value);
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function isSeverity(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 24;
}

function isFormat(value: unknown): boolean {
  return typeof Reflect.get(Object(value), 'transform') === 'function';
}

/** Longest piece of a value shown in a message. */
const SHOWN_UNITS = 40;

function invalid(option: string, expected: string, value: unknown): LogflumeError {
  const isShort = typeof value === 'number' || typeof value === 'boolean' || value === null;
  const got =
    typeof value === 'string' ? JSON.stringify(value.slice(0, SHOWN_UNITS)) : isShort ? `${value}` : kindOf(value);
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', `${option} must be ${expected}, got ${got}`, {
    details: { option, expected, got },
  });
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'undefined';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
