import { describe, expect, it } from 'vitest';
import { createSeededRandom } from './seeded-random.ts';

describe('seeded chance', () => {
  it('is the same for the same seed and another for another', () => {
    const draw = (seed: number) => {
      const random = createSeededRandom(seed);
      return [random.next(), random.id(), random.between(0, 1000)];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('is even', () => {
    const random = createSeededRandom(1);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 50_000; i++) {
      const at = random.between(0, 4);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('gives ids of 32 hex digits, each once', () => {
    const random = createSeededRandom(1);
    const ids = Array.from({ length: 10_000 }, () => random.id());
    expect(new Set(ids).size).toBe(10_000);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });

  it('picks what there is, and refuses to pick from nothing', () => {
    const random = createSeededRandom(1);
    expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b'])))).toEqual(new Set(['a', 'b']));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
