import type { OtlpLogRecord } from '@logflume/otlp';

/** The furthest a `Date` reaches from the epoch, in milliseconds. */
const MAX_DATE_MS = 8.64e15;

/**
 * When a record happened, as integer milliseconds since the epoch; the observed time stands in for an unknown one.
 *
 * The digits below a millisecond are left out: Node's clock has none, our own records carry a sequence there.
 *
 * @returns `undefined` when the record has no time a `Date` can hold.
 */
export function recordTimeMs(record: OtlpLogRecord): number | undefined {
  const nanos = record.timeUnixNano ?? record.observedTimeUnixNano;
  if (nanos === undefined) return undefined;
  const timeMs = Number(nanos.slice(0, -6));
  return Number.isInteger(timeMs) && timeMs >= 0 && timeMs <= MAX_DATE_MS ? timeMs : undefined;
}
