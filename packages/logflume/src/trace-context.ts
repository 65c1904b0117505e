/** The part of a span context a record carries. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** W3C trace flags, 0 … 255. */
  readonly traceFlags: number;
}

const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

/**
 * The active OpenTelemetry span, read through the global its API packages share: no import, so no version to disagree
 * with. Read again at every call, as the SDK may start later than the first logger.
 *
 * @returns `undefined` without an API, a context manager or an active span, and when any of them throws.
 */
export function activeTraceContext(): TraceContext | undefined {
  const api: unknown = (globalThis as Record<symbol, unknown>)[API];
  return api === undefined ? undefined : readSpan(api as Partial<OpenTelemetryApi>);
}

/** What is read of the API; every part may be missing. */
interface OpenTelemetryApi {
  readonly context: { active?(): { getValue?(key: symbol): { spanContext?(): Partial<TraceContext> } | undefined } };
}

function readSpan(api: Partial<OpenTelemetryApi>): TraceContext | undefined {
  try {
    const context = api.context?.active?.()?.getValue?.(SPAN)?.spanContext?.();
    if (typeof context?.traceId !== 'string' || typeof context.spanId !== 'string') return undefined;
    const traceFlags = typeof context.traceFlags === 'number' ? context.traceFlags & 0xff : 0;
    return { traceId: context.traceId, spanId: context.spanId, traceFlags };
  } catch {
    return undefined; // Somebody else's tracer is broken; the record is still worth logging.
  }
}
