import type { FrameHeader } from './segment-format.ts';

/** Where a frame stands. The spool's own: it changes when a frame has to be written again elsewhere. */
export interface FrameLocation {
  segment: Segment;
  offset: number;
  header: FrameHeader;
  isSettled: boolean;
}

/** One batch on disk. The object is the handle: keep it until the batch is terminal, then `settle` it once. */
export interface StoredFrame {
  readonly batchId: string;
  readonly records: number;
  /** Wall clock, when the batch was sealed. */
  readonly createdMs: number;
  readonly minSeverity: number;
  readonly encoding: FrameHeader['encoding'];
  readonly contentType: FrameHeader['contentType'];
  readonly payloadBytes: number;
  /**
   * The same moment on the monotonic clock of this process, so `nowMs() - bornMs` is the age whatever the wall clock
   * does meanwhile. For a frame of an earlier process it may be negative.
   */
  readonly bornMs: number;
  /** Written by an earlier process, or by another one that died. */
  readonly isRecovered: boolean;
  /** The spool's own. */
  readonly location: FrameLocation;
}

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
