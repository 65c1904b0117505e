/**
 * Runs a function so that OpenTelemetry's HTTP instrumentation makes no span of what it sends: a logger that is traced
 * traces itself. Nothing of OpenTelemetry is imported; keys and global are the ones its packages share.
 *
 * @see https://github.com/open-telemetry/opentelemetry-js/blob/main/packages/opentelemetry-core/src/trace/suppress-tracing.ts
 */
export function withoutTracing<T>(run: () => T): T {
  const api: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  const manager = member(api, 'context');
  const active = call(manager, 'active');
  const quiet = call(active, 'setValue', Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
  const withContext = member(manager, 'with');
  if (quiet === undefined || typeof withContext !== 'function') return run();
  return Reflect.apply(withContext, manager, [quiet, run]);
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
}

function call(object: unknown, name: string, ...parameters: unknown[]): unknown {
  const method = member(object, name);
  return typeof method === 'function' ? Reflect.apply(method, object, parameters) : undefined;
}
