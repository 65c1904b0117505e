import type { StoredFrame } from './stored-frame.ts';

/** The directory segments lie in; the path changes when the directory is moved under another one. */
export interface SegmentFolder {
  path: string;
  /** Sorts folders, oldest first; `Infinity` for our own. */
  createdMs: number;
}

/** One `<n>.seg` and its `<n>.ack`, as far as they are known. */
export interface Segment {
  readonly folder: SegmentFolder;
  readonly number: number;
  /** Bytes of the segment file. */
  bytes: number;
  /** Bytes of the ack file. */
  ackBytes: number;
  /** The writer's descriptor while the segment is open: the only way to a file whose name was deleted. */
  fd: number | undefined;
  /** Counts below are exact; until then they are an estimate from the first header. */
  isSurveyed: boolean;
  /** Every pending frame has been handed out. */
  isHandedOut: boolean;
  /** Holds what only a later version can read, or what could not be read at all: never unlinked for being done. */
  isKept: boolean;
  /** Its files are deleted. */
  isGone: boolean;
  pendingFrames: number;
  pendingRecords: number;
  /** Offset of the last frame handed out by a walk, so that a walk begun anew does not hand it out twice; -1 for none. */
  handedOutTo: number;
  /** Frames handed out and not terminal yet, by offset. */
  readonly live: Map<number, StoredFrame>;
}

export function createSegment(folder: SegmentFolder, number: number): Segment {
  return {
    folder,
    number,
    bytes: 0,
    ackBytes: 0,
    fd: undefined,
    isSurveyed: true,
    isHandedOut: true,
    isKept: false,
    isGone: false,
    pendingFrames: 0,
    pendingRecords: 0,
    handedOutTo: -1,
    live: new Map(),
  };
}

export function segmentPath(segment: Segment): string {
  return `${segment.folder.path}/${segment.number}.seg`;
}

export function ackPath(segment: Segment): string {
  return `${segment.folder.path}/${segment.number}.ack`;
}

/** @returns the number and kind a file name stands for, `undefined` for a name that is not ours. */
export function parseSegmentName(name: string): { readonly number: number; readonly kind: 'seg' | 'ack' } | undefined {
  const match = /^([1-9][0-9]{0,14})\.(seg|ack)$/.exec(name);
  if (match === null) return undefined;
  return { number: Number(match[1]), kind: match[2] === 'seg' ? 'seg' : 'ack' };
}

/** Oldest first: by folder, inside a folder in the order of writing. */
export function compareSegments(a: Segment, b: Segment): number {
  if (a.folder !== b.folder) {
    if (a.folder.createdMs !== b.folder.createdMs) return a.folder.createdMs - b.folder.createdMs;
    return a.folder.path < b.folder.path ? -1 : 1;
  }
  return a.number - b.number;
}
