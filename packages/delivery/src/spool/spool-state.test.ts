import { describe, expect, test } from 'vitest';
import type { DiskTrouble } from './disk-error.ts';
import { afterDiskEvent, canTry, type DiskHealth, type FailureFacts, initialHealth } from './spool-state.ts';

const fresh: FailureFacts = { failures: 0, canEvict: true, hadFrames: true };
const full: DiskHealth = { state: 'full', ioErrors: 0, retryAtMs: 1500 };
const bad: DiskHealth = { state: 'bad', ioErrors: 3, retryAtMs: 60_000 };

function fail(health: DiskHealth, trouble: DiskTrouble, facts: Partial<FailureFacts> = {}): readonly [string, string] {
  const step = afterDiskEvent(health, { kind: 'failed', trouble, facts: { ...fresh, ...facts } }, 500);
  return [step.health.state, step.action];
}

describe('a failure', () => {
  test.each([
    // trouble, facts, next state, action
    ['noRoom', {}, 'ok', 'evict'],
    ['noRoom', { canEvict: false }, 'full', 'refuse'],
    ['noRoom', { failures: 1 }, 'full', 'refuse'],
    ['fileLimit', {}, 'ok', 'roll'],
    ['fileLimit', { hadFrames: false }, 'full', 'refuse'],
    ['fileLimit', { failures: 1 }, 'full', 'refuse'],
    ['io', {}, 'ok', 'roll'],
    ['io', { failures: 1 }, 'ok', 'refuse'],
    ['gone', {}, 'ok', 'recreate'],
    ['gone', { failures: 1 }, 'bad', 'refuse'],
    ['noDescriptor', {}, 'bad', 'refuse'],
    ['denied', {}, 'bad', 'refuse'],
  ] as const)('%s %j of a good disk: %s, %s', (trouble, facts, state, action) => {
    expect(fail(initialHealth, trouble, facts)).toEqual([state, action]);
  });

  test('evicts one segment per episode: a disk others fill is not fed', () => {
    expect(fail(full, 'noRoom')).toEqual(['full', 'refuse']);
  });

  test('of the device makes the disk bad at the third in a row, not in all', () => {
    let health = initialHealth;
    const io = { kind: 'failed', trouble: 'io', facts: fresh } as const;
    for (let times = 0; times < 5; times++) {
      health = afterDiskEvent(health, io, 0).health;
      health = afterDiskEvent(health, io, 0).health;
      expect(health).toMatchObject({ state: 'ok', ioErrors: 2 });
      health = afterDiskEvent(health, { kind: 'written' }, 0).health;
    }
    for (let times = 0; times < 3; times++) health = afterDiskEvent(health, io, 0).health;
    expect(health).toEqual({ state: 'bad', ioErrors: 3, retryAtMs: 60_000 });
  });
});

test('a full disk is tried again after a second, or at once when files were deleted', () => {
  expect(canTry(full, 1499)).toBe(false);
  expect(canTry(full, 1500)).toBe(true);
  expect(canTry(afterDiskEvent(full, { kind: 'roomFreed' }, 600).health, 600)).toBe(true);
});

test('a bad disk takes nothing until a probe works', () => {
  expect(canTry(bad, 10_000_000)).toBe(false);
  expect(afterDiskEvent(bad, { kind: 'roomFreed' }, 0).health).toBe(bad);
  expect(afterDiskEvent(bad, { kind: 'probed' }, 0).health).toEqual(initialHealth);
});

test('our own limit refuses like a full disk', () => {
  const step = afterDiskEvent(initialHealth, { kind: 'overQuota' }, 0);
  expect(step).toEqual({ health: { state: 'full', ioErrors: 0, retryAtMs: 1000 }, action: 'refuse' });
});
