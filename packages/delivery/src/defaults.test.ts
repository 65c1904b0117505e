import { describe, expect, it } from 'vitest';
import { defaultQueueBytes, defaults } from './defaults.ts';

const MiB = 1024 * 1024;

describe('the default queue', () => {
  it.each([
    ['a small container', 128 * MiB, 16 * MiB],
    ['just below the cap', 512 * MiB - 8, 64 * MiB - 1],
    ['at the cap', 512 * MiB, 64 * MiB],
    ['a large machine', 64 * 1024 * MiB, 64 * MiB],
  ])('of %s is an eighth of its memory, at most 64 MiB', (_what, memoryBytes, expected) => {
    expect(defaultQueueBytes(memoryBytes)).toBe(expected);
  });

  it('of this process is between nothing and 64 MiB', () => {
    expect(defaultQueueBytes()).toBeGreaterThan(0);
    expect(defaultQueueBytes()).toBeLessThanOrEqual(64 * MiB);
  });
});

describe('the defaults', () => {
  it('cannot be changed from outside', () => {
    expect(Object.isFrozen(defaults)).toBe(true);
  });

  it('fit into one another: an exit ends within its time, a connection within its attempt', () => {
    expect(defaults.connectTimeoutMs).toBeLessThan(defaults.timeoutMs);
    expect(defaults.exitWorkerTimeoutMs + defaults.exitFallbackTimeoutMs).toBeLessThan(defaults.exitTimeoutMs);
    expect(defaults.maxRecordBytes).toBeLessThanOrEqual(defaults.maxBatchBytes);
  });
});
