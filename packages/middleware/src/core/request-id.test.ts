import { describe, expect, it } from 'vitest';
import { createRequestId, isAcceptableId } from './request-id.ts';

const VERSION_7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

function idsOf(nowMs: number, count: number): string[] {
  return Array.from({ length: count }, () => createRequestId(nowMs));
}

describe('createRequestId', () => {
  it('makes UUIDs of version 7 that begin with their time', () => {
    for (const id of idsOf(0x0123456789ab, 1000)) expect(id).toMatch(/^01234567-89ab-7/);
    expect(createRequestId(0x0123456789ac)).toMatch(/^01234567-89ac-7/);
    expect(createRequestId(0xffffffffffff)).toMatch(/^ffffffff-ffff-7/);
    expect(createRequestId(0)).toMatch(/^00000000-0000-7/);
  });

  it('makes ids that sort in the order they were made in', () => {
    const ids = [...idsOf(7, 20_000), ...idsOf(8, 20_000)];
    for (const id of ids) expect(id).toMatch(VERSION_7);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('begins each millisecond at random, in every bit', () => {
    const ids = Array.from({ length: 2000 }, (_, ms) => createRequestId(ms)).map(bitsOf);
    expect(new Set(ids).size).toBe(2000);
    for (let bit = 0; bit < 74; bit++) {
      const share = ids.filter((bits) => (bits >> BigInt(bit)) & 1n).length / ids.length;
      expect(share).toBeGreaterThan(0.4); // Nine standard deviations.
      expect(share).toBeLessThan(0.6);
    }
  });

  it('goes on by steps that cannot be foreseen', () => {
    const ids = idsOf(9, 2001).map(bitsOf);
    const steps = ids.slice(1).map((id, i) => id - (ids[i] as bigint));
    expect(steps.every((step) => step >= 1n && step <= 2n ** 32n)).toBe(true);
    for (let bit = 0; bit < 32; bit++) {
      const share = steps.filter((step) => ((step - 1n) >> BigInt(bit)) & 1n).length / steps.length;
      expect(share).toBeGreaterThan(0.4);
      expect(share).toBeLessThan(0.6);
    }
  });

  it('goes back with the clock', () => {
    expect(createRequestId(1000)).toMatch(/^00000000-03e8-7/);
    expect(createRequestId(999)).toMatch(/^00000000-03e7-7/);
  });
});

/** The random bits of an id, without version and variant. */
function bitsOf(id: string): bigint {
  const [, , a, b, c] = id.split('-') as [string, string, string, string, string];
  const upper = BigInt(`0x${a.slice(1)}`);
  return (upper << 62n) | ((BigInt(`0x${b}`) & 0x3fffn) << 48n) | BigInt(`0x${c}`);
}

describe('isAcceptableId', () => {
  it.each([['a'], ['A-z_0=1.2:3'], ['x'.repeat(128)], [createRequestId(1)]])('takes %s', (id) => {
    expect(isAcceptableId(id)).toBe(true);
  });

  it.each([[''], ['x'.repeat(129)], ['a b'], ['a\n'], ['a,b'], ['é'], ['<a>'], [undefined], [['a']], [7]])(
    'refuses %s',
    (id) => {
      expect(isAcceptableId(id)).toBe(false);
    },
  );
});
