/** A moment: milliseconds since the epoch, and nanoseconds within that millisecond. */
export interface Moment {
  readonly ms: number;
  readonly nanos: number;
}

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,](\d{1,9}))?(?:Z|[+-]\d\d:?\d\d)$/i;

/**
 * Reads what people put into `timestamp`: a Date, milliseconds since the epoch, or ISO 8601 with its zone. Text without
 * a zone may mean any time of the day, so it is no time. Pure.
 */
export function parseTimestamp(timestamp: unknown): Moment | undefined {
  if (typeof timestamp === 'number') return toMoment(timestamp, '');
  if (timestamp instanceof Date) return toMoment(timestamp.getTime(), '');
  if (typeof timestamp !== 'string') return undefined;
  if (isOfToISOString(timestamp)) return toMoment(Date.parse(timestamp), '');
  const iso = ISO.exec(timestamp);
  return iso === null ? undefined : toMoment(Date.parse(timestamp.replace(',', '.')), iso[1] ?? '');
}

/**
 * Makes a `parseTimestamp` that remembers the last text: in a burst many records have the same, and `Date.parse` is a
 * fifth of what a record with one costs (packages/bench, `winston-cost`, all formats).
 */
export function createTimestampParser(): typeof parseTimestamp {
  let text: string | undefined;
  let moment: Moment | undefined;
  return (timestamp) => {
    if (typeof timestamp !== 'string') return parseTimestamp(timestamp);
    if (timestamp !== text) {
      moment = parseTimestamp(timestamp);
      text = timestamp;
    }
    return moment;
  };
}

/** The ordinary case, told without a pattern: what does not parse is no time either way. */
function isOfToISOString(text: string): boolean {
  return text.length === 24 && text[10] === 'T' && text[19] === '.' && text[23] === 'Z';
}

/** @param fraction - digits of the second behind its point. */
function toMoment(ms: number, fraction: string): Moment | undefined {
  if (!(ms >= 0 && ms <= 8.64e15)) return undefined;
  return { ms: Math.floor(ms), nanos: fraction.length > 3 ? Number(fraction.slice(3).padEnd(6, '0')) : 0 };
}

/**
 * Says whether a text only tells when the call was made, as `format.timestamp()` does: the moment of the call is then
 * finer than the text, and still right when the format ran later than the call. Pure.
 */
export function isMomentOfCall(timestamp: unknown, moment: Moment, calledMs: number, nowMs: number): boolean {
  return typeof timestamp === 'string' && moment.nanos === 0 && moment.ms >= calledMs && moment.ms <= nowMs;
}
