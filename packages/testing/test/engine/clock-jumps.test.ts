import { describe, expect, it } from 'vitest';
import { createEngine, isLawful, ok, refused } from './engine.ts';

const HOUR_MS = 3_600_000;

describe('a jump of the wall clock (F43)', () => {
  it.each([HOUR_MS, -HOUR_MS])('of %i ms expires nothing and delays nothing (F43)', async (ms) => {
    let isUp = false;
    const engine = createEngine(() => (isUp ? ok : refused), { retry: { maxAgeMs: 120_000 } });
    for (let i = 0; i < 100; i++) engine.log(`${i}`);
    await engine.clock.advance(30_000);
    engine.clock.shiftWall(ms);
    await engine.clock.advance(30_000);
    expect(engine.delivery.stats()).toMatchObject({ pending: 100, fallback: 0 });
    isUp = true;
    await engine.clock.advance(15_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 100, pending: 0 });
  });

  it('moves no Retry-After', async () => {
    const engine = createEngine((_, number) =>
      number === 0 ? { kind: 'reply', status: 503, retryAfter: '60', delayMs: 1 } : ok,
    );
    engine.log('a');
    await engine.clock.advance(1000);
    engine.clock.shiftWall(HOUR_MS);
    await engine.clock.advance(58_000);
    expect(engine.network.requests.length).toBe(1);
    await engine.clock.advance(8000);
    expect(engine.delivery.stats().delivered).toBe(1);
  });
});

describe('a machine that slept for ten minutes (F43)', () => {
  it('sends what waited, and gives nothing up that is younger than its limit', async () => {
    const engine = createEngine(() => ok);
    for (let i = 0; i < 100; i++) engine.log(`${i}`);
    await engine.clock.suspend(10 * 60_000);
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 100, fallback: 0, pending: 0 });
    expect(isLawful(engine)).toBe(true);
  });

  it('in the middle of an outage probes once per endpoint when it wakes, not once for every probe it missed', async () => {
    const engine = createEngine(() => refused);
    for (let i = 0; i < 100; i++) engine.log(`${i}`);
    await engine.clock.advance(60_000);
    const before = engine.network.requests.length;
    await engine.clock.suspend(10 * 60_000);
    expect(engine.network.requests.length - before).toBeLessThanOrEqual(1);
    expect(engine.delivery.stats()).toMatchObject({ pending: 100, fallback: 0 });
  });

  it('settles a flush whose deadline passed meanwhile', async () => {
    const engine = createEngine(() => ({ kind: 'hang' }));
    engine.log('a');
    const flushed = engine.delivery.flush({ timeoutMs: 5000 });
    await engine.clock.suspend(10 * 60_000);
    expect((await flushed).pending).toBe(1);
  });
});
