import type { Resolver } from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, isLawful, ok, refused, unavailable, url } from './engine.ts';

const endpoints = (...names: string[]) => names.map((name) => ({ url: url(name) }));

const seenBy = ({ delivery }: Engine) =>
  delivery.stats().endpoints.map(({ url: address, state }) => `${new URL(address).host} ${state}`);

function requestsTo(engine: Engine, name: string): number {
  return engine.network.requests.filter((request) => request.url === url(name)).length;
}

describe('endpoints that are replaced', () => {
  it('get the next batch, and one that stays keeps what is known of it', async () => {
    const engine = createEngine((request) => (request.url === url('a') ? refused : ok), {
      endpoints: endpoints('a', 'b'),
    });
    for (let i = 0; i < 20; i++) {
      engine.log('x');
      await engine.clock.advance(1000);
    }
    const before = engine.delivery.stats().endpoints[0];
    expect(before?.failures).toBeGreaterThan(0);
    engine.delivery.setEndpoints(endpoints('c', 'a'));
    expect(engine.delivery.stats().endpoints[1]).toEqual(before);
    const toB = requestsTo(engine, 'b');
    for (let i = 0; i < 20; i++) {
      engine.log('y');
      await engine.clock.advance(1000);
    }
    expect(requestsTo(engine, 'b')).toBe(toB);
    expect(requestsTo(engine, 'c')).toBeGreaterThan(10);
    expect(isLawful(engine)).toBe(true);
  });

  it('end what is under way, whose answer still counts, and are gone then', async () => {
    const engine = createEngine(() => ({ ...ok, delayMs: 3000 }), { endpoints: endpoints('a') });
    engine.log('x');
    await engine.clock.advance(500);
    engine.delivery.setEndpoints(endpoints('b'));
    expect(seenBy(engine)).toEqual(['b closed', 'a gone']);
    engine.log('y');
    await engine.clock.advance(3000);
    expect(seenBy(engine)).toEqual(['b closed']);
    await engine.clock.advance(3000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 2, pending: 0 });
    expect(requestsTo(engine, 'a')).toBe(1);
  });

  it('leave no batch behind that had tried them', async () => {
    const engine = createEngine((request) => (request.url === url('a') ? unavailable : ok), {
      endpoints: endpoints('a'),
    });
    for (let i = 0; i < 5; i++) engine.log(`${i}`);
    await engine.clock.advance(5000);
    expect(engine.delivery.stats().pending).toBe(5);
    engine.delivery.setEndpoints(endpoints('b'));
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 5, pending: 0 });
  });

  it('that cannot be are refused, and the old ones stay', async () => {
    const engine = createEngine(() => ok, { endpoints: endpoints('a') });
    expect(() => engine.delivery.setEndpoints([{ url: 'ftp://x' }])).toThrow('endpoints[0].url');
    expect(() => engine.delivery.setEndpoints([])).toThrow('at least one endpoint');
    engine.log('x');
    await engine.clock.advance(1000);
    expect(requestsTo(engine, 'a')).toBe(1);
  });

  it('by others with other credentials are asked at once, though the old ones were held', async () => {
    const engine = createEngine(({ headers }) => (headers['x'] === 'new' ? ok : { kind: 'reply', status: 403 }));
    engine.log('x');
    await engine.clock.advance(5000);
    expect(seenBy(engine)).toEqual(['a open']);
    engine.delivery.setEndpoints([{ url: url('a'), headers: { x: 'new' } }]);
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 1, pending: 0 });
  });

  it('after a close change nothing, and leave no timer', async () => {
    const engine = createEngine(() => ok);
    await Promise.all([engine.delivery.close(), engine.clock.advance(10_000)]);
    engine.delivery.setEndpoints([{ url: 'dns+http://b/' }]);
    await engine.clock.advance(10_000);
    expect(seenBy(engine)).toEqual(['a closed']);
    expect(engine.clock.pendingTimers).toBe(0);
  });
});

describe('endpoints by name', () => {
  function resolverOf(answer: () => Promise<string[]>) {
    let asked = 0;
    const resolver: Resolver = {
      addresses() {
        asked++;
        return answer();
      },
      services: async () => [],
    };
    return { resolver, asked: () => asked };
  }
  const named = (resolver: Resolver) => ({ resolver, endpoints: [{ url: 'dns+http://pods:4318/v1/logs' }] });

  it('are not looked up before there is a record', async () => {
    const { resolver, asked } = resolverOf(async () => ['10.0.0.1']);
    const engine = createEngine(() => ok, named(resolver));
    await engine.clock.advance(60_000);
    expect(asked()).toBe(0);
    engine.log('x');
    await engine.clock.advance(1000);
    expect(asked()).toBe(1);
    expect(engine.network.requests[0]).toMatchObject({ url: 'http://pods:4318/v1/logs', address: '10.0.0.1' });
  });

  it('let a first flush wait for their first answer', async () => {
    let answer: (addresses: string[]) => void = () => undefined;
    const { resolver } = resolverOf(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const engine = createEngine(() => ok, named(resolver));
    engine.log('x');
    const flushed = engine.delivery.flush({ timeoutMs: 500 });
    await engine.clock.advance(300);
    answer(['10.0.0.1']);
    await engine.clock.advance(100);
    expect((await flushed).delivered).toBe(1);
  });

  it('keep records when they never mean anything, and hand them on at a close (F39)', async () => {
    const { resolver } = resolverOf(async () => {
      throw Object.assign(new Error('x'), { code: 'ENOTFOUND' });
    });
    const engine = createEngine(() => ok, named(resolver));
    for (let i = 0; i < 10; i++) engine.log(`${i}`);
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats()).toMatchObject({ pending: 10, endpoints: [] });
    const closed = engine.delivery.close({ timeoutMs: 5000 });
    await engine.clock.advance(10_000);
    expect(await closed).toMatchObject({ fallback: 10, pending: 0 });
    expect(engine.clock.pendingTimers).toBe(0);
  });

  it('are asked again at once when an address refuses, at most once a second', async () => {
    let address = '10.0.0.1';
    const { resolver, asked } = resolverOf(async () => [address]);
    const engine = createEngine((request) => (request.address === '10.0.0.1' ? refused : ok), named(resolver));
    engine.log('x');
    await engine.clock.advance(500);
    address = '10.0.0.2';
    await engine.clock.advance(2500);
    expect(asked()).toBeLessThanOrEqual(4);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 1, pending: 0 });
    expect(engine.delivery.stats().endpoints.map((endpoint) => endpoint.address)).toEqual(['10.0.0.2']);
  });
});

describe('the retry budget', () => {
  it('is not charged for what never left this process (F50)', async () => {
    let short = true;
    const shortage = { kind: 'failure', code: 'EMFILE', delayMs: 0 } as const;
    const engine = createEngine(() => (short ? shortage : ok), { batch: { maxRecords: 1 } });
    for (let i = 0; i < 40; i++) engine.log(`${i}`);
    await engine.clock.advance(20_000);
    const tries = engine.network.requests.length;
    expect(tries).toBeGreaterThan(100);
    short = false;
    await engine.clock.advance(35_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 40, pending: 0 });
  });
});
