/** A time of the OpenTelemetry API, as records have it. */
export interface RecordTime {
  /** Milliseconds since the epoch, integer ≥ 0. */
  readonly ms: number;
  /** Nanoseconds within that millisecond, integer 0 … 999999. */
  readonly nanos: number;
}

/** The last millisecond of a `Date`. */
const MAX_TIME_MS = 8.64e15;

/**
 * Reads a time as the OpenTelemetry API lets it be written. Never throws but for what a proxy throws.
 *
 * - a `Date`;
 * - `[seconds, nanoseconds]` since the epoch;
 * - a number: milliseconds since the epoch, with a fraction or without. Below half of `performance.timeOrigin` it counts
 *   as what `performance.now()` returns: the two cannot meet before the process is decades old.
 *
 * @param timeOriginMs - `performance.timeOrigin`.
 * @returns `undefined` for anything else, and for what lies before 1970 or beyond a `Date`.
 * @see https://github.com/open-telemetry/opentelemetry-js/blob/main/packages/opentelemetry-core/src/common/time.ts
 */
export function parseTimeInput(input: unknown, timeOriginMs: number): RecordTime | undefined {
  if (typeof input === 'number') return fromMs(input, input >= 0 && input < timeOriginMs / 2 ? timeOriginMs : 0);
  if (input instanceof Date) return fromMs(input.getTime(), 0);
  if (!Array.isArray(input) || input.length !== 2) return undefined;
  const [seconds, nanoseconds]: readonly unknown[] = input;
  if (typeof seconds !== 'number' || typeof nanoseconds !== 'number' || !(nanoseconds >= 0)) return undefined;
  const wholeMs = Math.floor(nanoseconds / 1e6);
  const time = fromMs(seconds * 1000 + wholeMs, 0);
  // Fractions of seconds are nobody's nanoseconds; what is said in nanoseconds is exact.
  return time === undefined ? undefined : { ms: time.ms, nanos: Math.floor(nanoseconds - wholeMs * 1e6) };
}

/** Adds the fractions, not the numbers: a time since 1970 in milliseconds has no digits left for nanoseconds. */
function fromMs(ms: number, originMs: number): RecordTime | undefined {
  const [whole, originWhole] = [Math.floor(ms), Math.floor(originMs)];
  const nanos = Math.round((ms - whole + (originMs - originWhole)) * 1e6);
  const wholeMs = whole + originWhole + Math.floor(nanos / 1e6);
  return wholeMs >= 0 && wholeMs <= MAX_TIME_MS ? { ms: wholeMs, nanos: nanos % 1e6 } : undefined;
}
