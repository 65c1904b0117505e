import type { ExitParticipant } from '@logflume/delivery';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeenIntake, type SeenIntake } from '../../test/seen-intake.ts';
import { emitRecord } from '../emit-record.ts';
import { noIntake } from './create-intake.ts';
import { toTemplate } from './message-key.ts';
import type { ResolvedRateLimit } from './rate-limit-options.ts';
import { nextTellMs, refill } from './rate-limiter.ts';

const repeats = (windowMs: number, maxMessages = 1000) => ({ repeats: { windowMs, maxMessages } });
const rateLimit = (recordsPerSecond: number, rest: Partial<ResolvedRateLimit> = {}) => ({
  rateLimit: { recordsPerSecond, burstRecords: undefined, by: 'logger', upTo: 'info', ...rest } as const,
});
const bodies = ({ records }: SeenIntake) => records.map(({ body }) => body);

describe('repeats', () => {
  it('are left out, and told by one record with their number when the time ends', async () => {
    const seen = createSeenIntake(repeats(5000));
    const log = seen.log.child({ region: 'eu' }, { name: 'db' });
    for (let i = 0; i < 4; i++) {
      log.error('connection refused', new RangeError(`attempt ${i}`));
      await seen.clock.advance(1000);
    }
    expect(seen.records.map(({ attributes }) => attributes['exception.message'])).toEqual(['attempt 0']);
    expect(seen.intake.suppressed()).toMatchObject({ total: 3, byReason: { repeated: 3 } });
    await seen.clock.advance(1000);
    expect(seen.records).toHaveLength(2);
    expect(seen.last()).toMatchObject({
      scope: 'db',
      severityNumber: 17,
      severityText: 'ERROR',
      body: 'message repeated 3 times: [connection refused]',
      eventName: 'logflume.records.repeated',
      timeUnixNano: `${Date.UTC(2026, 0, 1, 0, 0, 3)}000000`,
      observedTimeUnixNano: `${Date.UTC(2026, 0, 1, 0, 0, 5)}000000`,
      attributes: {
        region: 'eu',
        'logflume.repeated.records': 3,
        'logflume.repeated.first_time': '2026-01-01T00:00:01.000Z',
        'logflume.repeated.last_time': '2026-01-01T00:00:03.000Z',
        'exception.type': 'RangeError',
      },
    });
    expect(seen.clock.pendingTimers).toBe(0);
    log.error('connection refused', new RangeError('anew'));
    expect(seen.records).toHaveLength(3);
  });

  it('are told by a flush, after which their time goes on', async () => {
    const seen = createSeenIntake(repeats(5000));
    for (let i = 0; i < 2; i++) seen.log.info('m');
    await seen.log.flush();
    expect(bodies(seen)).toEqual(['m', 'message repeated 1 time: [m]']);
    for (let i = 0; i < 2; i++) seen.log.info('m');
    await seen.log.flush();
    await seen.log.flush();
    expect(bodies(seen).slice(2)).toEqual(['message repeated 2 times: [m]']);
  });

  it.each<[string, (log: SeenIntake['log']) => void]>([
    ['another message', (log) => log.info('n')],
    ['another level', (log) => log.warn('m')],
    ['another logger', (log) => log.child({}, { name: 'db' }).info('m')],
    ['another type of error', (log) => log.info('m', new RangeError('m'))],
    ['an event of that text', (log) => log.event('e', {}, { body: 'm' })],
  ])('are no records of %s', (_, write) => {
    const seen = createSeenIntake(repeats(5000));
    seen.log.info('m');
    write(seen.log);
    expect(seen.records).toHaveLength(2);
  });

  it('are no records without a text, with a long one, or of fatal, and nothing hostile counts as one', () => {
    const seen = createSeenIntake(repeats(5000));
    const hostile = new Proxy(new Error('x'), {
      get: () => {
        throw new Error('trap');
      },
    });
    for (let i = 0; i < 2; i++) {
      seen.log.event('e', { i });
      seen.log.info('x'.repeat(1025));
      seen.log.fatal('m');
    }
    expect(seen.records).toHaveLength(6);
    for (let i = 0; i < 2; i++)
      emitRecord(seen.log, { severityNumber: 9, severityText: '', body: 'm', exception: hostile });
    expect(seen.records).toHaveLength(7);
  });

  it('of a message too many end early', async () => {
    const seen = createSeenIntake(repeats(5000, 2));
    for (const text of ['a', 'a', 'b', 'b', 'c', 'c', 'a']) seen.log.info(text);
    const told = ['a', 'b', 'message repeated 1 time: [a]', 'c', 'message repeated 1 time: [b]', 'a'];
    expect(bodies(seen)).toEqual(told);
    await seen.log.flush();
    expect(bodies(seen).slice(told.length)).toEqual(['message repeated 1 time: [c]']);
  });

  it('are told without the secrets of their text', async () => {
    const seen = createSeenIntake(repeats(5000), { redact: { values: true } });
    for (let i = 0; i < 2; i++) seen.log.info('authorization: Bearer abcdefghijklmnop1234');
    await seen.log.flush();
    expect(seen.records).toHaveLength(2);
    expect(seen.encoded.some((bytes) => bytes.includes('abcdefghijklmnop1234'))).toBe(false);
  });
});

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

