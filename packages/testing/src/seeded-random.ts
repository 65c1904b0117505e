import type { Random } from '@logflume/delivery';

/** Chance that is the same for the same seed, with the draws a script of random events needs. */
export interface SeededRandom extends Random {
  /** Integer in `min` … `max`, both included. */
  between(min: number, max: number): number;
  /** One of `choices`, which must not be empty. */
  pick<T>(choices: readonly T[]): T;
  /** `true` with the given probability. */
  chance(probability: number): boolean;
}

/** @param seed - an integer; every one gives another, repeatable sequence. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  // mulberry32: 32 bits of state pass the tests that matter here, and a run is reproduced from one printed number.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const word = (): string => {
    const bits = Math.floor(next() * 2 ** 32);
    return hexOf(bits >>> 24) + hexOf(bits >>> 16) + hexOf(bits >>> 8) + hexOf(bits);
  };
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    id: () => word() + word() + word() + word(),
    between,
    pick(choices) {
      const choice = choices[between(0, choices.length - 1)];
      if (choice === undefined) throw new RangeError('pick needs at least one choice');
      return choice;
    },
    chance: (probability) => next() < probability,
  };
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The last eight of `bits`, in two digits. */
function hexOf(bits: number): string {
  return HEX[bits & 0xff] ?? '';
}
