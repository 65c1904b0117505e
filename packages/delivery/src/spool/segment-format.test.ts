import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  encodeFrameHeader,
  type FrameMeta,
  HEADER_BYTES,
  isPayloadIntact,
  LAYOUT_VERSION,
  MAGIC,
  parseFrameHeader,
} from './segment-format.ts';

const meta: FrameMeta = {
  batchId: '00112233445566778899aabbccddeeff',
  records: 512,
  createdMs: 1_800_000_000_123,
  minSeverity: 17,
  encoding: 'zstd',
};
const payload = Buffer.from('a request body');

function headerOf(changes: Partial<FrameMeta> = {}, firstSequence = 0): Uint8Array {
  return encodeFrameHeader({ ...meta, ...changes }, firstSequence, payload);
}

describe('a frame header', () => {
  test('is 56 bytes with every field at the offset of the drawing', () => {
    const header = Buffer.from(headerOf({}, 2 ** 40 + 5));
    expect(header).toHaveLength(HEADER_BYTES);
    expect(header.subarray(0, 8).toString('hex')).toBe('ff4c465301021100');
    expect(header.readUInt32LE(8)).toBe(payload.length);
    expect(header.readUInt32LE(12)).toBe(512);
    expect(header.readBigUInt64LE(16)).toBe(2n ** 40n + 5n);
    expect(header.readBigUInt64LE(24)).toBe(1_800_000_000_123n);
    expect(header.toString('hex', 32, 48)).toBe(meta.batchId);
    // Made by another implementation: python3 zlib.crc32.
    expect(header.readUInt32LE(52)).toBe(3612328276);
  });

  test.each([
    ['identity', 0, 0, 1],
    ['gzip', 2 ** 53 - 1, 255, 2 ** 32 - 1],
    ['zstd', 2 ** 32, 9, 1],
  ] as const)('reads back what was written (%s)', (encoding, firstSequence, minSeverity, records) => {
    const parsed = parseFrameHeader(headerOf({ encoding, minSeverity, records }, firstSequence));
    expect(parsed).toMatchObject({
      kind: 'ok',
      header: { ...meta, encoding, minSeverity, records, firstSequence, payloadBytes: payload.length },
    });
  });

  test('is torn with one byte less', () => {
    expect(parseFrameHeader(headerOf().subarray(0, HEADER_BYTES - 1))).toEqual({ kind: 'torn' });
  });

  test('is bad with any one bit of the covered bytes flipped', () => {
    for (let bit = 0; bit < 52 * 8; bit++) {
      const header = headerOf();
      header[bit >> 3] = (header[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parseFrameHeader(header), `bit ${bit}`).toEqual({ kind: 'badHeader' });
    }
  });

  test('of a later version says how far to hop', () => {
    const later = reseal((header) => {
      header[4] = LAYOUT_VERSION + 1;
    });
    expect(parseFrameHeader(later)).toEqual({
      kind: 'futureVersion',
      version: LAYOUT_VERSION + 1,
      frameBytes: HEADER_BYTES + payload.length,
    });
  });

  test.each(['gzip', 'zstd', 'identity'] as const)(
    'says the content type of a body, beside the encoding %s',
    (encoding) => {
      for (const contentType of ['application/x-protobuf', 'application/json', undefined]) {
        expect(parseFrameHeader(headerOf({ encoding, contentType }))).toMatchObject({
          header: { encoding, contentType },
        });
      }
      // One that has no number is left to whoever reads it.
      expect(parseFrameHeader(headerOf({ encoding, contentType: 'application/x-own' }))).toMatchObject({
        header: { encoding, contentType: undefined },
      });
    },
  );

  test.each([3, 20, 0x80])('with flags %i, which we do not know, is a later version too', (flags) => {
    const later = reseal((header) => {
      header[5] = flags;
    });
    expect(parseFrameHeader(later).kind).toBe('futureVersion');
  });

  test.each(['', 'x'.repeat(32), meta.batchId.toUpperCase(), meta.batchId.slice(1)])('refuses the id %j', (batchId) => {
    expect(() => headerOf({ batchId })).toThrow(RangeError);
  });

  test('is read at an offset, from a view of a larger buffer', () => {
    const frame = Buffer.concat([Buffer.alloc(7), headerOf(), payload]);
    expect(parseFrameHeader(frame.subarray(3), 4).kind).toBe('ok');
  });
});

test('the magic occurs in no UTF-8 text and begins no gzip or zstd body', () => {
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(MAGIC)).toThrow(TypeError);
  expect([...MAGIC.subarray(0, 2)]).not.toEqual([0x1f, 0x8b]);
  expect([...MAGIC]).not.toEqual([0x28, 0xb5, 0x2f, 0xfd]);
});

test('a payload is intact only with every bit and the right length', () => {
  const parsed = parseFrameHeader(headerOf());
  if (parsed.kind !== 'ok') throw new Error('unreadable');
  expect(isPayloadIntact(parsed.header, payload)).toBe(true);
  expect(isPayloadIntact(parsed.header, payload.subarray(1))).toBe(false);
  for (let bit = 0; bit < payload.length * 8; bit++) {
    const changed = Buffer.from(payload);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(isPayloadIntact(parsed.header, changed)).toBe(false);
  }
});

/** A header changed and given the right CRC again. */
function reseal(change: (header: Buffer) => void): Buffer {
  const header = Buffer.from(headerOf());
  change(header);
  header.writeUInt32LE(crc32(header.subarray(0, 48)), 48);
  return header;
}
