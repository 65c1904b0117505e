import type { ExitParticipant } from '@logflume/delivery';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSeenIntake, type SeenIntake } from '../../test/seen-intake.ts';
import { noIntake } from './create-intake.ts';
import type { ResolvedRateLimit } from './rate-limit-options.ts';

const repeats = (windowMs: number, maxMessages = 1000) => ({ repeats: { windowMs, maxMessages } });
const rateLimit = (recordsPerSecond: number, rest: Partial<ResolvedRateLimit> = {}) => ({
  rateLimit: { recordsPerSecond, burstRecords: undefined, by: 'logger', upTo: 'info', ...rest } as const,
});
const bodies = ({ records }: SeenIntake) => records.map(({ body }) => body);

it('tells when the process ends, the last time in its exit handler, and lets everything go on after it', async () => {
  const ends: ExitParticipant[] = [];
  const seen = createSeenIntake(repeats(5000), { onProcessEnd: (participant) => ends.push(participant) });
  const log3 = () => {
    for (let i = 0; i < 3; i++) seen.log.info('m');
  };
  log3();
  await ends[0]?.beforeExit();
  expect(bodies(seen)).toEqual(['m', 'message repeated 2 times: [m]']);
  log3();
  ends[0]?.atExit(0, 0);
  expect(bodies(seen).slice(2)).toEqual(['message repeated 3 times: [m]']);
  log3();
  expect([seen.records.length, seen.clock.pendingTimers]).toEqual([6, 0]);
});

it('leaves what comes after the end to the delivery, which counts it', async () => {
  const processors = [() => null];
  const seen = createSeenIntake({ ...repeats(5000), ...rateLimit(1), processors });
  await seen.log.close();
  for (let i = 0; i < 3; i++) seen.log.info('m');
  expect([seen.records.length, seen.intake.suppressed().total]).toEqual([3, 0]);
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
