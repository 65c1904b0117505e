import type { TraceContext } from 'logflume';
import type { HostInfo } from './host.ts';
import { type Members, readMember } from './members.ts';

/** Under which the OpenTelemetry instrumentation of winston leaves the context of a call. */
const CONTEXT: unique symbol = Symbol.for('opentelemetry.js.contrib.winston.context');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
const FLAGS = /^[0-9a-f]{2}$/;

/** The span in the OpenTelemetry context that an instrumentation put on a record. Never throws. */
export function spanOfContext(info: HostInfo): TraceContext | undefined {
  const context = readMember(info, CONTEXT);
  if (typeof context !== 'object' || context === null) return undefined;
  try {
    const span: unknown = call(context, 'getValue', SPAN);
    const found: unknown = typeof span === 'object' && span !== null ? call(span, 'spanContext') : undefined;
    if (typeof found !== 'object' || found === null) return undefined;
    const { traceId, spanId, traceFlags }: Partial<TraceContext> = found;
    if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined;
    return { traceId, spanId, traceFlags: typeof traceFlags === 'number' ? traceFlags : 0 };
  } catch {
    return undefined; // Somebody else's context is broken; the record is still worth logging.
  }
}

function call(object: object, method: string, argument?: unknown): unknown {
  const found: unknown = Reflect.get(object, method);
  return typeof found === 'function' ? Reflect.apply(found, object, [argument]) : undefined;
}

/** The span named by `trace_id`, `span_id` and `trace_flags`, as correlating formats add them; all of valid shape. */
export function spanOfMembers(members: Members): TraceContext | undefined {
  const { trace_id: traceId, span_id: spanId, trace_flags: flags } = members;
  if (typeof traceId !== 'string' || !TRACE_ID.test(traceId)) return undefined;
  if (spanId !== undefined && (typeof spanId !== 'string' || !SPAN_ID.test(spanId))) return undefined;
  const traceFlags = parseFlags(flags);
  return traceFlags === undefined ? undefined : { traceId, spanId: spanId ?? '', traceFlags };
}

function parseFlags(flags: unknown): number | undefined {
  if (flags === undefined) return 0;
  if (typeof flags === 'number') return Number.isInteger(flags) && flags >= 0 && flags <= 255 ? flags : undefined;
  return typeof flags === 'string' && FLAGS.test(flags) ? Number.parseInt(flags, 16) : undefined;
}

/** The members that {@link spanOfMembers} reads. */
export const SPAN_MEMBERS: readonly string[] = ['trace_id', 'span_id', 'trace_flags'];
