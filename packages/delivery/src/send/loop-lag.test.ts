import { describe, expect, it } from 'vitest';
import type { Clock } from '../clock.ts';
import { isVoid, LoopLag } from './loop-lag.ts';

/** Time in which timers fire when somebody lets them: a loop that is blocked is one that nobody lets. */
function createBlockableClock() {
  let nowMs = 1000;
  let timers: { atMs: number; callback: () => void }[] = [];
  const after: Clock['after'] = (delayMs, callback) => {
    const timer = { atMs: nowMs + delayMs, callback };
    timers.push(timer);
    return {
      cancel() {
        timers = timers.filter((other) => other !== timer);
      },
    };
  };
  const unused = () => {
    throw new Error('not used');
  };
  const run = () => {
    const due = timers.filter(({ atMs }) => atMs <= nowMs);
    timers = timers.filter(({ atMs }) => atMs > nowMs);
    for (const { callback } of due) callback();
  };
  return {
    clock: { nowMs: () => nowMs, wallMs: () => nowMs, after, holdFor: unused, soon: unused } satisfies Clock,
    pending: () => timers.length,
    /** Time passes and the loop turns. */
    turn(ms: number, stepMs = 10) {
      for (let left = ms; left > 0; left -= stepMs) {
        nowMs += stepMs;
        run();
      }
    },
    block(ms: number) {
      nowMs += ms;
    },
    run,
  };
}

describe('the lag of the event loop', () => {
  it('is nothing while the loop turns', () => {
    const { clock, turn } = createBlockableClock();
    const watch = new LoopLag(clock).watch();
    turn(10_000);
    expect(watch.lateMs()).toBe(0);
  });

  it('is a block of thirty seconds, give or take a beat, before and after the timers have run', () => {
    const { clock, turn, block, run } = createBlockableClock();
    const watch = new LoopLag(clock).watch();
    turn(600);
    block(30_000);
    expect(watch.lateMs()).toBeGreaterThan(29_700);
    expect(watch.lateMs()).toBeLessThanOrEqual(30_000);
    run();
    const after = watch.lateMs();
    expect(after).toBeGreaterThan(29_700);
    turn(10_000);
    expect(watch.lateMs()).toBe(after);
  });

  it('is felt ever less often for a request that hangs for a day, and as closely as ever once another begins', () => {
    const { clock, turn, block } = createBlockableClock();
    let beats = 0;
    const after: Clock['after'] = (delayMs, callback) => {
      beats++;
      return clock.after(delayMs, callback);
    };
    const counting = { ...clock, after };
    const lag = new LoopLag(counting);
    lag.watch();
    turn(86_400_000, 1000);
    expect(beats).toBeLessThan(3000);
    const young = lag.watch();
    turn(300);
    block(1000);
    expect(young.lateMs()).toBeGreaterThan(700);
  });

  it('adds up blocks, and is of no concern to those who began to watch after them', () => {
    const { clock, turn, block } = createBlockableClock();
    const lag = new LoopLag(clock);
    const first = lag.watch();
    block(1000);
    turn(500);
    const second = lag.watch();
    block(1000);
    turn(500);
    expect(first.lateMs()).toBeGreaterThan(1400);
    expect(second.lateMs()).toBeLessThanOrEqual(1010);
  });

  it('is measured while somebody watches, and no timer is left then', () => {
    const { clock, turn, pending, block } = createBlockableClock();
    const lag = new LoopLag(clock);
    const watches = [lag.watch(), lag.watch()];
    turn(1000);
    expect(pending()).toBe(1);
    watches[0]?.end();
    expect(pending()).toBe(1);
    watches[1]?.end();
    expect(pending()).toBe(0);
    block(60_000);
    expect(lag.watch().lateMs()).toBe(0);
  });

  it.each([
    [100, 100, false],
    [101, 201, true],
    [101, 202, false],
    [29_900, 30_000, true],
    [4000, 10_000, false],
    [5001, 10_000, true],
    [0, 0, false],
  ])('of %i ms in an attempt of %i makes it void: %s', (lateMs, tookMs, expected) => {
    expect(isVoid(lateMs, tookMs)).toBe(expected);
  });
});
