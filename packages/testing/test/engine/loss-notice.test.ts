import type { Loss, MakeLossRecord } from '@logflume/delivery';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TextRecord } from '../../../delivery/test/text-records.ts';
import { createEngine, type Engine, ERROR, INFO, isLawful, ok, refused, WARN } from './engine.ts';

const lossRecord: MakeLossRecord<TextRecord> = ({ reason, records, fromMs, toMs, total }) => ({
  record: { text: `lost ${records} of ${total} ${reason} in ${toMs - fromMs} ms` },
  severityNumber: WARN,
  group: 0,
});

const small = { fallback: 'none', queue: { maxBytes: 64 * 1024 }, lossRecord } as const;
const noStdio = { stdio: undefined };

/** Logs about `bytes` in records of 1 kB, which an endpoint that is down makes drop what is over the budget. */
function overflow({ log }: Engine, records = 200): void {
  for (let i = 0; i < records; i++) log(`${i} ${'x'.repeat(1000)}`);
}

const notices = (engine: Engine) => engine.sent().filter((text) => text.startsWith('lost '));

describe('the record of a loss', () => {
  // Without a fallback its lines go to the real stderr.
  beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
  afterEach(() => vi.restoreAllMocks());

  it('reaches the backend once it takes records again: how many, why and when', async () => {
    let isDown = true;
    const engine = createEngine(() => (isDown ? refused : ok), { ...small, ...noStdio });
    overflow(engine);
    await engine.clock.advance(5000);
    overflow(engine, 50);
    const { byReason } = engine.delivery.stats().dropped;
    expect(byReason.queue_full).toBeGreaterThan(50);
    expect(notices(engine)).toEqual([]);
    isDown = false;
    await engine.clock.advance(60_000);
    expect(new Set(notices(engine))).toEqual(
      new Set([`lost ${byReason.queue_full} of ${byReason.queue_full} queue_full in 5000 ms`]),
    );
    expect(isLawful(engine)).toBe(true);
  });

  it('is counted as one more record, and nothing else is', async () => {
    let isDown = true;
    const engine = createEngine(() => (isDown ? refused : ok), { ...small, ...noStdio });
    overflow(engine);
    isDown = false;
    await engine.clock.advance(60_000);
    const { accepted, delivered, dropped, pending } = engine.delivery.stats();
    expect([accepted, delivered + dropped.total, pending]).toEqual([201, 201, 0]);
  });

  it('comes at most once in thirty seconds, with the sum of what was lost in between', async () => {
    // Every request takes a second, so the queue overflows all the time while records are delivered.
    const engine = createEngine(() => ({ ...ok, delayMs: 1000 }), { ...small, ...noStdio });
    for (let second = 0; second < 65; second++) {
      overflow(engine, 300);
      await engine.clock.advance(1000);
    }
    await engine.clock.advance(60_000);
    const told = notices(engine).map((text) => Number(/^lost (\d+)/.exec(text)?.[1]));
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(4);
    expect(told.reduce((sum, records) => sum + records, 0)).toBe(engine.delivery.stats().dropped.total);
    expect(isLawful(engine)).toBe(true);
  });

  it('leaves with a close that can still send it', async () => {
    let isDown = true;
    const engine = createEngine(() => (isDown ? refused : ok), { ...small, ...noStdio });
    overflow(engine);
    isDown = false;
    await engine.clock.advance(300);
    const closing = engine.delivery.close();
    await engine.clock.advance(5000);
    await closing;
    expect(notices(engine)).toHaveLength(1);
    expect(isLawful(engine)).toBe(true);
  });

  it('does not go round in circles when it is itself lost', async () => {
    let made = 0;
    const broken: MakeLossRecord<TextRecord> = () => {
      made++;
      const onEncode = () => {
        throw new RangeError('no');
      };
      return { record: { text: '', onEncode }, severityNumber: WARN, group: 0 };
    };
    const engine = createEngine(() => ok, { ...small, ...noStdio, lossRecord: broken });
    engine.delivery.enqueue({ text: '', onEncode: () => JSON.parse('{') }, ERROR, 0);
    for (let second = 0; second < 100; second++) {
      engine.log('alive');
      await engine.clock.advance(1000);
    }
    const { dropped } = engine.delivery.stats();
    expect(made).toBeGreaterThanOrEqual(2);
    expect(made).toBeLessThanOrEqual(4);
    expect(dropped.total).toBe(1 + made);
    expect(isLawful(engine)).toBe(true);
  });

  it('survives one that cannot be made', async () => {
    const engine = createEngine(() => ok, {
      ...small,
      ...noStdio,
      lossRecord(_: Loss) {
        throw new Error('mine');
      },
    });
    engine.delivery.enqueue({ text: '', onEncode: () => JSON.parse('{') }, INFO, 0);
    engine.log('alive');
    await engine.clock.advance(10_000);
    expect(engine.sent()).toEqual(['alive']);
    expect(isLawful(engine)).toBe(true);
  });
});
