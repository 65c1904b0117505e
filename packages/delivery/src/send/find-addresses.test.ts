import { describe, expect, it } from 'vitest';
import { boundedSubset } from './bounded-subset.ts';
import { findAddresses, MAX_ADDRESSES } from './find-addresses.ts';
import type { Resolver, ServiceRecord } from './resolver.ts';

const record = (host: string, more: Partial<ServiceRecord> = {}): ServiceRecord => ({
  host,
  port: 4318,
  priority: 0,
  weight: 1,
  ...more,
});

/** A resolver that knows some hosts and one service. */
function resolverOf(hosts: Record<string, string[]>, services: ServiceRecord[] = []): Resolver {
  return {
    async addresses(host) {
      const found = hosts[host];
      if (found === undefined) throw Object.assign(new Error(host), { code: 'ENOTFOUND' });
      return found;
    },
    services: async () => services,
  };
}

const find = (resolver: Resolver, lookup: 'addresses' | 'services' = 'addresses', seed = 's') =>
  findAddresses('name', lookup, { resolver, seed });

describe('findAddresses', () => {
  it('gives each address once, those of IPv6 too, in an order that does not depend on the answer', async () => {
    const found = await find(resolverOf({ name: ['10.0.0.2', '::1', '10.0.0.1', '10.0.0.2'] }));
    expect(found.map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2', '::1']);
    expect(found[0]).toEqual({ address: '10.0.0.1', port: undefined, rank: 0, share: 1 });
  });

  it.each<[string, Resolver, 'addresses' | 'services', string]>([
    ['no address', resolverOf({ name: [] }), 'addresses', 'ENODATA'],
    ['no such host', resolverOf({}), 'addresses', 'ENOTFOUND'],
    ['no record', resolverOf({}), 'services', 'ENODATA'],
    ['a record that says there is none', resolverOf({}, [record('.')]), 'services', 'ENODATA'],
    ['records of hosts nobody knows', resolverOf({}, [record('a'), record('b')]), 'services', 'ENOTFOUND'],
  ])('rejects for %s: the last good list is kept (F41)', async (_what, resolver, lookup, code) => {
    await expect(find(resolver, lookup)).rejects.toMatchObject({ code });
  });

  it('gives the addresses of a service with port and priority of their record, its weight shared among them', async () => {
    const records = [
      record('a', { port: 1, priority: 10, weight: 6 }),
      record('b', { port: 2, weight: 0 }),
      record('c'),
    ];
    const resolver = resolverOf({ a: ['10.0.0.1', '10.0.0.2'], b: ['10.0.0.3'] }, records);
    expect(await find(resolver, 'services')).toEqual([
      { address: '10.0.0.1', port: 1, rank: 10, share: 3 },
      { address: '10.0.0.2', port: 1, rank: 10, share: 3 },
      { address: '10.0.0.3', port: 2, rank: 0, share: 1 },
    ]);
  });

  it('takes twenty of 500 addresses: the same ones each time, others in another process (F41)', async () => {
    const all = Array.from({ length: 500 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    const some = await find(resolverOf({ name: all }));
    expect(some.length).toBe(MAX_ADDRESSES);
    expect(await find(resolverOf({ name: all.toReversed() }))).toEqual(some);
    expect(await find(resolverOf({ name: all }), 'addresses', 'other')).not.toEqual(some);
  });
});

describe('boundedSubset', () => {
  const items = Array.from({ length: 100 }, (_, i) => `${i}`);
  const take = (from: readonly string[], max: number, seed = 's') => boundedSubset(from, (item) => item, { max, seed });

  it.each([
    [99, 99],
    [100, 100],
    [101, 100],
  ])('of 100 with room for %i has %i', (max, count) => {
    expect(take(items, max).length).toBe(count);
  });

  it('changes by one when one of the chosen leaves', () => {
    const before = take(items, 20);
    const after = take(
      items.filter((item) => item !== before[3]),
      20,
    );
    expect(after.filter((item) => !before.includes(item)).length).toBe(1);
  });

  it('chooses each about as often as any other', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 500; seed++) {
      for (const item of take(items, 20, `${seed}`)) counts.set(item, (counts.get(item) ?? 0) + 1);
    }
    expect(Math.min(...items.map((item) => counts.get(item) ?? 0))).toBeGreaterThan(60);
  });
});
