import { describe, expect, it } from 'vitest';
import { ChunkPool } from './chunk-pool.ts';

const MIB = 1024 * 1024;

describe('ChunkPool', () => {
  it('gives the same memory again once it was given back', () => {
    const pool = new ChunkPool(MIB);
    const first = pool.take(MIB);
    expect(first).toHaveLength(MIB);
    pool.giveBack(first.subarray(100, 200));
    expect(pool.take(MIB + 1000).buffer).toBe(first.buffer);
    expect(pool.take(MIB).buffer).not.toBe(first.buffer);
  });

  it('lends a chunk that is given back twice to one alone', () => {
    const pool = new ChunkPool(MIB);
    const chunk = pool.take(MIB);
    pool.giveBack(chunk);
    pool.giveBack(chunk);
    expect(pool.take(MIB).buffer).not.toBe(pool.take(MIB).buffer);
  });

  it('takes chunks for large things alone', () => {
    const pool = new ChunkPool(MIB);
    expect(pool.take(100).buffer.byteLength).toBe(100);
    expect(pool.take(3 * MIB).buffer.byteLength).toBe(3 * MIB);
  });

  it('keeps a few, and nothing that is not its own', () => {
    const pool = new ChunkPool(MIB);
    const foreign = Buffer.from(new ArrayBuffer(pool.take(MIB).buffer.byteLength));
    pool.giveBack(foreign);
    expect(pool.take(MIB).buffer).not.toBe(foreign.buffer);
    const many = Array.from({ length: 20 }, () => pool.take(MIB));
    for (const chunk of many) pool.giveBack(chunk);
    const again = Array.from({ length: 20 }, () => pool.take(MIB).buffer);
    expect(again.filter((buffer) => many.some((chunk) => chunk.buffer === buffer))).toHaveLength(7);
  });
});
