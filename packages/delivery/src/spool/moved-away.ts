import type { SegmentStore } from './segment-store.ts';

/**
 * Brings the segments up to date after our directory was deleted or moved away: what is gone with it is forgotten, what
 * lies inside the new one has another path. The open segment is left to the writer, whose descriptor still reaches it.
 *
 * @returns records that were not handed out and are lost.
 */
export function movedAway(
  store: SegmentStore,
  { from, to }: { readonly from: string; readonly to: string | undefined },
): number {
  let lostRecords = 0;
  for (const segment of [...store.segments]) {
    const { folder } = segment;
    if (to !== undefined) {
      folder.path = movedPath(folder.path, from, to);
      if (folder.createdMs === Infinity) folder.createdMs = Number.MAX_SAFE_INTEGER;
    } else if (segment.fd === undefined) {
      lostRecords += segment.pendingRecords;
      for (const frame of segment.live.values()) lostRecords -= frame.records;
      store.forget(segment);
    }
  }
  return Math.max(0, lostRecords);
}

function movedPath(path: string, from: string, to: string): string {
  return path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
}
