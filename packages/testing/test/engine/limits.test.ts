import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, INFO, isLawful, ok, WARN } from './engine.ts';

const QUEUE = 64 * 1024;
/** A text of n letters takes n + 4 bytes. */
const sized = (bytes: number): string => 'x'.repeat(bytes - 4);

const sizes = (engine: Engine): number[] => engine.sent().map((text) => text.length + 4);

async function settle(engine: Engine): Promise<void> {
  await engine.clock.advance(5000);
  expect(isLawful(engine)).toBe(true);
  expect(engine.delivery.stats().pending).toBe(0);
}

describe('a record', () => {
  // An eighth of a queue of 64 KiB.
  it.each([
    [-1, 8191, false],
    [0, 8192, false],
    [1, 8192, true],
  ])('of the most bytes there may be %i is sent with %i, cut: %s (F75)', async (more, arrives, isCut) => {
    const engine = createEngine(() => ok, { queue: { maxBytes: QUEUE } });
    engine.log(sized(8192 + more));
    await settle(engine);
    expect(sizes(engine)).toEqual([arrives]);
    expect(engine.diagnostics.some(({ kind }) => kind === 'recordReduced')).toBe(isCut);
  });

  it.each([-1, 0, 1])('of the most bytes of a batch %i is sent whole, alone (F75)', async (more) => {
    const engine = createEngine(() => ok, { batch: { maxBytes: 1000 } });
    for (let i = 0; i < 3; i++) engine.log(sized(1000 + more));
    await settle(engine);
    expect(sizes(engine)).toEqual([1000 + more, 1000 + more, 1000 + more]);
    expect(engine.network.requests.length).toBe(more < 0 ? 2 : 3);
  });
});

describe('records that fill the queue', () => {
  it.each<[number, number, number]>([
    // Three quarters for a record below WARN, everything from WARN up.
    [INFO, 48, 0],
    [INFO, 49, 1],
    [WARN, 64, 0],
    [WARN, 65, 1],
  ])('of severity %i, %i of 1 KiB, cost %i of them (F75)', async (severity, count, given) => {
    const engine = createEngine(() => ok, { queue: { maxBytes: QUEUE }, batch: { maxRecords: 1 } });
    for (let i = 0; i < count; i++) engine.log(sized(1024), severity);
    const { pending, fallback, dropped } = engine.delivery.stats();
    expect([pending, fallback + dropped.total]).toEqual([count - given, given]);
    await settle(engine);
  });

  it.each([-1, 0, 1])('to the last byte %i leave room for nothing else and block nothing (F75)', async (more) => {
    const engine = createEngine(() => ok, { queue: { maxBytes: QUEUE }, batch: { maxRecords: 1 } });
    for (let i = 0; i < 7; i++) engine.log(sized(8192), WARN);
    engine.log(sized(8192 + Math.min(0, more)), WARN);
    engine.log(sized(4 + Math.max(0, more)), WARN);
    expect(engine.delivery.stats().accepted).toBe(9);
    await settle(engine);
  });
});

it.each([-1, 0, 1])(
  'a batch with as many records as it may have, %i, is sealed at once or lingers (F75)',
  async (more) => {
    const engine = createEngine(() => ok, { batch: { maxRecords: 10, lingerMs: 1000 } });
    for (let i = 0; i < 10 + more; i++) engine.log(`${i}`);
    await engine.clock.advance(500);
    expect(engine.sent().length).toBe(more < 0 ? 0 : 10);
    await settle(engine);
    expect(engine.sent().length).toBe(10 + more);
  },
);
