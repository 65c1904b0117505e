import type { Segment, SegmentFolder } from './stored-frame.ts';

export type { Segment, SegmentFolder } from './stored-frame.ts';

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
