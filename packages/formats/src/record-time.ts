import type { OtlpLogRecord } from '@logflume/otlp';

/** The last whole millisecond that fixed64 nanoseconds can say: in the year 2554. */
const MAX_TIME_MS = 18_446_744_073_709;

/**
 * When a record happened, as integer milliseconds since the epoch; the observed time stands in for an unknown one.
 *
 * The digits below a millisecond are left out: Node's clock has none, our own records carry a sequence there.
 *
 * @returns `undefined` when the record has no time, or one beyond what protobuf can carry.
 */
export function recordTimeMs(record: OtlpLogRecord): number | undefined {
  const nanos = record.timeUnixNano ?? record.observedTimeUnixNano;
  if (nanos === undefined) return undefined;
  const timeMs = Number(nanos.slice(0, -6));
  return Number.isInteger(timeMs) && timeMs >= 0 && timeMs <= MAX_TIME_MS ? timeMs : undefined;
}
