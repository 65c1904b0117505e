import { afterEach, describe, expect, it } from 'vitest';
import { withoutTracing } from './without-tracing.ts';

const apiKey = Symbol.for('opentelemetry.js.api.1');
const suppressKey = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

afterEach(() => {
  Reflect.deleteProperty(globalThis, apiKey);
});

describe('withoutTracing', () => {
  it.each([
    ['no OpenTelemetry', undefined],
    ['one without a context manager', {}],
    ['one whose context knows no values', { context: { active: () => ({}), with: () => 'unused' } }],
    ['something else under its key', 'text'],
  ])('just runs with %s', (_what, api) => {
    Reflect.set(globalThis, apiKey, api);
    expect(withoutTracing(() => 'ran')).toBe('ran');
  });

  it('runs in a context in which HTTP instrumentation makes no span', () => {
    const active = { setValue: (key: unknown, value: unknown) => ({ key, value }) };
    const seen: unknown[] = [];
    const context = {
      active: () => active,
      with(quiet: unknown, run: () => unknown) {
        seen.push(quiet);
        return run();
      },
    };
    Reflect.set(globalThis, apiKey, { context });
    expect(withoutTracing(() => 'ran')).toBe('ran');
    expect(seen).toEqual([{ key: suppressKey, value: true }]);
  });
});
