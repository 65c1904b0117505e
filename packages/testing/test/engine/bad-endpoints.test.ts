import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, isLawful, ok, refused, unavailable, url } from './engine.ts';

const two = [{ url: url('a') }, { url: url('b') }];

async function trafficOf(engine: Engine, seconds: number, pauseMs = 250): Promise<void> {
  for (let ms = 0; ms < seconds * 1000; ms += pauseMs) {
    engine.log(`${ms}`);
    await engine.clock.advance(pauseMs);
  }
}

/** Batches, as one record in 250 ms is one of them. */
const batches = (engine: Engine): number => engine.delivery.stats().accepted;

describe.each(['least-loaded', 'round-robin'] as const)('an endpoint of two, %s', (balance) => {
  it('that says 503 at once gets hardly a request: a fast failure draws no traffic (F12)', async () => {
    const engine = createEngine(
      (request) => (request.url === url('b') ? { ...unavailable, delayMs: 1 } : { ...ok, delayMs: 20 }),
      { endpoints: two, balance, batch: { lingerMs: 0 } },
    );
    await trafficOf(engine, 10, 5);
    const warmUp = engine.delivery.stats().endpoints[1]?.attempts ?? 0;
    await trafficOf(engine, 20, 5);
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 6000, pending: 0, dropped: { total: 0 } });
    expect((engine.delivery.stats().endpoints[1]?.attempts ?? 0) - warmUp).toBeLessThan(0.01 * 4000);
    expect(engine.network.requests.length).toBeLessThan(1.05 * batches(engine));
  });

  it('with 30 of 100 requests failing costs nothing, and is out most of the time (F13)', async () => {
    const engine = createEngine(
      (request) => (request.url === url('b') && engine.random.chance(0.3) ? unavailable : ok),
      { endpoints: two, balance },
    );
    await trafficOf(engine, 600);
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 2400, pending: 0, dropped: { total: 0 }, fallback: 0 });
    // In turns it would have failed 360 times.
    expect(engine.delivery.stats().endpoints[1]?.failures).toBeLessThan(100);
    expect(engine.network.requests.length).toBeLessThanOrEqual(1.2 * batches(engine));
  });

  it('that flaps every five seconds stays out the longer, and nothing is lost (F14)', async () => {
    let failures = 0;
    const engine: Engine = createEngine(
      (request) => {
        if (request.url === url('a') || Math.floor(engine.clock.nowMs() / 5000) % 2 === 0) return ok;
        failures++;
        return refused;
      },
      { endpoints: two, balance },
    );
    await trafficOf(engine, 600);
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 2400, pending: 0, dropped: { total: 0 } });
    // Sixty times down: with three failures before it is out, and a probe or two, each time it would be 240 and more.
    expect(failures).toBeLessThan(60);
    expect(engine.network.requests.length).toBeLessThanOrEqual(1.2 * batches(engine));
  });
});

describe('every endpoint', () => {
  it('that says 503 for 25 seconds costs nothing (F15)', async () => {
    const engine: Engine = createEngine(
      () => (engine.clock.nowMs() > 5000 && engine.clock.nowMs() < 30_000 ? unavailable : ok),
      { endpoints: two },
    );
    await trafficOf(engine, 40);
    await engine.clock.advance(30_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 160, pending: 0, dropped: { total: 0 }, fallback: 0 });
    expect(isLawful(engine)).toBe(true);
  });
});

describe('a Retry-After', () => {
  const firstSays = (retryAfter: string, date?: string) =>
    createEngine(
      (_request, number) => (number === 0 ? { kind: 'reply', status: 503, retryAfter, date, delayMs: 1 } : ok),
      { retry: { maxAgeMs: 1e9 } },
    );

  it('of a date is counted from the date of the reply, whatever our clock says (F17)', async () => {
    const engine = firstSays('Thu, 01 Jan 2026 00:00:15 GMT', 'Thu, 01 Jan 2026 00:00:00 GMT');
    engine.clock.shiftWall(3_600_000);
    engine.log('a');
    await engine.clock.advance(15_000);
    expect(engine.network.requests.length).toBe(1);
    await engine.clock.advance(2000);
    expect(engine.delivery.stats().delivered).toBe(1);
  });

  it('of a day parks the endpoint for five minutes (F18)', async () => {
    const engine = firstSays('86400');
    engine.log('a');
    await engine.clock.advance(300_000);
    expect(engine.network.requests.length).toBe(1);
    await engine.clock.advance(31_000);
    expect(engine.delivery.stats().delivered).toBe(1);
  });

  it.each(['-5', 'soon', '1.5', '', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'of "%s" is as good as none (F18)',
    async (text) => {
      const engine = firstSays(text);
      engine.log('a');
      await engine.clock.advance(3000);
      expect(engine.delivery.stats()).toMatchObject({ delivered: 1, endpoints: [{ state: 'closed' }] });
      // Of a pause, however short, one would be told.
      expect(engine.diagnostics.map(({ kind }) => kind)).not.toContain('endpointEjected');
    },
  );

  it('of one endpoint does not keep the others from taking its batch (F16, F18)', async () => {
    const engine = createEngine(
      (request) => (request.url === url('a') ? { ...unavailable, retryAfter: '86400' } : ok),
      { endpoints: two },
    );
    await trafficOf(engine, 20);
    await engine.clock.advance(2000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 80, pending: 0 });
  });
});

it('a second close, a flush during it and a record after it are defined, and that record is counted (F68)', async () => {
  const engine = createEngine(() => ({ ...ok, delayMs: 500 }));
  engine.log('a');
  const first = engine.delivery.close();
  const flushed = engine.delivery.flush();
  const second = engine.delivery.close({ timeoutMs: 1 });
  expect(second).toBe(first);
  engine.log('late');
  await engine.clock.advance(2000);
  expect(await first).toMatchObject({ delivered: 1, dropped: 1 });
  expect(await flushed).toMatchObject({ delivered: 1 });
  expect(engine.delivery.stats().dropped.byReason.closed).toBe(1);
  expect(isLawful(engine)).toBe(true);
});
