import { crc32 } from 'node:zlib';
import { errorCode, toDiskTrouble } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import { ackPath, type Segment } from './segment.ts';

/*
 * An ack file is a run of pairs, little-endian, only ever appended to:
 *
 *   0              4              8
 *   +--------------+--------------+
 *   | frame offset | CRC          |   CRC-32 over the frame offset and the header CRC of that frame, so that a pair
 *   | u32          | u32          |   acknowledges this frame and no other, whatever bits have flipped
 *   +--------------+--------------+
 *
 * A torn tail is ignored and written over. A lost pair costs one resend.
 *
 * A pair for the byte after an offset, with COUNTED in place of the header CRC, says that the records missing in front of
 * that offset were counted: frames are longer than a byte, so the two kinds never meet.
 */
const PAIR_BYTES = 8;
const COUNTED = 0;

/** Frame offset to CRC, as found; `isAcked` says what it proves. */
export type AckMarks = ReadonlyMap<number, number>;

export function encodeAck(offset: number, headerCrc: number): Uint8Array {
  const pair = Buffer.alloc(PAIR_BYTES);
  pair.writeUInt32LE(offset, 0);
  pair.writeUInt32LE(ackCrc(offset, headerCrc), 4);
  return pair;
}

export function parseAcks(bytes: Uint8Array): AckMarks {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const marks = new Map<number, number>();
  for (let at = 0; at + PAIR_BYTES <= view.length; at += PAIR_BYTES) {
    marks.set(view.readUInt32LE(at), view.readUInt32LE(at + 4));
  }
  return marks;
}

export function isAcked(marks: AckMarks, offset: number, headerCrc: number): boolean {
  return marks.get(offset) === ackCrc(offset, headerCrc);
}

/** Whether an earlier start has counted what is missing at an offset. */
export function isCounted(marks: AckMarks, offset: number): boolean {
  return isAcked(marks, offset + 1, COUNTED);
}

function ackCrc(offset: number, headerCrc: number): number {
  const covered = Buffer.alloc(PAIR_BYTES);
  covered.writeUInt32LE(offset, 0);
  covered.writeUInt32LE(headerCrc, 4);
  return crc32(covered);
}

/**
 * Reads the ack file of a segment; what cannot be read acknowledges nothing. At most as much as the segment could need.
 *
 * @throws the error of the system where descriptors are short: that passes, and to send everything again is no answer to it.
 */
export function readAcks(fileSystem: FileSystem, segment: Segment): AckMarks {
  if (segment.ackBytes < PAIR_BYTES) return new Map();
  let fd: number | undefined;
  try {
    fd = fileSystem.open(ackPath(segment), 'read');
    const bytes = new Uint8Array(Math.min(segment.ackBytes, segment.bytes));
    let filled = 0;
    while (filled < bytes.length) {
      const got = fileSystem.read(fd, bytes.subarray(filled), filled);
      if (got === 0) break;
      filled += got;
    }
    return parseAcks(bytes.subarray(0, filled));
  } catch (error) {
    if (toDiskTrouble(errorCode(error)) === 'noDescriptor') throw error;
    // Without marks the frames are sent again, with the same batch ids: a duplicate, not a loss.
    return new Map();
  } finally {
    if (fd !== undefined) closeQuietly(fileSystem, fd);
  }
}

/** Appends marks to ack files; one descriptor is kept, for the segment marked last. */
export interface AckWriter {
  /** @returns whether the mark is on disk; if not, the frame may be sent once more after a restart. */
  mark(segment: Segment, offset: number, headerCrc: number): boolean;
  /** Marks what is missing at an offset as counted. */
  markCounted(segment: Segment, offset: number): void;
  /** Lets go of the descriptor, if it is this segment's or none is named. */
  release(segment?: Segment): void;
}

export function createAckWriter(fileSystem: FileSystem): AckWriter {
  let open: { readonly segment: Segment; readonly fd: number } | undefined;

  function release(segment?: Segment): void {
    if (open === undefined || (segment !== undefined && open.segment !== segment)) return;
    closeQuietly(fileSystem, open.fd);
    open = undefined;
  }

  function mark(segment: Segment, offset: number, headerCrc: number): boolean {
    const pair = encodeAck(offset, headerCrc);
    try {
      if (open?.segment !== segment) {
        release();
        open = { segment, fd: fileSystem.open(ackPath(segment), 'update') };
      }
      const position = Math.floor(segment.ackBytes / PAIR_BYTES) * PAIR_BYTES;
      const written = fileSystem.write(open.fd, [pair], position);
      if (written < PAIR_BYTES) return false;
      segment.ackBytes = position + PAIR_BYTES;
      return true;
    } catch {
      release(segment);
      return false;
    }
  }

  return {
    mark,
    markCounted(segment, offset) {
      mark(segment, offset + 1, COUNTED);
    },
    release,
  };
}

/** A descriptor that cannot be closed is gone all the same: nothing is left to do about it. */
export function closeQuietly(fileSystem: FileSystem, fd: number): void {
  try {
    fileSystem.close(fd);
  } catch {
    // See above.
  }
}
