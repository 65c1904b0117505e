import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeFrameHeader, HEADER_BYTES } from './segment-format.ts';
import { type ReadAt, type WalkStep, walkSegment } from './segment-walk.ts';

/** Frame `number`, with a payload of `bytes` zeros: only headers matter here. */
function frame(number: number, bytes = 40): Buffer {
  const batchId = number.toString(16).padStart(32, '0');
  const payload = Buffer.alloc(bytes, 0x20);
  const meta = { batchId, records: 1, createdMs: 0, minSeverity: 0, encoding: 'identity' } as const;
  return Buffer.concat([encodeFrameHeader(meta, number, payload), payload]);
}

function readerOf(file: Buffer): ReadAt {
  return (into, position) => file.copy(into, 0, position, position + into.length);
}

function walk(file: Buffer): WalkStep[] {
  return [...walkSegment(readerOf(file), file.length)].filter((step) => step.kind !== 'searching');
}

/** Numbers of the frames found. */
function found(file: Buffer): number[] {
  return walk(file).flatMap((step) => (step.kind === 'frame' ? [step.header.firstSequence] : []));
}

/** Bytes that are in no frame. */
function damage(file: Buffer): number {
  return walk(file).reduce((sum, step) => sum + (step.kind === 'damage' || step.kind === 'torn' ? step.bytes : 0), 0);
}

const three = [1, 2, 3].map((number) => frame(number));
const FRAME_BYTES = HEADER_BYTES + 40;

describe('the walk', () => {
  test('finds the frames of a whole segment and nothing else', () => {
    expect(found(Buffer.concat(three))).toEqual([1, 2, 3]);
    expect(damage(Buffer.concat(three))).toBe(0);
    expect(walk(Buffer.alloc(0))).toEqual([]);
  });

  test('finds every whole frame of a segment torn at any byte (F52)', () => {
    const file = Buffer.concat(three);
    for (let end = 0; end < file.length; end++) {
      const torn = file.subarray(0, end);
      const whole = Math.floor(end / FRAME_BYTES);
      expect(found(torn), `torn at ${end}`).toEqual([1, 2, 3].slice(0, whole));
      expect(damage(torn), `torn at ${end}`).toBe(end % FRAME_BYTES);
    }
  });

  test('loses one frame at most to any flipped bit (F51)', () => {
    const file = Buffer.concat(three);
    for (let bit = 0; bit < file.length * 8; bit++) {
      const flipped = Buffer.from(file);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const touched = 1 + Math.floor((bit >> 3) / FRAME_BYTES);
      const others = [1, 2, 3].filter((number) => number !== touched);
      expect(found(flipped), `bit ${bit}`).toEqual(expect.arrayContaining(others));
    }
  });

  test('calls a tail of zeros by its name (F53)', () => {
    for (const bytes of [1, HEADER_BYTES - 1, HEADER_BYTES, 5000, 200_000]) {
      expect(walk(Buffer.concat([frame(1), Buffer.alloc(bytes)])).at(-1)).toEqual({
        kind: 'damage',
        offset: FRAME_BYTES,
        bytes,
        isZeroFilled: true,
      });
    }
  });

  test.each([1, 3, 55, 56, 4095, 65_535, 65_536, 65_537, 131_070])(
    'finds the way again after %i bytes of garbage',
    (bytes) => {
      const garbage = Buffer.alloc(bytes, 0xff);
      expect(found(Buffer.concat([frame(1), garbage, frame(2)]))).toEqual([1, 2]);
      expect(damage(Buffer.concat([frame(1), garbage, frame(2)]))).toBe(bytes);
    },
  );

  test('is not led astray by the magic alone', () => {
    const decoy = frame(9).subarray(0, 30);
    expect(found(Buffer.concat([frame(1), decoy, decoy, frame(2)]))).toEqual([1, 2]);
  });

  test('hops over frames of a later version (F56)', () => {
    const steps = walk(Buffer.concat([frame(1), futureFrame(), frame(3)]));
    expect(steps.map((step) => step.kind)).toEqual(['frame', 'futureFrame', 'frame']);
  });

  test('ends for any file, and reads no more than a few times its size', () => {
    for (let seed = 1; seed < 200; seed++) {
      const file = Buffer.alloc(3000);
      for (let at = 0, state = seed; at < file.length; at++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        file[at] = [0xff, 0x4c, 0x46, 0x53, 0, state & 0xff][(state >>> 24) % 6] ?? 0;
      }
      let reads = 0;
      const readAt: ReadAt = (into, position) => {
        reads++;
        return readerOf(file)(into, position);
      };
      let covered = 0;
      for (const step of walkSegment(readAt, file.length)) if ('bytes' in step) covered += step.bytes;
      expect(covered).toBe(file.length);
      expect(reads).toBeLessThan(200);
    }
  });

  test('gives other work a turn inside a large piece of damage', () => {
    const steps = [...walkSegment(readerOf(Buffer.alloc(1_000_000, 7)), 1_000_000)];
    expect(steps.filter((step) => step.kind === 'searching').length).toBeGreaterThan(10);
  });
});

function futureFrame(): Buffer {
  const whole = frame(2);
  whole[4] = 9;
  whole.writeUInt32LE(crc32(whole.subarray(0, 48)), 48);
  return whole;
}
