import { toPlainValue } from '@logflume/otlp';
import { createMemoryDestination } from '@logflume/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../src/index.ts';

// The logger says on stderr what is lost on purpose here.
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
afterEach(() => vi.restoreAllMocks());

/** A logger to a backend in memory. */
function createLoggerTo(maxBytes: number) {
  const memory = createMemoryDestination();
  const log = createLogger({
    destinations: [{ name: 'memory', transport: memory, compression: 'none', fallback: 'none', queue: { maxBytes } }],
    exit: { handleSignals: false },
    onDiagnostic: () => undefined,
  });
  return { memory, log };
}

describe('a burst in one tick', () => {
  it('of 1,000,000 records stays within the budget, and every one of them is counted (F69)', async () => {
    const maxBytes = 1024 * 1024;
    const { memory, log } = createLoggerTo(maxBytes);
    for (let i = 0; i < 1_000_000; i++) log.info('x');
    const { accepted, pending, dropped } = log.stats();
    expect(accepted).toBe(1_000_000);
    expect(pending + dropped.total).toBe(1_000_000);
    // A record takes 40 bytes or more.
    expect(pending * 40).toBeLessThan(maxBytes);
    expect(dropped.byReason.queue_full).toBe(dropped.total);
    await log.close();
    expect(log.stats()).toMatchObject({ pending: 0, dropped: { total: dropped.total } });
    expect(memory.records().filter(({ record }) => toPlainValue(record.body ?? {}) === 'x')).toHaveLength(pending);
  }, 60_000);
});

describe('a value that is too much', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'an object that holds itself',
      () => {
        const circle: Record<string, unknown> = {};
        circle['self'] = circle;
        return circle;
      },
      /^{"self":"\[Circular\]"}$/,
    ],
    [
      'a getter that throws',
      () => ({
        get a() {
          throw new Error('mine');
        },
      }),
      /^{"a":"\[Throws: mine\]"}$/,
    ],
    ['a BigInt', () => 2n ** 100n, /^1267650600228229401496703205376$/],
    ['a text of 100 MB', () => 'x'.repeat(100_000_000), /^x{1000}/],
  ])('%s is logged, cut if it must be (F70)', async (_, make, expected) => {
    const { memory, log } = createLoggerTo(64 * 1024 * 1024);
    const value = make();
    expect(() => log.info('record', { value })).not.toThrow();
    await log.close();
    expect(log.stats()).toMatchObject({ accepted: 1, delivered: 1 });
    const [arrived] = memory.records();
    const found = arrived?.record.attributes?.find(({ key }) => key === 'value')?.value;
    const plain = toPlainValue(found ?? {});
    expect(typeof plain === 'string' ? plain : JSON.stringify(plain)).toMatch(expected);
    expect(JSON.stringify(arrived).length).toBeLessThan(300_000);
  });
});
