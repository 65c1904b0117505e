import { describe, expect, it } from 'vitest';
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from './retry-after.ts';

const wallMs = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');

describe('parseRetryAfter', () => {
  it.each([
    ['0', undefined],
    ['000', undefined],
    ['1', 1000],
    [' 15 ', 15_000],
    ['007', 7000],
    ['299', 299_000],
    ['300', MAX_RETRY_AFTER_MS],
    ['301', MAX_RETRY_AFTER_MS],
    ['86400', MAX_RETRY_AFTER_MS],
    ['99999999999999999999999999', MAX_RETRY_AFTER_MS],
    ['-1', undefined],
    ['+5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['', undefined],
    ['   ', undefined],
    [undefined, undefined],
    ['soon', undefined],
    ['2026', 300_000],
    ['2026-10-21', undefined],
  ])('reads %j as %s ms', (value, expected) => {
    expect(parseRetryAfter(value, undefined, wallMs)).toBe(expected);
  });

  it.each([
    ['ten seconds on', 'Wed, 21 Oct 2026 07:28:10 GMT', 10_000],
    ['now', 'Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['past', 'Wed, 21 Oct 2026 07:27:59 GMT', undefined],
    ['a day on', 'Thu, 22 Oct 2026 07:28:00 GMT', MAX_RETRY_AFTER_MS],
  ])('reads a date that is %s', (_what, value, expected) => {
    expect(parseRetryAfter(value, undefined, wallMs)).toBe(expected);
  });

  it("measures from the reply's own date, so that a wrong clock of ours changes nothing", () => {
    const wrongMs = wallMs - 3_600_000;
    expect(parseRetryAfter('Wed, 21 Oct 2026 07:28:10 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT', wrongMs)).toBe(10_000);
    expect(parseRetryAfter('Wed, 21 Oct 2026 07:28:10 GMT', 'garbage', wallMs)).toBe(10_000);
  });
});
