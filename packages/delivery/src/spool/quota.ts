import type { Backlog } from './backlog.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { SegmentStore } from './segment-store.ts';
import type { SpoolReport } from './spool-diagnostics.ts';
import type { StoredFrame } from './stored-frame.ts';

/** Keeps everything on disk below `maxBytes`: the oldest dead letters go first, then the oldest segment. */
export interface Quota {
  /** Segments, ack files and dead letters. */
  readonly bytes: number;
  readonly canEvict: boolean;
  /** @returns whether so many bytes may be written now; deletes for it what may be deleted. */
  makeRoom(bytes: number): boolean;
  /** As `makeRoom`, for a dead letter: only other dead letters go for it. */
  makeRoomForLetter(bytes: number): boolean;
  /** Deletes the oldest segment that is not being written. @returns `false` if there is none, or it cannot be read now. */
  evictOldest(): boolean;
}

export interface QuotaParts {
  readonly maxBytes: number;
  readonly store: SegmentStore;
  readonly backlog: Backlog;
  readonly deadLetters: DeadLetters;
  readonly report: SpoolReport;
  /** Gets every pending frame of a segment before its file is deleted. */
  readonly evict: (frame: StoredFrame) => void;
  /** Records that were deleted without anybody having been able to read them. */
  readonly onUnreadable: (records: number) => void;
}

export function createQuota(parts: QuotaParts): Quota {
  const { maxBytes, store, backlog, deadLetters, report } = parts;

  const total = (): number => store.bytes + deadLetters.bytes;
  const findVictim = (): (typeof store.segments)[number] | undefined =>
    store.segments.find((segment) => segment.fd === undefined);

  function evictOldest(): boolean {
    const segment = findVictim();
    if (segment === undefined) return false;
    const unreadable = backlog.handOutAll(segment);
    if (unreadable === undefined) return false;
    let records = unreadable;
    for (const frame of [...segment.live.values()]) {
      records += frame.records;
      parts.evict(frame);
      frame.location.isSettled = true;
    }
    const { bytes } = segment;
    if (!segment.isGone) store.remove(segment);
    parts.onUnreadable(unreadable);
    const message = `spool: deleted the oldest segment to make room, ${records} records, ${bytes} bytes`;
    report({ kind: 'spoolEvicted', records, unreadable, bytes, message });
    return true;
  }

  return {
    get bytes() {
      return total();
    },
    get canEvict() {
      return findVictim() !== undefined;
    },
    makeRoom(bytes) {
      while (total() + bytes > maxBytes) {
        if (!deadLetters.dropOldest() && !evictOldest()) return false;
      }
      return true;
    },
    makeRoomForLetter(bytes) {
      if (store.bytes + bytes > maxBytes) return false;
      while (total() + bytes > maxBytes && deadLetters.dropOldest());
      return total() + bytes <= maxBytes;
    },
    evictOldest,
  };
}
