import { closeQuietly } from './ack-file.ts';
import type { FileSystem } from './file-system.ts';
import { createSegment, parseSegmentName, type Segment, type SegmentFolder, segmentPath } from './segment.ts';
import { type FrameHeader, HEADER_BYTES, parseFrameHeader } from './segment-format.ts';

/** What lies in an instance directory. Files that are not ours are in none of the lists, and are left alone. */
export interface FolderListing {
  /** In the order of writing, counts estimated from the first header. */
  readonly segments: readonly Segment[];
  /** Names of directories. */
  readonly directories: readonly string[];
  /** Names that look like ours and may not be touched: symbolic links, files of other users. */
  readonly refused: readonly string[];
}

/**
 * Lists an instance directory that is ours; reads one header per segment and deletes ack files without a segment.
 *
 * @throws the error of the system when the directory cannot be read.
 */
export function listFolder(fileSystem: FileSystem, folder: SegmentFolder, ownerId: number): FolderListing {
  const segments = new Map<number, Segment>();
  const acks = new Map<number, number>();
  const directories: string[] = [];
  const refused: string[] = [];
  for (const name of fileSystem.list(folder.path)) {
    const facts = fileSystem.inspect(`${folder.path}/${name}`);
    const parsed = parseSegmentName(name);
    if (parsed === undefined) {
      if (facts.kind === 'directory') directories.push(name);
    } else if (facts.kind !== 'file' || facts.ownerId !== ownerId) {
      refused.push(name);
    } else if (parsed.kind === 'ack') {
      acks.set(parsed.number, facts.bytes);
    } else {
      const segment = createSegment(folder, parsed.number);
      segment.bytes = facts.bytes;
      segment.isSurveyed = false;
      segment.isHandedOut = false;
      segments.set(parsed.number, segment);
    }
  }
  for (const [number, bytes] of acks) {
    const segment = segments.get(number);
    if (segment !== undefined) segment.ackBytes = bytes;
    else fileSystem.unlink(`${folder.path}/${number}.ack`);
  }
  const sorted = [...segments.values()].sort((a, b) => a.number - b.number);
  estimate(fileSystem, folder, sorted);
  return { segments: sorted, directories, refused };
}

/** Fills the counts of segments by what their first frame has in it, and dates the folder by its oldest. */
function estimate(fileSystem: FileSystem, folder: SegmentFolder, segments: readonly Segment[]): void {
  for (const segment of segments) {
    const header = readFirstHeader(fileSystem, segment);
    if (header === 'unreadable') {
      // Something is there: a record at least, should it have to go before anybody can read it.
      segment.pendingFrames = Math.min(1, segment.bytes);
      segment.pendingRecords = segment.pendingFrames;
    }
    if (header === undefined || header === 'unreadable') continue;
    const frames = segment.bytes / (HEADER_BYTES + header.payloadBytes);
    segment.pendingFrames = Math.max(1, Math.round(frames));
    segment.pendingRecords = Math.max(header.records, Math.round(frames * header.records));
    folder.createdMs = Math.min(folder.createdMs, header.createdMs);
  }
}

function readFirstHeader(fileSystem: FileSystem, segment: Segment): FrameHeader | 'unreadable' | undefined {
  let fd: number | undefined;
  try {
    fd = fileSystem.open(segmentPath(segment), 'read');
    const bytes = new Uint8Array(HEADER_BYTES);
    const parsed = parseFrameHeader(bytes.subarray(0, fileSystem.read(fd, bytes, 0)));
    return parsed.kind === 'ok' ? parsed.header : undefined;
  } catch {
    // An estimate alone: the survey meets the same error and reports it.
    return 'unreadable';
  } finally {
    if (fd !== undefined) closeQuietly(fileSystem, fd);
  }
}
