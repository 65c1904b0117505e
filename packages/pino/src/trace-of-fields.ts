import type { TraceContext } from 'logflume';

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/i;
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/i;

/** Fields in which loggers carry a trace context. */
export interface TraceFields {
  readonly trace_id?: unknown;
  readonly span_id?: unknown;
  readonly trace_flags?: unknown;
}

/** The trace context that fields hold, as tracers and mixins write it; `undefined` without a valid trace id. Pure. */
export function traceOfFields({ trace_id, span_id, trace_flags }: TraceFields): TraceContext | undefined {
  if (typeof trace_id !== 'string' || !TRACE_ID.test(trace_id)) return undefined;
  const spanId = typeof span_id === 'string' && SPAN_ID.test(span_id) ? span_id : '';
  return { traceId: trace_id.toLowerCase(), spanId: spanId.toLowerCase(), traceFlags: flagsOf(trace_flags) };
}

/** Two hex digits, as in a `traceparent` header, or a number. */
function flagsOf(flags: unknown): number {
  const number = typeof flags === 'string' && /^[0-9a-f]{1,2}$/i.test(flags) ? Number.parseInt(flags, 16) : flags;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 255 ? number : 0;
}
