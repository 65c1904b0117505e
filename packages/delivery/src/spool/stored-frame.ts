import type { Segment } from './segment.ts';
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
