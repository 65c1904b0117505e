import { isAcked, isCounted, readAcks } from './ack-file.ts';
import { errorCode } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import type { Segment } from './segment.ts';
import type { FrameHeader } from './segment-format.ts';
import type { SegmentReader } from './segment-reader.ts';
import { walkSegment } from './segment-walk.ts';
import type { Loss, SequenceTracker } from './sequence-tracker.ts';

/** What a segment of an earlier process holds. */
export interface SegmentSurvey {
  pendingFrames: number;
  pendingRecords: number;
  /** Whole frames, acknowledged ones included. */
  frames: number;
  futureFrames: number;
  /** Bytes of torn frames and of anything that is no frame. */
  damagedBytes: number;
  zeroFilledBytes: number;
  /** What is proved to be lost and was not counted by an earlier start. */
  readonly losses: Loss[];
  /** Why the walk ended early; `undefined` if it did not. */
  errorCode: string | undefined;
}

/** What a walk needs. */
export interface WalkParts {
  readonly fileSystem: FileSystem;
  readonly reader: SegmentReader;
}

/** Counts a segment, a step at a time so that the caller can stop between. Never throws. */
export function* surveySegment(
  parts: WalkParts,
  segment: Segment,
  sequence: SequenceTracker,
): Generator<void, SegmentSurvey, void> {
  const survey: SegmentSurvey = {
    pendingFrames: 0,
    pendingRecords: 0,
    frames: 0,
    futureFrames: 0,
    damagedBytes: 0,
    zeroFilledBytes: 0,
    losses: [],
    errorCode: undefined,
  };
  const before = sequence.begin(segment.number);
  if (before !== undefined) survey.losses.push(before);
  try {
    const marks = readAcks(parts.fileSystem, segment);
    for (const step of walkSegment((into, at) => parts.reader.readAt(segment, into, at), segment.bytes)) {
      switch (step.kind) {
        case 'frame': {
          const { offset, header } = step;
          const missing = sequence.frame(header);
          if (missing > 0 && !isCounted(marks, offset)) survey.losses.push({ segment, offset, records: missing });
          survey.frames++;
          if (!isAcked(marks, offset, header.headerCrc)) {
            survey.pendingFrames++;
            survey.pendingRecords += header.records;
          }
          break;
        }
        case 'futureFrame':
          survey.futureFrames++;
          sequence.lose();
          break;
        case 'torn':
          survey.damagedBytes += step.bytes;
          if (step.header !== undefined && !isCounted(marks, step.offset)) {
            sequence.torn(step.header, { segment, offset: step.offset });
          }
          break;
        case 'damage':
          survey.damagedBytes += step.bytes;
          if (step.isZeroFilled) survey.zeroFilledBytes += step.bytes;
          break;
        case 'searching':
          break;
      }
      yield;
    }
  } catch (error) {
    survey.errorCode = errorCode(error);
    sequence.lose();
  }
  return survey;
}

/** A frame that still has to be sent; `undefined` is a step without one, so that the caller can stop there. */
export type PendingStep = { readonly offset: number; readonly header: FrameHeader } | undefined;

/**
 * The frames of a segment that are neither acknowledged nor handed out yet, in the order of writing.
 *
 * @throws the error of the system when the segment cannot be read.
 */
export function* pendingFrames(parts: WalkParts, segment: Segment): Generator<PendingStep, void, void> {
  const marks = readAcks(parts.fileSystem, segment);
  for (const step of walkSegment((into, at) => parts.reader.readAt(segment, into, at), segment.bytes)) {
    const isPending =
      step.kind === 'frame' && step.offset > segment.handedOutTo && !isAcked(marks, step.offset, step.header.headerCrc);
    yield isPending ? { offset: step.offset, header: step.header } : undefined;
  }
}

/** Records a survey found to be lost. Pure. */
export function missingRecordsOf(survey: SegmentSurvey): number {
  return survey.losses.reduce((sum, loss) => sum + loss.records, 0);
}
