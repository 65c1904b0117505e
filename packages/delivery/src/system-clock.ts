import { randomUUID } from 'node:crypto';
import type { Clock, Random } from './clock.ts';

/** The longest delay of a Node.js timer: a longer one fires after 1 ms. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

// Taken at the start: a test of an application puts timers of its own in their place, and waits for `flush` nevertheless.
const { setTimeout, clearTimeout, setImmediate } = globalThis;

/** The process's own time. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  holdFor(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  soon(callback) {
    setImmediate(callback);
  },
};

/** The process's own chance. */
export const systemRandom: Random = {
  next: Math.random,
  id: () => randomUUID().replaceAll('-', ''),
};
