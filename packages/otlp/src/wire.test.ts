import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closeLength,
  MAX_UNIX_MS,
  varintBytes,
  writeBigInt64,
  writeBytes,
  writeDouble,
  writeInt64,
  writeUnixNanos,
  writeVarint,
} from './wire.ts';

describe('writeVarint', () => {
  it.each([
    [0, '00'],
    [1, '01'],
    [0x7f, '7f'],
    [0x80, '8001'],
    [0x3fff, 'ff7f'],
    [0x4000, '808001'],
    [0x1fffff, 'ffff7f'],
    [0x200000, '80808001'],
    [0xfffffff, 'ffffff7f'],
    [0x10000000, '8080808001'],
    [2 ** 31 - 1, 'ffffffff07'],
    [2 ** 31, '8080808008'],
    [2 ** 32 - 1, 'ffffffff0f'],
  ])('writes %d as %s, in as many bytes as varintBytes says', (value, hex) => {
    const bytes = Buffer.alloc(16, 0xee);
    const end = writeVarint(bytes, 3, value);
    expect(bytes.toString('hex', 3, end)).toBe(hex);
    expect(varintBytes(value)).toBe(end - 3);
    expect(bytes[end]).toBe(0xee);
  });
});

describe('writeInt64', () => {
  const edges = [0n, 1n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 35n, 2n ** 53n, 2n ** 56n, 2n ** 62n, 2n ** 63n];
  const near = edges.flatMap((edge) => [edge - 1n, edge, edge + 1n]).flatMap((value) => [value, -value]);

  it.each(near.filter((value) => BigInt.asIntN(64, value) === value))('writes the BigInt %d', (value) => {
    expect(written((bytes) => writeBigInt64(bytes, 0, value))).toBe(referenceVarint(value));
  });

  it.each([...near.map(Number), -(2 ** 63), 2 ** 63 - 1024].filter((value) => value >= -(2 ** 63) && value < 2 ** 63))(
    'writes the integer %d as the BigInt of the same value',
    (value) => {
      expect(written((bytes) => writeInt64(bytes, 0, value))).toBe(referenceVarint(BigInt(value)));
    },
  );

  it('writes every int64, as number and as BigInt', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(written((bytes) => writeBigInt64(bytes, 0, value))).toBe(referenceVarint(value));
        const number = Number(value);
        if (number === 2 ** 63) return;
        expect(written((bytes) => writeInt64(bytes, 0, number))).toBe(referenceVarint(BigInt(number)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('writeUnixNanos', () => {
  const nanoseconds = (ms: number, nanos: number): bigint => {
    const bytes = Buffer.alloc(8);
    expect(writeUnixNanos(bytes, 0, ms, nanos)).toBe(8);
    return bytes.readBigUInt64LE();
  };

  it.each([
    [0, 0],
    [0, 1],
    [0, 999_999],
    [1, 0],
    [4294, 967_295],
    [4294, 967_296],
    [0xffff, 999_999],
    [0x10000, 0],
    [2 ** 31, 1],
    [2 ** 32, 999_999],
    [9_007_199_254, 740_993],
    [1_581_452_773_000, 789],
    [MAX_UNIX_MS, 999_999],
  ])('writes %d ms and %d ns exactly', (ms, nanos) => {
    expect(nanoseconds(ms, nanos)).toBe(BigInt(ms) * 1_000_000n + BigInt(nanos));
  });

  it('has its last millisecond just below 2^64 nanoseconds', () => {
    expect(BigInt(MAX_UNIX_MS) * 1_000_000n + 999_999n).toBeLessThan(2n ** 64n);
    expect(BigInt(MAX_UNIX_MS + 1) * 1_000_000n + 999_999n).toBeGreaterThanOrEqual(2n ** 64n);
  });

  it('loses no digit of any time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_UNIX_MS }), fc.nat(999_999), (ms, nanos) => {
        expect(nanoseconds(ms, nanos)).toBe(BigInt(ms) * 1_000_000n + BigInt(nanos));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('writeDouble', () => {
  it.each([0, -0, 0.1, 1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'writes %d little-endian, or nothing at all where eight bytes are not left',
    (value) => {
      const bytes = Buffer.alloc(9, 0xee);
      expect(writeDouble(bytes, 1, value)).toBe(9);
      expect(Object.is(bytes.readDoubleLE(1), value)).toBe(true);
      const short = Buffer.alloc(8, 0xee);
      expect(writeDouble(short, 1, value)).toBeGreaterThan(8);
      expect(short).toEqual(Buffer.alloc(8, 0xee));
    },
  );
});

describe('writeBytes', () => {
  it('copies what fits, and nothing of what does not', () => {
    const bytes = Buffer.alloc(4);
    expect(writeBytes(bytes, 1, Uint8Array.of(1, 2, 3))).toBe(4);
    expect(bytes.toString('hex')).toBe('00010203');
    expect(writeBytes(bytes, 2, Uint8Array.of(7, 8, 9))).toBeGreaterThan(4);
    expect(bytes.toString('hex')).toBe('00010203');
  });
});

describe('closeLength', () => {
  it.each([
    [0, 1],
    [127, 1],
    [128, 1],
    [128, 2],
    [100, 2],
    [16_383, 2],
    [16_384, 2],
    [16_384, 1],
    [16_383, 3],
    [5, 5],
    [2_097_152, 3],
  ])('puts the length of %d bytes in front of them whatever the guess, here %d', (length, width) => {
    const at = 2;
    const needed = varintBytes(length);
    const bytes = Buffer.alloc(at + Math.max(width, needed) + length, 0xee);
    const content = Buffer.alloc(length, 'abc');
    content.copy(bytes, at + width);
    const end = closeLength(bytes, at, width, at + width + length);
    expect(end).toBe(at + needed + length);
    expect(bytes.toString('hex', at, at + needed)).toBe(referenceVarint(BigInt(length)));
    expect(bytes.subarray(at + needed, end).equals(content)).toBe(true);
  });

  it('says so, and moves nothing, when the prefix has to grow and the last byte is taken', () => {
    const bytes = Buffer.alloc(1 + 128, 0xee);
    expect(closeLength(bytes, 0, 1, bytes.length)).toBeGreaterThan(bytes.length);
    expect(bytes).toEqual(Buffer.alloc(129, 0xee));
  });

  it('leaves an end beyond the bytes where it is', () => {
    expect(closeLength(Buffer.alloc(10), 0, 1, 300)).toBe(300);
    expect(closeLength(Buffer.alloc(10), 0, 2, 11)).toBe(11);
  });
});

function written(write: (bytes: Buffer) => number): string {
  const bytes = Buffer.alloc(10);
  return bytes.toString('hex', 0, write(bytes));
}

/** The base-128 varint of a value in two's complement, by BigInt alone. */
function referenceVarint(value: bigint): string {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]).toString('hex');
}
