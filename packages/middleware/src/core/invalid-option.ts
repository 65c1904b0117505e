import { LogflumeError } from 'logflume';

/** Makes the error for an option that cannot work. */
export function invalidOption(option: string, message: string): LogflumeError {
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', message, { details: { option } });
}

const MAX_SHOWN_UNITS = 60;

/** What came instead of what was expected, in a few words. Nothing of a list or an object: there may be secrets in it. */
export function describeGiven(value: unknown): string {
  if (Array.isArray(value)) return 'another list';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_SHOWN_UNITS));
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'another object' : String(value);
}
