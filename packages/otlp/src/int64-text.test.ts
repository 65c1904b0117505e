import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toInt64Text, toUint64Text } from './int64-text.ts';

const half = fc.oneof(
  fc.nat({ max: 0xffff_ffff }),
  fc.constantFrom(0, 1, 0x1f_ffff, 0x20_0000, 0x7fff_ffff, 0x8000_0000, 0xffe0_0000, 0xffff_ffff),
);

describe('toUint64Text and toInt64Text', () => {
  it('agree with BigInt on every pair of halves', () => {
    fc.assert(
      fc.property(half, half, (high, low) => {
        const exact = (BigInt(high) << 32n) | BigInt(low);
        expect(toUint64Text(high, low)).toBe(exact.toString());
        expect(toInt64Text(high, low)).toBe(BigInt.asIntN(64, exact).toString());
      }),
      { numRuns: 5_000 },
    );
  });

  it('keep the zeros inside a number above 2^53', () => {
    const value = 12_000_000_000_000_000_007n;
    expect(toUint64Text(Number(value >> 32n), Number(value & 0xffff_ffffn))).toBe('12000000000000000007');
  });
});
