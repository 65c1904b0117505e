import type { LogRecordInput } from '@logflume/otlp';
import { describe, expect, it } from 'vitest';
import { createSeenIntake, type SeenIntake } from '../../test/seen-intake.ts';
import { emitRecord } from '../emit-record.ts';
import { RepeatTable } from './repeat-table.ts';

const emptyRecord: LogRecordInput = {
  timeMs: 0,
  timeNanos: 0,
  observedTimeMs: 0,
  observedTimeNanos: 0,
  severityNumber: 9,
  severityText: 'INFO',
  body: undefined,
  attributes: undefined,
  exception: undefined,
  bound: undefined,
  eventName: '',
  traceId: '',
  spanId: '',
  traceFlags: 0,
};
const repeats = (windowMs: number, maxMessages = 1000) => ({ repeats: { windowMs, maxMessages } });
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
      seen.log.info('');
      seen.log.info('x'.repeat(1025));
      seen.log.fatal('m');
    }
    expect(seen.records).toHaveLength(8);
    for (let i = 0; i < 2; i++)
      emitRecord(seen.log, { severityNumber: 9, severityText: '', body: 'm', exception: hostile });
    expect(seen.records).toHaveLength(9);
  });

  it('of a message too many end early', async () => {
    const seen = createSeenIntake(repeats(5000, 2));
    for (const text of ['a', 'a', 'b', 'b', 'c', 'c', 'a']) seen.log.info(text);
    const told = ['a', 'b', 'message repeated 1 time: [a]', 'c', 'message repeated 1 time: [b]', 'a'];
    expect(bodies(seen)).toEqual(told);
    await seen.log.flush();
    expect(bodies(seen).slice(told.length)).toEqual(['message repeated 1 time: [c]']);
  });

  it('whose time has ended before a timer could run are told of by the next one', () => {
    const told: number[] = [];
    const table = new RepeatTable({ windowMs: 100, maxMessages: 10 }, ({ records }) => told.push(records));
    const record = { ...emptyRecord, body: 'm' };
    table.remember('m', record, 0, 0);
    expect([table.absorb('m', 99), table.absorb('m', 100), told]).toEqual([100, undefined, [1]]);
    table.remember('m', record, 0, 100);
    expect(table.absorb('m', 199)).toBe(200);
  });

  it('are told with the share and the number that kept the first one', async () => {
    const sampling = { ratio: 0.5, levels: {}, loggers: {} };
    const seen = createSeenIntake({ ...repeats(5000), sampling });
    const log = seen.log.child({ region: 'eu' });
    for (let i = 0; i < 40; i++) log.info('m');
    await log.flush();
    const [first, summary, ...others] = seen.records.map(({ attributes }) => attributes);
    expect([summary?.['sampling.threshold'], others]).toEqual(['8', []]);
    expect(summary?.['sampling.randomness']).toBe(first?.['sampling.randomness']);
  });

  it('are told without the secrets of their text', async () => {
    const seen = createSeenIntake(repeats(5000), { redact: { values: true } });
    for (let i = 0; i < 2; i++) seen.log.info('authorization: Bearer abcdefghijklmnop1234');
    await seen.log.flush();
    expect(seen.records).toHaveLength(2);
    expect(seen.encoded.some((bytes) => bytes.includes('abcdefghijklmnop1234'))).toBe(false);
  });
});
