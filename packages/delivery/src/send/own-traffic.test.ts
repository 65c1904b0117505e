import { AsyncResource } from 'node:async_hooks';
import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.useRealTimers();
});

it('ends a second after its answer for what a request started and left running, also while another is under way', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  vi.resetModules(); // What was seen before would count.
  const { asOwnTraffic, isOwnTraffic } = await import('./own-traffic.ts');
  const seen: boolean[] = [];
  let look = (): number => seen.push(isOwnTraffic());
  await asOwnTraffic(async () => {
    look = AsyncResource.bind(look);
    look();
  });
  look();
  vi.advanceTimersByTime(1000);
  let answer = (): void => undefined;
  const other = asOwnTraffic(
    () =>
      new Promise<void>((resolve) => {
        answer = resolve;
        seen.push(isOwnTraffic());
      }),
  );
  look();
  answer();
  await other;
  vi.advanceTimersByTime(1000);
  expect(seen).toEqual([true, true, true, false]);
});