it('tells the last time when the process ends, and lets everything go on after it', () => {
  const ends: ExitParticipant[] = [];
  const seen = createSeenIntake(repeats(5000), { onProcessEnd: (participant) => ends.push(participant) });
  const log3 = () => {
    for (let i = 0; i < 3; i++) seen.log.info('m');
  };
  log3();
  for (const each of ends) each.atExit(0, 0);
  expect(bodies(seen)).toEqual(['m', 'message repeated 2 times: [m]']);
  log3();
  expect([seen.records.length, seen.clock.pendingTimers]).toEqual([5, 0]);
});

it('takes other limits while it runs, and tells of what the ones before held back', () => {
  const seen = createSeenIntake(repeats(5000));
  for (const limits of [{ ...noIntake, ...rateLimit(1) }, noIntake]) {
    for (let i = 0; i < 3; i++) seen.log.info('m');
    seen.intake.setThrottle(limits);
  }
  for (let i = 0; i < 2; i++) seen.log.info('m');
  const told = ['message repeated 2 times: [m]', 'm', '2 records suppressed in the last 1 second', 'm', 'm'];
  expect(bodies(seen)).toEqual(['m', ...told]);
  expect(seen.clock.pendingTimers).toBe(0);
});

it('loses count of nothing, whatever comes when', async () => {
  const anyCall = fc.record({
    text: fc.constantFrom('a', 'b', 'c 1', 'c 2'),
    level: fc.constantFrom('info', 'warn', 'fatal'),
    thenMs: fc.constantFrom(0, 0, 0, 10, 900, 4000, 20_000),
    flush: fc.boolean(),
  });
  const anyOptions = fc.record({
    windowMs: fc.constantFrom(undefined, 1, 1000, 5000),
    maxMessages: fc.integer({ min: 1, max: 4 }),
    recordsPerSecond: fc.constantFrom(undefined, 0.1, 1, 1000),
    by: fc.constantFrom('logger', 'message'),
    upTo: fc.constantFrom('info', 'fatal'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { maxLength: 40 }), anyOptions, async (calls, options) => {
      const { windowMs, maxMessages, recordsPerSecond, by, upTo } = options;
      const seen = createSeenIntake({
        repeats: { windowMs, maxMessages },
        rateLimit: { recordsPerSecond, burstRecords: undefined, by, upTo },
      });
      for (const { text, level, thenMs, flush } of calls) {
        seen.log.log(level, text);
        await seen.clock.advance(thenMs);
        if (flush) await seen.log.flush();
      }
      await seen.log.close();
      const numbers = (name: string) => seen.records.map(({ attributes }) => Number(attributes[name] ?? 0));
      const sum = (name: string) => numbers(name).reduce((all, each) => all + each, 0);
      const { repeated, rate_limited } = seen.intake.suppressed().byReason;
      expect([sum('logflume.repeated.records'), sum('logflume.suppressed.records')]).toEqual([repeated, rate_limited]);
      const own = seen.records.filter(({ eventName }) => eventName === '').length;
      expect(own + repeated + rate_limited).toBe(calls.length);
      expect(seen.clock.pendingTimers).toBe(0);
    }),
    { numRuns: 200 },
  );
});
