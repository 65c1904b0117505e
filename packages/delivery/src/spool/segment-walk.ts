import { type FrameHeader, HEADER_BYTES, MAGIC, parseFrameHeader } from './segment-format.ts';

/** What a walk meets, in the order of the file. */
export type WalkStep =
  /** A header that is whole, with as many bytes behind it as it says; the payload is not looked at. */
  | { readonly kind: 'frame'; readonly offset: number; readonly header: FrameHeader }
  /** A frame of a later version; hopped over. */
  | { readonly kind: 'futureFrame'; readonly offset: number; readonly bytes: number; readonly version: number }
  /** The file ends inside a frame. `header` if that much of it is there. The last step. */
  | { readonly kind: 'torn'; readonly offset: number; readonly bytes: number; readonly header: FrameHeader | undefined }
  /** Bytes that are no frame, up to the next one or to the end. */
  | { readonly kind: 'damage'; readonly offset: number; readonly bytes: number; readonly isZeroFilled: boolean }
  /** Nothing new: a piece of damage was searched through, so that the caller can turn to other work. */
  | { readonly kind: 'searching' };

/** Reads into the whole of `into` from `position`, fewer bytes only at the end of the file. */
export type ReadAt = (into: Uint8Array, position: number) => number;

/** One page: holds the headers of many small frames, and costs no more than one header to read. */
const WINDOW_BYTES = 4096;
const SEARCH_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(SEARCH_BYTES);

/**
 * Walks a segment header by header, hopping over payloads, in constant memory. Every step moves on, so the walk ends
 * for any content. After a bad header it searches the magic and believes it only with a matching header CRC.
 *
 * @throws whatever `readAt` throws.
 */
export function* walkSegment(readAt: ReadAt, fileBytes: number): Generator<WalkStep, void, void> {
  const window = createWindow(readAt, fileBytes);
  let offset = 0;
  while (offset < fileBytes) {
    const left = fileBytes - offset;
    const parsed = parseFrameHeader(window(offset));
    switch (parsed.kind) {
      case 'ok': {
        const bytes = HEADER_BYTES + parsed.header.payloadBytes;
        if (bytes > left) {
          yield { kind: 'torn', offset, bytes: left, header: parsed.header };
          return;
        }
        yield { kind: 'frame', offset, header: parsed.header };
        offset += bytes;
        break;
      }
      case 'futureVersion': {
        const bytes = Math.min(parsed.frameBytes, left);
        yield { kind: 'futureFrame', offset, bytes, version: parsed.version };
        offset += bytes;
        break;
      }
      case 'torn': {
        const tail = window(offset);
        if (isZero(tail)) yield { kind: 'damage', offset, bytes: left, isZeroFilled: true };
        else yield { kind: 'torn', offset, bytes: left, header: undefined };
        return;
      }
      case 'badHeader':
        offset = yield* search(readAt, window, { from: offset, fileBytes });
        break;
    }
  }
}

/** @returns the offset of the next frame, or the end of the file. */
function* search(
  readAt: ReadAt,
  window: (offset: number) => Uint8Array,
  range: { readonly from: number; readonly fileBytes: number },
): Generator<WalkStep, number, void> {
  const { from, fileBytes } = range;
  const chunk = Buffer.alloc(SEARCH_BYTES);
  let isZeroFilled = true;
  let position = from;
  while (position < fileBytes) {
    const got = readAt(chunk, position);
    if (got === 0) break;
    const seen = chunk.subarray(0, got);
    // The damage begins with bytes that are no header; the search begins behind its first byte.
    let candidate = seen.indexOf(MAGIC, position === from ? 1 : 0);
    while (candidate !== -1) {
      const found = position + candidate;
      const parsed = parseFrameHeader(window(found));
      if (parsed.kind === 'ok' || parsed.kind === 'futureVersion') {
        isZeroFilled &&= isZero(seen.subarray(0, candidate));
        yield { kind: 'damage', offset: from, bytes: found - from, isZeroFilled };
        return found;
      }
      candidate = seen.indexOf(MAGIC, candidate + 1);
    }
    isZeroFilled &&= isZero(seen);
    // A magic may lie across two chunks.
    position += Math.max(1, position + got < fileBytes ? got - (MAGIC.length - 1) : got);
    yield { kind: 'searching' };
  }
  yield { kind: 'damage', offset: from, bytes: fileBytes - from, isZeroFilled };
  return fileBytes;
}

/** At least a header's worth of bytes from an offset, or what the file still has; pages read once serve many headers. */
function createWindow(readAt: ReadAt, fileBytes: number): (offset: number) => Uint8Array {
  const page = new Uint8Array(WINDOW_BYTES);
  let start = 0;
  let filled = 0;
  return (offset) => {
    const wanted = Math.min(HEADER_BYTES, fileBytes - offset);
    if (offset < start || offset + wanted > start + filled) {
      start = offset;
      filled = readAt(page, offset);
    }
    return page.subarray(offset - start, Math.min(filled, offset - start + HEADER_BYTES));
  };
}

function isZero(bytes: Uint8Array): boolean {
  return ZEROS.subarray(0, bytes.length).equals(bytes);
}
