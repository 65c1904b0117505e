import { closeQuietly } from './ack-file.ts';
import type { FileSystem } from './file-system.ts';
import { type Segment, segmentPath } from './segment.ts';

/** Reads from segments; one descriptor is kept, for the segment read last. */
export interface SegmentReader {
  /**
   * Fills `into` from `position`; fewer bytes only at the end of the file.
   *
   * @throws the error of the system, with its `code`.
   */
  readAt(segment: Segment, into: Uint8Array, position: number): number;
  /** Lets go of the descriptor, if it is this segment's or none is named. */
  release(segment?: Segment): void;
}

export function createSegmentReader(fileSystem: FileSystem): SegmentReader {
  let open: { readonly segment: Segment; readonly fd: number } | undefined;

  function release(segment?: Segment): void {
    if (open === undefined || (segment !== undefined && open.segment !== segment)) return;
    closeQuietly(fileSystem, open.fd);
    open = undefined;
  }

  function descriptorOf(segment: Segment): number {
    // The writer's own descriptor also reaches a file whose name was deleted.
    if (segment.fd !== undefined) return segment.fd;
    if (open?.segment === segment) return open.fd;
    release();
    open = { segment, fd: fileSystem.open(segmentPath(segment), 'read') };
    return open.fd;
  }

  return {
    readAt(segment, into, position) {
      const fd = descriptorOf(segment);
      let filled = 0;
      while (filled < into.length) {
        const got = fileSystem.read(fd, filled === 0 ? into : into.subarray(filled), position + filled);
        if (got === 0) break;
        filled += got;
      }
      return filled;
    },
    release,
  };
}
