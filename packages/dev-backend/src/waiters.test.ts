import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWaiters } from './waiters.ts';

afterEach(() => vi.useRealTimers());

describe('createWaiters', () => {
  it('leaves no timer behind, however a wait ends', async () => {
    vi.useFakeTimers();
    const waiters = createWaiters();
    let isReady = false;
    const resolved = waiters.wait(() => isReady, 1000, String);
    const failed = expect(
      waiters.wait(
        () => false,
        1000,
        () => 'nothing',
      ),
    ).rejects.toThrow('nothing after 1000 ms');
    isReady = true;
    waiters.changed();
    await resolved;
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('checks once for many changes in one go', async () => {
    const waiters = createWaiters();
    const holds = vi.fn(() => false);
    const failed = expect(waiters.wait(holds, 60_000, String)).rejects.toThrow('closed');
    expect(holds).toHaveBeenCalledTimes(1);
    for (let change = 0; change < 100; change += 1) waiters.changed();
    await Promise.resolve();
    expect(holds).toHaveBeenCalledTimes(2);
    waiters.close();
    await failed;
  });
});
