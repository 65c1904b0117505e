import { describe, expect, it } from 'vitest';
import { parseTime } from './parse-time.ts';

const ms = 1_795_000_000_123;

describe('parseTime', () => {
  it.each<[string, unknown, number, number]>([
    ['milliseconds', ms, ms, 0],
    ['milliseconds as text', String(ms), ms, 0],
    ['milliseconds with a fraction', ms + 0.5, ms, 500_000],
    ['seconds', 1_795_000_000, 1_795_000_000_000, 0],
    ['seconds with a fraction', 1_795_000_000.25, 1_795_000_000_250, 0],
    ['microseconds', 1_795_000_000_123_000, ms, 0],
    ['nanoseconds as text, to the last digit', '1795000000123456789', ms, 456_789],
    ['ISO 8601', '2026-11-18T11:06:40.123Z', ms, 0],
    ['ISO 8601 with nanoseconds', '2026-11-18T11:06:40.123456789Z', ms, 456_789],
    ['ISO 8601 with an offset', '2026-11-18T13:06:40.123+02:00', ms, 0],
    ['a Date', new Date(ms), ms, 0],
    ['the epoch', 0, 0, 0],
  ])('reads %s', (_, time, timeMs, timeNanos) => {
    expect(parseTime(time)).toStrictEqual({ timeMs, timeNanos });
  });

  it.each<[string, unknown]>([
    ['a local time without a zone', '2026-11-18T11:06:40.123'],
    ['a date that is none', '2026-13-45T11:06:40Z'],
    ['a Date that is none', new Date(Number.NaN)],
    ['text', 'spoof'],
    ['empty text', ''],
    ['a time before 1970', -1],
    ['no number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['digits without end', '9'.repeat(400)],
    ['an object', {}],
    ['nothing', undefined],
  ])('leaves %s to the caller', (_, time) => {
    expect(parseTime(time)).toBeUndefined();
  });
});
