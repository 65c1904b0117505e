import { describe, expect, it } from 'vitest';
import { textsOf } from '../../../delivery/test/text-records.ts';
import { createEngine, type Engine, ok, refused, unavailable, url } from './engine.ts';

const three = ['a', 'b', 'c'].map((name) => ({ url: url(name) }));

it('one of three endpoints that is refused delays hardly a record: 99 of 100 arrive within a second (F1)', async () => {
  const loggedMs: number[] = [];
  const delaysMs: number[] = [];
  const engine = createEngine(
    (request) => {
      if (request.url === url('b')) return refused;
      for (const text of textsOf(request.body)) delaysMs.push(engine.clock.nowMs() - (loggedMs[Number(text)] ?? 0));
      return ok;
    },
    { endpoints: three },
  );
  for (let i = 0; i < 2000; i++) {
    loggedMs.push(engine.clock.nowMs());
    engine.log(`${i}`);
    await engine.clock.advance(50);
  }
  await engine.clock.advance(60_000);
  expect(engine.delivery.stats()).toMatchObject({ delivered: 2000, dropped: { total: 0 } });
  expect(delaysMs.sort((x, y) => x - y)[1980]).toBeLessThan(1000);
});

/** The most requests that were ever under way at each endpoint. */
function watchInFlight(engine: () => Engine): { readonly most: Map<string, number>; see(requestUrl: string): void } {
  const most = new Map<string, number>();
  return {
    most,
    see(requestUrl) {
      const endpoint = engine()
        .delivery.stats()
        .endpoints.find((candidate) => candidate.url === requestUrl);
      most.set(requestUrl, Math.max(most.get(requestUrl) ?? 0, endpoint?.inFlight ?? 0));
    },
  };
}

describe('with every endpoint out', () => {
  it.each([
    ['refuses', refused],
    ['is overloaded', unavailable],
    ['asks for silence', { ...unavailable, retryAfter: '5' }],
    ['never answers', { kind: 'hang' as const }],
  ])('as each %s, one probe at most is under way at each, however much waits (F2, G8)', async (_how, answer) => {
    let isOut = false;
    const watch = watchInFlight(() => engine);
    const engine: Engine = createEngine(
      (request) => {
        if (isOut) watch.see(request.url);
        return answer;
      },
      { endpoints: three, batch: { maxRecords: 10 } },
    );
    for (let i = 0; i < 3000; i++) engine.log(`${i}`);
    await engine.clock.advance(40_000);
    expect(engine.delivery.stats().endpoints.map(({ state }) => state)).not.toContain('closed');
    isOut = true;
    const before = engine.network.requests.length;
    for (let second = 0; second < 120; second++) {
      for (let i = 0; i < 10; i++) engine.log(`${second} ${i}`);
      await engine.clock.advance(1000);
    }
    expect([...watch.most.values()].every((most) => most === 1)).toBe(true);
    const probes = engine.network.requests.length - before;
    expect(probes).toBeGreaterThan(3);
    // While nobody takes traffic an endpoint is asked once in 2.5 seconds at most.
    expect(probes).toBeLessThanOrEqual(3 * (120 / 2.5 + 1));
  });

  it('and back at once, no burst follows: each starts with one request and gains one a round trip (G8)', async () => {
    let isUp = false;
    const successes = new Map<string, number>();
    const excess: string[] = [];
    const engine: Engine = createEngine(
      (request) => {
        const { inFlight = 0 } = engine.delivery.stats().endpoints.find(({ url: at }) => at === request.url) ?? {};
        if (!isUp) return refused;
        const before = successes.get(request.url) ?? 0;
        if (inFlight > Math.min(8, 1 + before)) excess.push(`${inFlight} after ${before}`);
        engine.clock.after(ok.delayMs, () => successes.set(request.url, (successes.get(request.url) ?? 0) + 1));
        return ok;
      },
      { endpoints: three, batch: { maxRecords: 10 } },
    );
    for (let i = 0; i < 20_000; i++) engine.log(`${i}`);
    await engine.clock.advance(120_000);
    isUp = true;
    // Batches that were probes before come again at the pace of the retry budget.
    await engine.clock.advance(180_000);
    expect(excess).toEqual([]);
    expect(successes.size).toBe(3);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 20_000, pending: 0 });
    expect(engine.delivery.stats().endpoints.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
  });
});
