import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordClock } from './record-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function tick(clock: RecordClock): [number, number] {
  clock.tick();
  return [clock.timeMs, clock.timeNanos];
}

describe('RecordClock', () => {
  it('keeps the order within a millisecond and starts again with the next', () => {
    const clock = new RecordClock();
    expect([tick(clock), tick(clock), tick(clock)]).toStrictEqual([
      [1000, 0],
      [1000, 1],
      [1000, 2],
    ]);
    vi.setSystemTime(1001);
    expect(tick(clock)).toStrictEqual([1001, 0]);
  });

  it('follows the wall clock back', () => {
    const clock = new RecordClock();
    tick(clock);
    vi.setSystemTime(500);
    expect(tick(clock)).toStrictEqual([500, 0]);
  });

  it('never counts into the next millisecond', () => {
    const clock = new RecordClock();
    for (let i = 0; i < 1_000_000; i++) clock.tick();
    expect(tick(clock)).toStrictEqual([1000, 999_999]);
  });
});
