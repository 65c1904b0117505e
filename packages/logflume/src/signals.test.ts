import { afterEach, describe, expect, it } from 'vitest';
import { handleSignals } from './signals.ts';

const releases: (() => void)[] = [];
const handle = () => {
  const release = handleSignals(() => Promise.resolve());
  releases.push(release);
  return release;
};
const listeners = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');

afterEach(() => {
  for (const release of releases.splice(0)) release();
});

// What happens when a signal comes is tested with real ones, in test/exit.
describe('handleSignals', () => {
  it('listens once for each signal, however many loggers there are, until the last lets go', () => {
    const before = listeners();
    const [first, second] = [handle(), handle()];
    expect(listeners()).toBe(before + 2);
    first();
    first();
    expect(listeners()).toBe(before + 2);
    second();
    expect(listeners()).toBe(before);
  });

  it('stands before listeners that came first, which may be gone when they have been called', () => {
    const theirs = () => undefined;
    process.once('SIGTERM', theirs);
    handle();
    expect(process.rawListeners('SIGTERM').at(-1)).toHaveProperty('listener', theirs);
    process.off('SIGTERM', theirs);
  });
});
