import { createAckWriter } from './ack-file.ts';
import { errorCode, toDiskTrouble } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import { ackPath, compareSegments, type Segment, type SegmentFolder, segmentPath } from './segment.ts';
import { type FrameHeader, HEADER_BYTES, isPayloadIntact, parseFrameHeader } from './segment-format.ts';
import type { SegmentReader } from './segment-reader.ts';
import type { Loss } from './sequence-tracker.ts';
import type { StoredFrame } from './stored-frame.ts';

/** What reading a frame gave. */
export type FrameRead =
  | { readonly kind: 'payload'; readonly payload: Uint8Array }
  /** The bytes are not those that were written, or are gone. Final. */
  | { readonly kind: 'corrupt' }
  /** Not now: out of descriptors, or the device fails. May work later. */
  | { readonly kind: 'unavailable'; readonly code: string };

/** The segments of this process and of those it adopted. All sums are made from them when asked for. */
export interface SegmentStore {
  /** Oldest first. */
  readonly segments: readonly Segment[];
  /** Segments and ack files together. */
  readonly bytes: number;
  /** Records that are not terminal. */
  pending(): PendingCounts;
  add(segments: readonly Segment[]): void;
  /** Makes the handle of a pending frame. */
  handOut(frame: NewFrame): StoredFrame;
  read(frame: StoredFrame): FrameRead;
  settle(frame: StoredFrame): void;
  /** Sees to it that no later start counts these records again. */
  markCounted(loss: Loss): void;
  /** The frame was written again: forgets the old place, keeps the handle. */
  relocate(
    frame: StoredFrame,
    to: { readonly segment: Segment; readonly offset: number; readonly header: FrameHeader },
  ): void;
  /** Deletes a segment with nothing pending. */
  removeIfDone(segment: Segment): void;
  /** Deletes the files, segment first: an ack file alone is garbage, a segment alone would be sent again. */
  remove(segment: Segment): void;
  /** The files are gone already. */
  forget(segment: Segment): void;
  releaseDescriptors(): void;
}

export interface PendingCounts {
  readonly records: number;
  /** In segments that were not walked yet. */
  readonly estimatedRecords: number;
  /** Not handed out yet. */
  readonly backlogRecords: number;
}

export interface NewFrame {
  readonly segment: Segment;
  readonly offset: number;
  readonly header: FrameHeader;
  readonly bornMs: number;
  readonly isRecovered: boolean;
}

/** @param onRemoved - told after files were deleted: there may be room now. */
export function createSegmentStore(fileSystem: FileSystem, reader: SegmentReader, onRemoved: () => void): SegmentStore {
  const segments: Segment[] = [];
  const acks = createAckWriter(fileSystem);

  function forget(segment: Segment): void {
    segment.isGone = true;
    acks.release(segment);
    reader.release(segment);
    const at = segments.indexOf(segment);
    if (at !== -1) segments.splice(at, 1);
  }

  /** An adopted directory goes with its last segment; ours stays, it holds the lock. */
  function tidy(folder: SegmentFolder): void {
    if (folder.createdMs === Infinity || segments.some((segment) => segment.folder === folder)) return;
    try {
      fileSystem.removeDirectory(folder.path);
    } catch {
      // Something that is not ours lies in it.
    }
  }

  /** @returns whether the segment is deleted. */
  function remove(segment: Segment): boolean {
    forget(segment);
    // A segment that stays keeps its marks, so that the next start sends little of it again.
    if (!unlink(segmentPath(segment))) return false;
    if (unlink(ackPath(segment))) {
      tidy(segment.folder);
      onRemoved();
    }
    return true;
  }

  /** @returns whether there is no such file now. */
  function unlink(path: string): boolean {
    try {
      fileSystem.unlink(path);
      return true;
    } catch (error) {
      return toDiskTrouble(errorCode(error)) === 'gone';
    }
  }

  /** @returns whether the segment is deleted. */
  function removeIfDone(segment: Segment): boolean {
    const isOpen = segment.fd !== undefined;
    // Not the counts but the handles decide: a count may rest on marks that were lost since.
    const isDone = segment.isSurveyed && segment.isHandedOut && segment.live.size === 0;
    return isDone && !isOpen && !segment.isKept && !segment.isGone && remove(segment);
  }

  /** Takes a frame off the counts of its segment, and off the disk as far as that goes. */
  function leave({ segment, offset, header }: StoredFrame['location']): void {
    segment.live.delete(offset);
    if (segment.isGone) return;
    segment.pendingFrames = Math.max(0, segment.pendingFrames - 1);
    segment.pendingRecords = Math.max(0, segment.pendingRecords - header.records);
    if (removeIfDone(segment)) return;
    // Also where it should be gone and cannot be deleted: the next process finds it. A mark that cannot be written costs
    // a duplicate after a restart, under the same batch id.
    acks.mark(segment, offset, header.headerCrc);
    if (segment.isGone) acks.release(segment);
  }

  return {
    segments,
    get bytes() {
      let sum = 0;
      for (const segment of segments) sum += segment.bytes + segment.ackBytes;
      return sum;
    },
    pending() {
      let records = 0;
      let estimatedRecords = 0;
      let liveRecords = 0;
      for (const segment of segments) {
        records += segment.pendingRecords;
        if (!segment.isSurveyed) estimatedRecords += segment.pendingRecords;
        for (const frame of segment.live.values()) liveRecords += frame.records;
      }
      return { records, estimatedRecords, backlogRecords: Math.max(0, records - liveRecords) };
    },
    add(more) {
      segments.push(...more);
      segments.sort(compareSegments);
    },
    handOut({ segment, offset, header, bornMs, isRecovered }) {
      const { batchId, records, createdMs, minSeverity, encoding, contentType, payloadBytes } = header;
      const location = { segment, offset, header, isSettled: false };
      const meta = { batchId, records, createdMs, minSeverity, encoding, contentType, payloadBytes };
      const frame: StoredFrame = { ...meta, bornMs, isRecovered, location };
      segment.live.set(offset, frame);
      return frame;
    },
    read({ location: { segment, offset, header, isSettled } }) {
      if (isSettled || (segment.isGone && segment.fd === undefined)) return { kind: 'corrupt' };
      const bytes = new Uint8Array(HEADER_BYTES + header.payloadBytes);
      try {
        reader.readAt(segment, bytes, offset);
      } catch (error) {
        const code = errorCode(error);
        return toDiskTrouble(code) === 'gone' ? { kind: 'corrupt' } : { kind: 'unavailable', code };
      }
      const parsed = parseFrameHeader(bytes);
      const payload = bytes.subarray(HEADER_BYTES);
      const isIntact = parsed.kind === 'ok' && parsed.header.headerCrc === header.headerCrc;
      return isIntact && isPayloadIntact(parsed.header, payload) ? { kind: 'payload', payload } : { kind: 'corrupt' };
    },
    settle({ location }) {
      if (location.isSettled) return;
      location.isSettled = true;
      leave(location);
    },
    relocate(frame, to) {
      const from = { ...frame.location };
      Object.assign(frame.location, to);
      to.segment.live.set(to.offset, frame);
      leave(from);
    },
    markCounted({ segment, offset }) {
      if (!segment.isGone) acks.markCounted(segment, offset);
    },
    removeIfDone,
    remove,
    forget,
    releaseDescriptors() {
      acks.release();
      reader.release();
    },
  };
}
