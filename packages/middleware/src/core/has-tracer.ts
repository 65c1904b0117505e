const API = Symbol.for('opentelemetry.js.api.1');

/** Whether a tracer of OpenTelemetry is registered in the process. Nothing of it is imported. */
export function hasTracer(): boolean {
  return Reflect.get(Object(Reflect.get(globalThis, API)), 'trace') !== undefined;
}
