/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);

/** Whether the conventions know a method; others are `_OTHER`, so that clients cannot invent values. */
export function isKnownMethod(method: string): boolean {
  return METHODS.has(method);
}

/** What `error.type` says of something thrown: its code of the system or its class, short and of few values. */
export function errorTypeOf(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return typeof error;
    const name: unknown = Reflect.get(error, 'name');
    return typeof name === 'string' && /^[\w.$-]{1,100}$/.test(name) ? name : 'Error';
  } catch {
    return 'Error'; // A getter that throws: that there was an error is known all the same.
  }
}
