import type { Transport } from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, ok, refused, unavailable, url } from './engine.ts';

const twoEndpoints = { endpoints: [{ url: url('a') }, { url: url('b') }] };

function requestsTo(engine: Engine, name: string): number {
  return engine.network.requests.filter((request) => request.url === url(name)).length;
}

/** Sixty requests a second to endpoints that need 100 ms for each: one of them alone can just about do it. */
async function logFor(engine: Engine, ms: number): Promise<void> {
  for (let spent = 0; spent < ms; spent += 50) {
    for (let i = 0; i < 3; i++) engine.log('x');
    await engine.clock.advance(50);
  }
}

const slow = { ...ok, delayMs: 100 } as const;
const oneByOne = { ...twoEndpoints, batch: { maxRecords: 1 } };

describe('an endpoint that is back', () => {
  it('gets traffic again at once: what it cost before it was out is forgotten', async () => {
    let isUp = true;
    const engine = createEngine((request) => (isUp || request.url === url('a') ? slow : refused), oneByOne);
    const stateOfB = () => engine.delivery.stats().endpoints[1]?.state;
    await logFor(engine, 5000);
    isUp = false;
    while (stateOfB() !== 'open') await logFor(engine, 1000);
    isUp = true;
    while (stateOfB() !== 'closed') await logFor(engine, 100);
    const before = requestsTo(engine, 'b');
    await logFor(engine, 10_000);
    expect(requestsTo(engine, 'b') - before).toBeGreaterThan(100);
  });
});

describe('a transport that has to load its client', () => {
  it('does so on its own time, not on that of the endpoint that happens to be first', async () => {
    const { clock, network } = createEngine(() => ok);
    let load: Promise<void> | undefined;
    const ready = () => {
      load ??= new Promise((resolve) => void clock.after(300, resolve));
      return load;
    };
    const send: Transport['send'] = async (request) => {
      await ready();
      return network.send(request);
    };
    const loading = createEngine(() => ok, { clock, transport: { ready, send, close: () => undefined } });
    loading.log('first');
    await clock.advance(1000);
    expect(loading.delivery.stats()).toMatchObject({ delivered: 1, pending: 0 });
    expect(loading.delivery.stats().endpoints[0]?.latencyMs).toBeLessThan(11);
  });
});

describe('a close', () => {
  it('does not send its last batch to an endpoint that is out while another takes traffic', async () => {
    const engine = createEngine((request) => (request.url === url('a') ? slow : unavailable), oneByOne);
    await logFor(engine, 10_000);
    expect(engine.delivery.stats().endpoints[1]?.state).toBe('open');
    const before = requestsTo(engine, 'b');
    engine.log('last');
    const closed = engine.delivery.close();
    await engine.clock.advance(1000);
    expect(await closed).toMatchObject({ pending: 0 });
    expect(requestsTo(engine, 'b')).toBe(before);
  });
});
