import { describe, expect, it } from 'vitest';
import { textsOf } from '../../../delivery/test/text-records.ts';
import { createSeededRandom, type TransportScript } from '../../src/index.ts';
import { createEngine, type Engine, ERROR, INFO, isLawful, ok, unavailable, url, WARN } from './engine.ts';
import { createMachine } from './machine.ts';

const small = { ordered: true, batch: { maxRecords: 10, lingerMs: 50 } } as const;
const numbers = (count: number, name = ''): string[] => Array.from({ length: count }, (_, i) => `${name}${i}`);

/** Watches what a script answers: the texts that were taken, and how many requests were under way at once. */
function watch(script: TransportScript) {
  const taken: string[] = [];
  let engine: Engine | undefined;
  let most = 0;
  return {
    taken,
    get most() {
      return most;
    },
    of(it: Engine): Engine {
      engine = it;
      return it;
    },
    script: ((request, number) => {
      most = Math.max(most, engine?.network.inFlight ?? 0);
      const answer = script(request, number);
      if (answer.kind === 'reply' && answer.status === 200) taken.push(...textsOf(request.body));
      return answer;
    }) satisfies TransportScript,
  };
}

async function settle(engine: Engine, ms = 120_000): Promise<void> {
  await engine.clock.advance(ms);
  expect(isLawful(engine)).toBe(true);
  expect(engine.delivery.stats().pending).toBe(0);
}

describe('an ordered delivery', () => {
  it.each([
    [true, 1, numbers(100)],
    [undefined, 8, undefined],
  ])(
    '(%s) has %i requests under way at most, and lets none overtake one that is tried again',
    async (ordered, most, order) => {
      const seen = watch((_, number) => (number === 6 ? { ...unavailable, retryAfter: '20' } : ok));
      const engine = seen.of(createEngine(seen.script, { ...small, ordered, endpoints: [{ url: url('a') }] }));
      // Whatever its concurrency has grown to by then, all of it could be used.
      for (let i = 0; i < 10; i++) {
        engine.log(`${i}`);
        await engine.clock.advance(100);
      }
      for (let i = 10; i < 100; i++) engine.log(`${i}`);
      await settle(engine);
      if (order === undefined) expect(seen.taken).not.toEqual(numbers(100));
      else expect(seen.taken).toEqual(order);
      expect(seen.most).toBeLessThanOrEqual(most);
      expect(seen.most > 1).toBe(ordered === undefined);
    },
  );

  it.each([1, 2, 3, 4, 5])('keeps the order of each lane over endpoints that fail at random (%i)', async (seed) => {
    const random = createSeededRandom(seed);
    const seen = watch(({ body }) => {
      if (textsOf(body).length > 5) return { kind: 'reply', status: 413, delayMs: 1 };
      if (random.chance(0.3)) return { kind: 'reply', status: random.pick([429, 500, 503, 301]), delayMs: 5 };
      return random.chance(0.1) ? { kind: 'failure', code: 'ECONNREFUSED', delayMs: 1 } : ok;
    });
    const endpoints = ['a', 'b', 'c'].map((name) => ({ url: url(name) }));
    const retry = { maxServerErrorRetries: 100, maxAgeMs: 1e9 };
    const engine = seen.of(createEngine(seen.script, { ...small, endpoints, retry, random }));
    for (let i = 0; i < 200; i++) {
      engine.log(`low${i}`, INFO);
      engine.log(`high${i}`, random.pick([WARN, ERROR]));
      if (random.chance(0.2)) await engine.clock.advance(random.between(1, 100));
    }
    await settle(engine, 3_600_000);
    expect(seen.taken.filter((text) => text.startsWith('low'))).toEqual(numbers(200, 'low'));
    expect(seen.taken.filter((text) => text.startsWith('high'))).toEqual(numbers(200, 'high'));
    expect(seen.most).toBe(1);
  });

  it('goes on with the next batch when one is given up', async () => {
    const seen = watch((_, number) => (number === 0 ? { kind: 'reply', status: 400, delayMs: 1 } : ok));
    const engine = seen.of(createEngine(seen.script, small));
    for (const text of numbers(30)) engine.log(text);
    await settle(engine);
    expect(seen.taken).toEqual(numbers(30).slice(10));
  });

  it('lets batches grow while one is tried again, and does not look at them in vain', async () => {
    const seen = watch((_, number) => (number < 3 ? { ...unavailable, retryAfter: '10' } : ok));
    const engine = seen.of(createEngine(seen.script, { ordered: true }));
    for (const text of numbers(100)) {
      engine.log(text);
      await engine.clock.advance(100);
    }
    await settle(engine);
    expect(seen.taken).toEqual(numbers(100));
    expect(engine.network.requests.length).toBeLessThan(40);
  });

  it('keeps the order over a disk: of what it wrote ahead, of a fatal record, of what a process before it left', async () => {
    const machine = createMachine({ segmentBytes: 4096 });
    const down = machine.start(() => unavailable, small);
    for (const text of numbers(25, 'old')) down.log(text, WARN);
    await down.clock.advance(2000);
    const seen = watch(() => ok);
    const up = seen.of(machine.start(seen.script, small));
    for (const text of numbers(25, 'new')) up.log(text, WARN);
    up.log('new25', 21);
    for (let i = 26; i < 40; i++) up.log(`new${i}`, WARN);
    await settle(up);
    expect(seen.taken.filter((text) => text.startsWith('old'))).toEqual(numbers(25, 'old'));
    expect(seen.taken.filter((text) => text.startsWith('new'))).toEqual(numbers(40, 'new'));
    expect(seen.most).toBe(1);
  });
});
