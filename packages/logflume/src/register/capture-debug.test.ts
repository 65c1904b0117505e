import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createSeenLogger } from '../../test/memory-delivery.ts';
import { captureDebug } from './capture-debug.ts';

/** What the debug package does with a call, in short. */
function createDebugLike() {
  const printed: unknown[][] = [];
  const exports = {
    coerce: (value: unknown) => (value instanceof Error ? (value.stack ?? value.message) : value),
    formatArgs: (args: unknown[]) => void printed.push([...args]),
    formatters: { O: (value: unknown) => inspect(value, { depth: null }) } as Record<
      string,
      (value: unknown) => string
    >,
  };
  const call = (...args: unknown[]): void => {
    const parts = [exports.coerce(args[0]), ...args.slice(1)];
    parts[0] = String(parts[0]).replace('%O', () => exports.formatters['O']?.(parts.splice(1, 1)[0]) ?? '');
    exports.formatArgs.call({ namespace: 'app' }, parts);
  };
  return { exports, call, printed };
}

const config = { xsrfCookieName: 'x', headers: { authorization: 'SECRET' }, method: 'get', url: 'http://a/b?SECRET' };

describe('what debug prints of an HTTP client', () => {
  it.each([
    ['in its text', ['failed %O', { config, message: 'no' }]],
    ['behind its text', ['failed', { config, message: 'no' }]],
    ['as an error', [new TypeError('Failed to parse URL from http://a/b?SECRET')]],
  ])('is printed as it is and recorded without credentials, %s', (_where, args) => {
    const { exports, call, printed } = createDebugLike();
    const seen = createSeenLogger();
    captureDebug({ name: 'debug', version: '4.4.3', exports }, seen.log);
    call(...args);
    expect(inspect(printed, { depth: null })).toContain('SECRET');
    expect(JSON.stringify(seen.records)).not.toContain('SECRET');
    expect(seen.last().body).toMatch(/http:\/\/a\/b/);
  });
});
