/** The part of a span context a record carries. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** W3C trace flags, 0 … 255. */
  readonly traceFlags: number;
  /** Whether it was made up here to tie records together: nobody else knows it. @defaultValue false */
  readonly isLocal?: boolean | undefined;
}

/** For a record that belongs to no trace, whatever is active: without any trace it would get the running one. */
export const noTrace: TraceContext = Object.freeze({ traceId: '', spanId: '', traceFlags: 0 });

const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');
const INVALID_TRACE_ID = '0'.repeat(32);

/**
 * The active OpenTelemetry span, read through the global its API packages share: no import, so no version to disagree
 * with. Read again at every call, as the SDK may start later than the first logger.
 *
 * @returns `undefined` without an API, a context manager or an active span, and when any of them throws.
 */
export function activeTraceContext(): TraceContext | undefined {
  const api: unknown = (globalThis as Record<symbol, unknown>)[API];
  return api === undefined ? undefined : readActive(api as Partial<OpenTelemetryApi>);
}

/** The span of an OpenTelemetry context, of whichever copy of the API; `undefined` when it has none, or throws. */
export function traceContextIn(context: unknown): TraceContext | undefined {
  try {
    return readSpan(Object(context) as Partial<OpenTelemetryContext>);
  } catch {
    return undefined; // As below.
  }
}

/** What is read of the API; every part may be missing. */
interface OpenTelemetryApi {
  readonly context: { active?(): Partial<OpenTelemetryContext> };
}

interface OpenTelemetryContext {
  getValue(key: symbol): { spanContext?(): Partial<TraceContext> } | undefined;
}

function readActive(api: Partial<OpenTelemetryApi>): TraceContext | undefined {
  try {
    return readSpan(api.context?.active?.());
  } catch {
    return undefined; // Somebody else's tracer is broken; the record is still worth logging.
  }
}

function readSpan(context: Partial<OpenTelemetryContext> | undefined): TraceContext | undefined {
  const span = context?.getValue?.(SPAN)?.spanContext?.();
  if (typeof span?.traceId !== 'string' || typeof span.spanId !== 'string') return undefined;
  // A tracer that does nothing has such a span always active: it must not stand before the trace of a context.
  if (span.traceId === INVALID_TRACE_ID) return undefined;
  const traceFlags = typeof span.traceFlags === 'number' ? span.traceFlags & 0xff : 0;
  return { traceId: span.traceId, spanId: span.spanId, traceFlags };
}
