import { AsyncResource } from 'node:async_hooks';
import type { Clock } from './clock.ts';

/**
 * A clock whose callbacks run in the context this delivery was made in. A log call happens inside a request; without
 * this the engine's own work would run, and keep alive, whatever that request's async context holds.
 */
export function inOwnContext(clock: Clock): Clock {
  const resource = new AsyncResource('logflume');
  const bound = (callback: () => void) => () => resource.runInAsyncScope(callback);
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    after: (delayMs, callback) => clock.after(delayMs, bound(callback)),
    holdFor: (delayMs, callback) => clock.holdFor(delayMs, bound(callback)),
    soon: (callback) => clock.soon(bound(callback)),
  };
}
