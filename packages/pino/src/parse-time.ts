/** A moment as records have it. */
export interface RecordTime {
  /** Integer milliseconds since the epoch. */
  readonly timeMs: number;
  /** Nanoseconds within that millisecond, 0 … 999999. */
  readonly timeNanos: number;
}

/** A date and time with a zone: without one the same text means another moment on another machine. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.(\d{1,9}))?)?(?:Z|[+-]\d\d:\d\d)$/;

const MAX_DATE_MS = 8.64e15;

/**
 * Reads what a logger wrote as its time. Pure.
 *
 * Numbers, also as text, are seconds, milliseconds, microseconds or nanoseconds since the epoch, told apart by their
 * size: the ranges meet in the years 1973 and 5138.
 *
 * @param time - a number, an ISO 8601 text with a zone, or a `Date`.
 * @returns `undefined` for anything else: a local time without a zone, a time before 1970.
 */
export function parseTime(time: unknown): RecordTime | undefined {
  if (typeof time === 'number') return ofNumber(time);
  if (typeof time === 'string') return /^\d+(\.\d+)?$/.test(time) ? ofDigits(time) : ofIsoText(time);
  return time instanceof Date ? ofMs(time.getTime(), 0) : undefined;
}

function ofNumber(time: number): RecordTime | undefined {
  // The usual case, an integer of milliseconds.
  if (time >= 1e11 && time < 1e14 && Number.isInteger(time)) return { timeMs: time, timeNanos: 0 };
  const ms = time * msPerUnit(time);
  const whole = Math.floor(ms);
  return ofMs(whole, Math.min(Math.round((ms - whole) * 1e6), 999_999));
}

function msPerUnit(time: number): number {
  if (time < 1e11) return 1000;
  if (time < 1e14) return 1;
  return time < 1e17 ? 1e-3 : 1e-6;
}

/** Nanoseconds as digits do not fit a number, so these are cut as text. */
function ofDigits(text: string): RecordTime | undefined {
  if (text.length < 18 || text.includes('.')) return ofNumber(Number(text));
  return ofMs(Number(text.slice(0, -6)), Number(text.slice(-6)));
}

function ofIsoText(text: string): RecordTime | undefined {
  const match = ISO_TIME.exec(text);
  if (match === null) return undefined;
  return ofMs(Date.parse(text), Number((match[1] ?? '').slice(3).padEnd(6, '0')));
}

function ofMs(timeMs: number, timeNanos: number): RecordTime | undefined {
  return timeMs >= 0 && timeMs <= MAX_DATE_MS ? { timeMs, timeNanos } : undefined;
}
