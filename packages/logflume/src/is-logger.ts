import type { Logger } from './logger.ts';

const METHODS = ['log', 'child', 'event', 'isLevelEnabled', 'flush', 'close', 'stats'] as const;

/** Whether a value is a logger of this package, or of another copy of it: for whoever takes one from an application. */
export function isLogger(value: unknown): value is Logger {
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((method) => typeof Reflect.get(value, method) === 'function');
}
