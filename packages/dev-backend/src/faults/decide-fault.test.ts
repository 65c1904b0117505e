import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFaultState, decideFault, type FaultRule, type FaultState } from './decide-fault.ts';

function decideMany(rules: readonly FaultRule[], requests: number, seed = 1): (number | undefined)[] {
  let state = createFaultState(rules, seed);
  return Array.from({ length: requests }, () => {
    const decision = decideFault(rules, state);
    state = decision.state;
    return decision.index;
  });
}

const hang = { kind: 'hang' } as const;
const html = { kind: 'html' } as const;
const none = undefined;

describe('decideFault', () => {
  it.each<[string, readonly FaultRule[], (number | undefined)[]]>([
    ['no rules', [], [none, none]],
    ['a bare rule applies always', [hang], [0, 0, 0]],
    ['the first match wins', [hang, html], [0, 0, 0]],
    ['times: the first n', [{ ...hang, times: 2 }, html], [0, 0, 1, 1]],
    ['every: each nth', [{ ...hang, every: 3 }], [none, none, 0, none, none, 0]],
    ['every 1 is always', [{ ...hang, every: 1 }], [0, 0]],
    ['every and times: the first n of each nth', [{ ...hang, every: 2, times: 2 }], [none, 0, none, 0, none, none]],
    ['ratio 0 is never', [{ ...hang, ratio: 0 }], [none, none, none]],
    ['ratio 1 is always', [{ ...hang, ratio: 1 }], [0, 0, 0]],
    [
      'a rule counts only the requests that reach it',
      [
        { ...hang, times: 1 },
        { ...html, every: 2 },
      ],
      [0, none, 1, none, 1],
    ],
  ])('%s', (_title, rules, expected) => {
    expect(decideMany(rules, expected.length)).toEqual(expected);
  });

  it('gives the same answer to the same rules and state, and changes neither', () => {
    const rules: readonly FaultRule[] = Object.freeze([Object.freeze({ ...hang, ratio: 0.5 })]);
    const state: FaultState = Object.freeze({ seen: Object.freeze([4]), applied: Object.freeze([1]), random: 99 });
    expect(decideFault(rules, state)).toEqual(decideFault(rules, state));
    expect(decideFault(rules, state).state.seen).toEqual([5]);
    expect(state.seen).toEqual([4]);
  });

  it('draws only for requests that pass the other conditions', () => {
    const rules: readonly FaultRule[] = [{ ...hang, every: 2, ratio: 0.5 }];
    const before = createFaultState(rules, 5);
    const first = decideFault(rules, before);
    expect(first.state.random).toBe(before.random);
    expect(decideFault(rules, first.state).state.random).not.toBe(before.random);
  });

  it('comes close to any ratio', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 2 ** 32 - 1 }), (ratio, seed) => {
        const applied = decideMany([{ ...hang, ratio }], 2000, seed).filter((index) => index === 0).length;
        // Five standard deviations of 2000 fair draws are 0.056.
        expect(Math.abs(applied / 2000 - ratio)).toBeLessThan(0.06);
      }),
      { numRuns: 50 },
    );
  });
});
