import { describe, expect, it } from 'vitest';
import { createManualClock } from './manual-clock.ts';

describe('a manual clock', () => {
  it('runs what is due in the order it is due, equals in the order they were set', async () => {
    const clock = createManualClock();
    const order: string[] = [];
    for (const [name, ms] of [
      ['c', 20],
      ['a', 10],
      ['d', 20],
      ['b', 10],
    ] as const)
      clock.after(ms, () => order.push(name));
    await clock.advance(19);
    expect(order).toEqual(['a', 'b']);
    await clock.advance(1);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('runs what a timer and its promises set off before the next timer', async () => {
    const clock = createManualClock();
    const order: string[] = [];
    clock.after(10, () => {
      order.push(`timer at ${clock.nowMs()}`);
      clock.after(5, () => order.push(`nested at ${clock.nowMs()}`));
      clock.soon(() => order.push('soon'));
      void Promise.resolve().then(async () => {
        for (let i = 0; i < 50; i++) await undefined;
        order.push('promise');
      });
    });
    clock.after(12, () => order.push(`next at ${clock.nowMs()}`));
    await clock.advance(100);
    expect(order).toEqual(['timer at 10', 'promise', 'soon', 'next at 12', 'nested at 15']);
    expect(clock.nowMs()).toBe(100);
  });

  it('takes timers back, and counts what is left', () => {
    const clock = createManualClock();
    const timer = clock.after(10, () => undefined);
    clock.holdFor(5, () => undefined);
    expect([clock.pendingTimers, clock.holdingTimers, clock.nextTimerMs]).toEqual([2, 1, 5]);
    timer.cancel();
    timer.cancel();
    expect([clock.pendingTimers, clock.holdingTimers]).toEqual([1, 1]);
  });

  it('moves both times on, and shifts the wall alone', async () => {
    const clock = createManualClock({ nowMs: 5, wallMs: 1000 });
    await clock.advance(10);
    expect([clock.nowMs(), clock.wallMs()]).toEqual([15, 1010]);
    clock.shiftWall(-500);
    expect([clock.nowMs(), clock.wallMs()]).toEqual([15, 510]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
    'refuses a delay of %f, which a real timer gets wrong',
    (ms) => {
      expect(() => createManualClock().after(ms, () => undefined)).toThrow(RangeError);
    },
  );
});
