import { describe, expect, it } from 'vitest';
import { createSeenIntake, type SeenIntake } from '../../test/seen-intake.ts';
import { emitRecord } from '../emit-record.ts';
import { toTemplate } from './message-key.ts';
import type { ResolvedRateLimit } from './rate-limit-options.ts';
import { nextTellMs, refill } from './rate-limiter.ts';

const repeats = (windowMs: number, maxMessages = 1000) => ({ repeats: { windowMs, maxMessages } });
const rateLimit = (recordsPerSecond: number, rest: Partial<ResolvedRateLimit> = {}) => ({
  rateLimit: { recordsPerSecond, burstRecords: undefined, by: 'logger', upTo: 'info', ...rest } as const,
});
const bodies = ({ records }: SeenIntake) => records.map(({ body }) => body);

describe('a rate limit', () => {
  it('lets a burst through, then so many a second, and tells when the bucket is full again', async () => {
    const seen = createSeenIntake(rateLimit(10, { burstRecords: 20 }));
    const db = seen.log.child({}, { name: 'db' });
    for (let i = 0; i < 50; i++) db.info('m', { i });
    expect(seen.records).toHaveLength(20);
    await seen.clock.advance(500);
    for (let i = 0; i < 10; i++) db.info('m', { i });
    expect(seen.records).toHaveLength(25);
    await seen.clock.advance(1999);
    expect([seen.records.length, seen.intake.suppressed().byReason.rate_limited]).toEqual([25, 35]);
    await seen.clock.advance(1);
    expect(seen.last()).toMatchObject({
      scope: 'db',
      severityNumber: 9,
      severityText: 'INFO',
      body: '35 records suppressed in the last 3 seconds',
      eventName: 'logflume.records.suppressed',
      attributes: {
        'logflume.suppressed.reason': 'rate_limited',
        'logflume.suppressed.records': 35,
        'logflume.suppressed.first_time': '2026-01-01T00:00:00.000Z',
        'logflume.suppressed.last_time': '2026-01-01T00:00:00.500Z',
      },
    });
    expect(seen.clock.pendingTimers).toBe(0);
  });

  it('tells every ten seconds of a flood that does not end, and at a flush', async () => {
    const seen = createSeenIntake(rateLimit(1, { burstRecords: 5 }));
    for (let i = 0; i < 100; i++) {
      seen.log.info('m');
      await seen.clock.advance(250);
    }
    await seen.log.flush();
    // 29 go on: the burst, and one a second.
    expect(bodies(seen).filter((body) => body !== 'm')).toEqual([
      '30 records suppressed in the last 10 seconds',
      '30 records suppressed in the last 10 seconds',
      '11 records suppressed in the last 4 seconds',
    ]);
  });

  it('is one for each logger and level, up to info unless more is asked for', () => {
    const [usual, asked] = [createSeenIntake(rateLimit(1)), createSeenIntake(rateLimit(1, { upTo: 'error' }))];
    for (const { log } of [usual, asked]) {
      for (const each of [log, log.child({}, { name: 'db' })]) {
        for (let i = 0; i < 3; i++) {
          each.debug(`debug ${i}`);
          each.info(`info ${i}`);
          each.error(`error ${i}`);
          each.fatal('fatal');
        }
      }
    }
    expect([usual.records.length, asked.records.length]).toEqual([16, 12]);
  });

  it('is one for each message, where that is asked for, and shows the last one', async () => {
    const seen = createSeenIntake(rateLimit(1, { by: 'message' }));
    for (let i = 0; i < 3; i++) seen.log.info(`user ${i} took ${i}ms`);
    seen.log.info('another');
    expect(bodies(seen)).toEqual(['user 0 took 0ms', 'another']);
    await seen.log.flush();
    expect(seen.last().attributes).toMatchObject({ 'logflume.suppressed.message': 'user 2 took 2ms' });
  });

  it('knows a thousand keys, and tells of one it forgets', () => {
    const seen = createSeenIntake(rateLimit(1, { by: 'message' }));
    const letters = (i: number) => [...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    seen.log.info('first');
    seen.log.info('first');
    for (let i = 0; i < 1000; i++) seen.log.info(letters(i));
    expect(bodies(seen).filter((body) => String(body).includes('suppressed'))).toEqual([
      '1 record suppressed in the last 1 second',
    ]);
  });

  it('forgets the key that was not used for longest', () => {
    const seen = createSeenIntake(rateLimit(1, { by: 'message' }));
    const letters = (i: number) => [...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    for (let i = 0; i < 1000; i++) seen.log.info(letters(i));
    for (const text of ['a', 'another', 'a']) seen.log.info(text);
    expect([seen.records.length, seen.intake.suppressed().byReason.rate_limited]).toEqual([1001, 2]);
  });

  it('holds for all numbers of a level, and for records that have none', () => {
    const seen = createSeenIntake(rateLimit(1));
    for (const severityNumber of [12, 12, 0, 0, 13, 13]) emitRecord(seen.log, { severityNumber, severityText: '' });
    expect(seen.records.map(({ severityNumber }) => severityNumber)).toEqual([12, 0, 13, 13]);
  });

  it('stands behind repeats: what was beyond it is not told of as repeated', () => {
    const seen = createSeenIntake({ ...rateLimit(1), ...repeats(5000) });
    for (const text of ['a', 'a', 'b', 'b']) seen.log.info(text);
    expect(bodies(seen)).toEqual(['a']);
    expect(seen.intake.suppressed().byReason).toMatchObject({ repeated: 1, rate_limited: 2 });
  });

  it.each([
    [0, 500, 5],
    [19, 500, 20],
    [3, -1000, 3],
  ])('has of %d tokens after %d ms %d', (tokens, elapsedMs, left) => {
    expect(refill(tokens, elapsedMs, { perSecond: 10, burst: 20 })).toBe(left);
  });

  it.each([
    ['full in 3 s', { tokens: 0, atMs: 1000, fromMs: 0 }, 3000],
    ['full at once', { tokens: 20, atMs: 10, fromMs: 10 }, 1010],
    ['never full', { tokens: 0, atMs: 9900, fromMs: 0 }, 10_000],
  ])('tells of a bucket that is %s', (_, bucket, atMs) => {
    expect(nextTellMs(bucket, { perSecond: 10, burst: 20 })).toBe(atMs);
  });
});

it('takes words with digits for values', () => {
  expect(toTemplate('GET /orders/4711?a=0x1f took 12ms for user-7 (de305d54-75b4-431b-adb2-eb6b9e546014)')).toBe(
    'GET /orders/#?a=# took # for # (#)',
  );
});
