import type { Timer } from '../clock.ts';
import { type AdoptionParts, adoptDead } from './adoption.ts';
import type { Backlog } from './backlog.ts';
import type { Home } from './home.ts';
import type { Quota } from './quota.ts';
import type { SegmentStore } from './segment-store.ts';

/** Looks for directories of dead processes: at the start, and every minute for those that die beside us. */
export interface Scanner {
  /** Scans now, and from now on. */
  start(): void;
  /** One scan; a second call joins the one that runs. Never rejects. */
  scan(): Promise<void>;
  /** A segment was deleted: looks again if something was left where it is for want of room. */
  roomFreed(): void;
  close(): void;
}

export interface ScannerParts
  extends Pick<AdoptionParts, 'dir' | 'fileSystem' | 'clock' | 'locks' | 'deadLetters' | 'report' | 'ownerId'> {
  readonly home: Home;
  readonly store: SegmentStore;
  readonly quota: Quota;
  readonly backlog: Backlog;
  readonly maxBytes: number;
}

const SCAN_INTERVAL_MS = 60_000;

export function createScanner(parts: ScannerParts): Scanner {
  const { clock, home, store, quota, backlog, maxBytes } = parts;
  let running: Promise<void> | undefined;
  let timer: Timer | undefined;
  let isClosed = false;
  let hasPostponed = false;
  /** Names are used once. What could not be deleted of a directory is for the next process: it was sent already. */
  const takenOver = new Set<string>();

  const adoption: AdoptionParts = {
    ...parts,
    ownPath: () => (isClosed ? undefined : home.folder?.path),
    // Also one around it: a home that was made anew twice lies in the second one with the first inside.
    isKnown: (path) =>
      takenOver.has(nameOf(path)) || store.segments.some(({ folder }) => `${folder.path}/`.startsWith(`${path}/`)),
    // What would have to be deleted at once is better left where it is until the backlog is sent.
    hasRoom(bytes) {
      const fits = quota.bytes + bytes <= maxBytes || store.segments.every(isOwn);
      hasPostponed ||= !fits;
      return fits;
    },
    onAdopted(segments) {
      for (const { folder } of segments) takenOver.add(nameOf(folder.path));
      store.add(segments);
      quota.makeRoom(0);
      backlog.survey();
    },
  };

  function scan(): Promise<void> {
    if (running !== undefined) return running;
    hasPostponed = false;
    running = adoptDead(adoption).finally(() => {
      running = undefined;
    });
    return running;
  }

  function scanAndRepeat(): void {
    if (isClosed) return;
    timer?.cancel();
    timer = clock.after(SCAN_INTERVAL_MS, scanAndRepeat);
    if (home.folder !== undefined) void scan();
  }

  return {
    start: scanAndRepeat,
    scan,
    roomFreed() {
      if (hasPostponed && !isClosed) void scan();
    },
    close() {
      isClosed = true;
      timer?.cancel();
    },
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isOwn(segment: SegmentStore['segments'][number]): boolean {
  return segment.folder.createdMs === Infinity;
}
