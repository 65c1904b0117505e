import { describe, expect, it } from 'vitest';
import { type BalanceMode, type Candidate, chooseEndpoint, inTurn } from './balance.ts';

const base: Candidate = { costMs: 20, inFlight: 0, weight: 1, priority: 0, chosen: 0 };

/** A small generator of the same numbers each time. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Shares of `rounds` choices, each answered at once. */
function shares(candidates: Candidate[], mode: BalanceMode, rounds = 10_000): number[] {
  const random = sequence(7);
  const current = candidates.map((candidate) => ({ ...candidate }));
  const counts = candidates.map(() => 0);
  for (let i = 0; i < rounds; i++) {
    const at = chooseEndpoint(current, mode, random);
    counts[at] = (counts[at] ?? 0) + 1;
    const chosen = current[at];
    if (chosen !== undefined) current[at] = { ...chosen, chosen: chosen.chosen + 1 };
  }
  return counts.map((count) => count / rounds);
}

describe('least-loaded', () => {
  it.each(['least-loaded', 'round-robin', 'failover'] as const)('takes the only candidate there is (%s)', (mode) => {
    expect(chooseEndpoint([base], mode, () => 0.99)).toBe(0);
  });

  it('spreads evenly over equals', () => {
    for (const share of shares([base, base, base, base], 'least-loaded')) expect(share).toBeCloseTo(0.25, 1);
  });

  it('never sends to the worst of all, as the other choice is always better', () => {
    expect(shares([base, base, { ...base, costMs: 400 }], 'least-loaded')[2]).toBe(0);
  });

  it('always compares two different endpoints, wherever the draws fall', () => {
    const slow = { ...base, costMs: 1000 };
    for (const [first, second] of [
      [0, 0],
      [0, 0.999],
      [0.999, 0],
      [0.999, 0.999],
      [0.5, 0.5],
    ]) {
      const draws = [first, second];
      const at = chooseEndpoint([base, slow], 'least-loaded', () => draws.shift() ?? 0);
      expect(at).toBe(0);
    }
  });

  it.each([
    [
      'the faster of two idle ones',
      [
        { ...base, costMs: 30 },
        { ...base, costMs: 10 },
      ],
      1,
    ],
    ['the idle one of two equals', [{ ...base, inFlight: 1 }, base], 1],
    [
      'the faster one although it is busier',
      [
        { ...base, costMs: 100 },
        { ...base, costMs: 20, inFlight: 3 },
      ],
      1,
    ],
    [
      'one never tried before one that is known',
      [
        { ...base, costMs: 5 },
        { ...base, costMs: 0 },
      ],
      1,
    ],
    ['a known one while an unknown one has its first request', [{ ...base, costMs: 0, inFlight: 1 }, base], 1],
    ['the heavier of two equals', [base, { ...base, weight: 2 }], 1],
  ])('prefers %s', (_what, candidates, expected) => {
    expect(chooseEndpoint(candidates, 'least-loaded', sequence(1))).toBe(expected);
    expect(chooseEndpoint(candidates, 'least-loaded', sequence(2))).toBe(expected);
  });

  it('gives an unknown endpoint one request, not a flood', () => {
    const busy = { ...base, costMs: 4999, inFlight: 7 };
    expect(chooseEndpoint([{ ...base, costMs: 0, inFlight: 1 }, busy], 'least-loaded', sequence(3))).toBe(1);
  });
});

describe('round-robin', () => {
  it('follows the weights', () => {
    const [a, b, c] = shares([base, { ...base, weight: 2 }, { ...base, weight: 0.5 }], 'round-robin');
    expect(a).toBeCloseTo(2 / 7, 2);
    expect(b).toBeCloseTo(4 / 7, 2);
    expect(c).toBeCloseTo(1 / 7, 2);
  });

  it('takes turns', () => {
    expect(shares([base, base], 'round-robin', 10)).toEqual([0.5, 0.5]);
  });
});

describe('failover', () => {
  it('sends everything to the lowest priority number', () => {
    const backup = { ...base, priority: 2, costMs: 1 };
    expect(shares([backup, { ...base, priority: 1 }, backup], 'failover')).toEqual([0, 1, 0]);
  });

  it('takes the less loaded one within a rank', () => {
    const first = { ...base, inFlight: 2 };
    expect(chooseEndpoint([{ ...base, priority: 1 }, first, base], 'failover', () => 0)).toBe(2);
  });
});

describe('whose turn it is', () => {
  const at = (origin: string, priority: number, rank = 0) => ({ origin, priority, rank });
  const turnOf = (all: ReturnType<typeof at>[], mode: BalanceMode) =>
    inTurn(all, (item) => item, mode).map(({ origin, priority, rank }) => `${origin} ${priority} ${rank}`);

  it('is everybody where nobody has a rank', () => {
    expect(turnOf([at('a', 0), at('b', 1)], 'least-loaded')).toEqual(['a 0 0', 'b 1 0']);
  });

  it('is the best priority with failover', () => {
    expect(turnOf([at('a', 1), at('b', 0), at('c', 0)], 'failover')).toEqual(['b 0 0', 'c 0 0']);
  });

  it.each<BalanceMode>(['least-loaded', 'round-robin'])('is the best rank of each origin with %s', (mode) => {
    const all = [at('a', 0, 10), at('a', 0, 20), at('b', 0, 30), at('c', 0)];
    expect(turnOf(all, mode)).toEqual(['a 0 10', 'b 0 30', 'c 0 0']);
  });

  it('is the best rank within the best priority', () => {
    expect(turnOf([at('a', 1, 0), at('b', 0, 20), at('b', 0, 10)], 'failover')).toEqual(['b 0 10']);
  });

  it('is nobody where there is none', () => {
    expect(turnOf([], 'failover')).toEqual([]);
  });
});
