const API = Symbol.for('opentelemetry.js.api.1');
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Whether OpenTelemetry is told not to trace what runs: its exporters send so. Nothing of it is imported. */
export function isTracingSuppressed(): boolean {
  try {
    const active = call(Reflect.get(Object(Reflect.get(globalThis, API)), 'context'), 'active');
    return call(active, 'getValue', SUPPRESSED) === true;
  } catch {
    return false; // Somebody else's API is broken; the call is worth its record.
  }
}

function call(object: unknown, name: string, ...parameters: unknown[]): unknown {
  const method: unknown = Reflect.get(Object(object), name);
  return typeof method === 'function' ? Reflect.apply(method, object, parameters) : undefined;
}
