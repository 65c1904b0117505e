import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { numbersOf } from './numbered-records.ts';

/** A frame as it stands on a disk, read without the reader under test. */
export interface FrameOnDisk {
  readonly batchId: string;
  readonly numbers: readonly number[];
  /** Whether its ack file says that it is done with. */
  readonly isAcked: boolean;
}

const MAGIC = Buffer.of(0xff, 0x4c, 0x46, 0x53);
const HEADER_BYTES = 56;
const PAIR_BYTES = 8;

/** Every whole frame of every segment, by the layout drawn in `segment-format.ts` of delivery: what a next process finds. */
export function readDisk(files: Iterable<readonly [string, Buffer]>): FrameOnDisk[] {
  const byPath = new Map(files);
  const frames: FrameOnDisk[] = [];
  for (const [path, data] of byPath) {
    if (!/\/[1-9]\d*\.seg$/.test(path)) continue;
    const acks = readPairs(byPath.get(path.replace(/seg$/, 'ack')) ?? Buffer.alloc(0));
    for (let at = data.indexOf(MAGIC); at >= 0; ) {
      const frame = readFrame(data, at);
      if (frame === undefined) {
        at = data.indexOf(MAGIC, at + 1);
        continue;
      }
      const { batchId, numbers, headerCrc, end } = frame;
      if (numbers !== undefined) frames.push({ batchId, numbers, isAcked: acks.get(at) === ackCrc(at, headerCrc) });
      at = data.indexOf(MAGIC, end);
    }
  }
  return frames;
}

interface Frame {
  readonly batchId: string;
  /** `undefined` for a payload that is damaged. */
  readonly numbers: number[] | undefined;
  readonly headerCrc: number;
  readonly end: number;
}

function readFrame(data: Buffer, at: number): Frame | undefined {
  const header = data.subarray(at, at + HEADER_BYTES);
  if (header.length < HEADER_BYTES) return undefined;
  const headerCrc = header.readUInt32LE(48);
  if (crc32(header.subarray(0, 48)) !== headerCrc) return undefined;
  const end = at + HEADER_BYTES + header.readUInt32LE(8);
  const payload = data.subarray(at + HEADER_BYTES, end);
  const isWhole = end <= data.length && crc32(payload) === header.readUInt32LE(52);
  return { batchId: header.toString('hex', 32, 48), numbers: isWhole ? numbersOf(payload) : undefined, headerCrc, end };
}

function readPairs(data: Buffer): Map<number, number> {
  const pairs = new Map<number, number>();
  for (let at = 0; at + PAIR_BYTES <= data.length; at += PAIR_BYTES) {
    pairs.set(data.readUInt32LE(at), data.readUInt32LE(at + 4));
  }
  return pairs;
}

function ackCrc(offset: number, headerCrc: number): number {
  const covered = Buffer.alloc(PAIR_BYTES);
  covered.writeUInt32LE(offset, 0);
  covered.writeUInt32LE(headerCrc, 4);
  return crc32(covered);
}
