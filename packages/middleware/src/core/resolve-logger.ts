import { createLogger, isLogger, type Logger, type LoggerOptions } from 'logflume';
import type { ReportMisuse } from './report-misuse.ts';

/**
 * Takes the logger that was given, or makes one.
 *
 * @param isGiven - whether the option stands there at all: `{ logger: undefined }` is a variable nobody filled.
 * @throws LogflumeError for options of a logger that cannot work.
 */
export function resolveLogger(
  given: Logger | LoggerOptions | undefined,
  isGiven: boolean,
  reportMisuse: ReportMisuse,
): Logger {
  if (isLogger(given)) return given;
  if (!isGiven) return createLogger();
  if (isPlainObject(given)) return createLogger(given);
  const what = given === undefined || given === null ? String(given) : 'no logger of logflume';
  const advice = 'pass what createLogger() made; records go where the environment says';
  reportMisuse('noLogger', `the option "logger" of accessLog is ${what}: ${advice}`);
  return createLogger();
}

function isPlainObject(value: unknown): value is LoggerOptions {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
