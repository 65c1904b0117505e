import { LogflumeError } from 'logflume';

/** Makes the error for an option that cannot work. */
export function invalidOption(option: string, message: string): LogflumeError {
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', message, { details: { option } });
}
