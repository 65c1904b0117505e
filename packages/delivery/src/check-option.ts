import { LogflumeError } from './errors.ts';

/** A word of a closed set. */
export function oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw invalid(option, `one of ${allowed.join(', ')}`, String(value));
}

/** A number, and no text that looks like one. */
export function inRange(option: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `a number ≥ ${min}` : `a number in ${min} … ${max}`;
  throw invalid(option, range, String(value));
}

/** The error of an option that cannot work; neither text may hold a secret. */
export function invalid(option: string, expected: string, got: string): LogflumeError {
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', `${option} must be ${expected}, got ${got}`, {
    details: { option, expected, got },
  });
}
