import { Buffer } from 'node:buffer';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { gzip, isZstdAvailable, zstd } from './compression.ts';

const lines = Buffer.from('{"level":"info","message":"request handled"}\n'.repeat(10_000));

describe('gzip', () => {
  it('names the content coding', () => {
    expect(gzip().name).toBe('gzip');
  });

  test.each([0, 1, 6, 9])('round-trips at level %d, on the thread pool and in the exit hook', async (level) => {
    const { compress, compressSync } = gzip(level);
    for (const body of [Buffer.alloc(0), Buffer.from('a'), lines]) {
      expect(zlib.gunzipSync(await compress(body)).equals(body)).toBe(true);
      expect(zlib.gunzipSync(compressSync(body)).equals(body)).toBe(true);
    }
  });

  it('round-trips any bytes', async () => {
    const { compress } = gzip();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (body) => {
        expect(Uint8Array.from(zlib.gunzipSync(await compress(body)))).toStrictEqual(body);
      }),
    );
  });

  it('makes log lines much smaller', async () => {
    expect((await gzip().compress(lines)).length).toBeLessThan(lines.length / 20);
  });

  test.each([-1, 10, 1.5, Number.NaN])('refuses level %d and says what it takes', (level) => {
    expect(() => gzip(level)).toThrow(
      expect.objectContaining({
        code: 'ERR_LOGFLUME_INVALID_OPTION',
        message: `the gzip level must be an integer from 0 to 9, got ${level}; leave it out for 1`,
      }),
    );
  });
});

describe('zstd', () => {
  it('is there where Node has it', () => {
    expect(isZstdAvailable()).toBe('zstdCompress' in zlib);
  });

  // Both halves are real on their own Node; the other half says so by its title.
  if (isZstdAvailable()) {
    it('round-trips, on the thread pool and in the exit hook', async () => {
      const { name, compress, compressSync } = zstd();
      const decompress: unknown = Reflect.get(zlib, 'zstdDecompressSync');
      if (typeof decompress !== 'function') throw new TypeError('a Node with zstdCompress but no zstdDecompressSync');
      expect(name).toBe('zstd');
      expect(lines.equals(decompress(await compress(lines)))).toBe(true);
      expect(lines.equals(decompress(compressSync(lines)))).toBe(true);
    });
  } else {
    it('says which Node it needs where there is none', () => {
      expect(() => zstd()).toThrow(
        expect.objectContaining({
          code: 'ERR_LOGFLUME_UNSUPPORTED',
          message: `zstd needs Node 22.15 or newer, this is ${process.version}; use gzip`,
        }),
      );
    });
  }
});

describe('a body that cannot be compressed', () => {
  it('is refused with its coding and length, and the reason as cause', async () => {
    // Nothing a delivery hands over is refused; a value of the wrong type is.
    const broken = { length: 5 } as unknown as Uint8Array;
    const refusal = { message: 'gzip could not compress a body of 5 bytes', cause: expect.any(TypeError) };
    await expect(gzip().compress(broken)).rejects.toMatchObject(refusal);
    expect(() => gzip().compressSync(broken)).toThrow(expect.objectContaining(refusal));
  });
});
