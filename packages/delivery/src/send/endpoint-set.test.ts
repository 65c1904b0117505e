import { describe, expect, it } from 'vitest';
import type { EndpointTarget } from './endpoint.ts';
import { EndpointSet } from './endpoint-set.ts';

const target = (name: string, more: Partial<EndpointTarget> = {}): EndpointTarget => ({
  origin: `http://${name}/`,
  url: `http://${name}/`,
  address: undefined,
  weight: 1,
  priority: 0,
  rank: 0,
  headers: {},
  ...more,
});

function createSet(...targets: EndpointTarget[]) {
  const gone: string[] = [];
  const set = new EndpointSet(({ url }) => gone.push(url));
  set.replace(targets);
  const endpoint = (at: number) => {
    const found = set.endpoints[at];
    if (found === undefined) throw new Error(`no endpoint ${at}`);
    return found;
  };
  const seen = () => set.endpoints.map(({ target: { url }, health: { state } }) => `${url} ${state}`);
  return { set, gone, endpoint, seen };
}

describe('a set of endpoints', () => {
  it('keeps what is known of one that stays, and their order is that of the list', () => {
    const { set, endpoint, seen } = createSet(target('a'), target('b'));
    endpoint(1).failures = 7;
    set.replace([target('b'), target('c'), target('a')]);
    expect(seen()).toEqual(['http://b/ closed', 'http://c/ closed', 'http://a/ closed']);
    expect(endpoint(0).failures).toBe(7);
  });

  it.each([
    ['weight', { weight: 5 }],
    ['priority', { priority: 5 }],
    ['rank', { rank: 5 }],
  ])('takes another %s without forgetting anything', (_what, more) => {
    const { set, endpoint } = createSet(target('a'));
    endpoint(0).failures = 7;
    set.replace([target('a', more)]);
    expect(endpoint(0)).toMatchObject({ failures: 7, target: more });
  });

  it.each([
    ['other headers', { headers: { authorization: 'new' } }],
    ['another address', { address: '10.0.0.1' }],
    ['another port', { url: 'http://a:1/' }],
    ['another origin', { origin: 'dns+http://a/' }],
  ])('takes one with %s for another endpoint', (_what, more) => {
    const { set, endpoint, gone } = createSet(target('a'));
    endpoint(0).failures = 7;
    set.replace([target('a', more)]);
    expect(set.endpoints.map(({ failures }) => failures)).toEqual([0]);
    expect(gone).toEqual(['http://a/']);
  });

  it('tells two of the same kind apart by their order', () => {
    const { set, endpoint } = createSet(target('a'), target('a'));
    endpoint(1).failures = 7;
    set.replace([target('a'), target('a'), target('a')]);
    expect(set.endpoints.map(({ failures }) => failures)).toEqual([0, 7, 0]);
  });

  it('keeps one that leaves until its requests have ended', () => {
    const { set, endpoint, gone, seen } = createSet(target('a'), target('b'));
    const leaving = endpoint(0);
    leaving.inFlight = 1;
    set.replace([target('b')]);
    expect(seen()).toEqual(['http://b/ closed', 'http://a/ gone']);
    set.sweep();
    expect(gone).toEqual([]);
    leaving.inFlight = 0;
    set.sweep();
    expect(seen()).toEqual(['http://b/ closed']);
    expect(gone).toEqual(['http://a/']);
  });

  it('takes one that comes back as new, but for its ejections', () => {
    const { set, endpoint, gone } = createSet(target('a'));
    endpoint(0).health = { ...endpoint(0).health, state: 'open', untilMs: 9e9, ejections: 4, consecutiveFailures: 3 };
    set.replace([]);
    expect(gone).toEqual(['http://a/']);
    set.replace([target('a')]);
    expect(endpoint(0).health).toMatchObject({ state: 'closed', ejections: 4, consecutiveFailures: 0 });
    expect(endpoint(0).concurrency.limit).toBe(1);
  });

  it('takes one that comes back before its requests have ended the same way', () => {
    const { set, endpoint, gone } = createSet(target('a'));
    Object.assign(endpoint(0), { inFlight: 2, concurrency: { ...endpoint(0).concurrency, limit: 8 } });
    endpoint(0).health = { ...endpoint(0).health, ejections: 4 };
    set.replace([]);
    set.replace([target('a')]);
    expect(endpoint(0)).toMatchObject({ inFlight: 2, concurrency: { limit: 1 } });
    expect(endpoint(0).health).toMatchObject({ state: 'closed', ejections: 4 });
    expect(gone).toEqual([]);
  });

  it('remembers the ejections of no more than 256 that left, the last ones', () => {
    const all = Array.from({ length: 257 }, (_, i) => target(`${i}`));
    const { set } = createSet(...all);
    for (const endpoint of set.endpoints) endpoint.health = { ...endpoint.health, ejections: 1 };
    set.replace([]);
    set.replace(all);
    expect(set.endpoints.map(({ health }) => health.ejections)).toEqual([0, ...Array.from({ length: 256 }, () => 1)]);
  });
});
