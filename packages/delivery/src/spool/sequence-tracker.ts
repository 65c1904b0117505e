import type { Segment } from './segment.ts';
import type { FrameHeader } from './segment-format.ts';

/** Records known to be lost, and where that shows: there it is marked as counted, so that no later start counts it too. */
export interface Loss {
  readonly segment: Segment;
  readonly offset: number;
  readonly records: number;
}

/**
 * Finds out how many records are missing between the frames of one writer. Each frame says how many records its writer
 * had stored before, so a jump inside a segment, or between two segments that follow each other, is a loss and proves
 * its size; where a segment was deleted nothing is proved, as it may have been done.
 */
export interface SequenceTracker {
  /** @returns what is known to be lost at the end of the segment before, if this one does not follow it. */
  begin(segmentNumber: number): Loss | undefined;
  /** @returns records missing in front of this frame. */
  frame(header: FrameHeader): number;
  /** The segment ends inside this frame: lost, unless the writer wrote it again at the head of the next one. */
  torn(header: FrameHeader, at: Pick<Loss, 'segment' | 'offset'>): void;
  /** What follows cannot be compared: a frame of a later version, a segment that could not be read. */
  lose(): void;
  /** The last segment is through. @returns what is known to be lost at its end. */
  end(): Loss | undefined;
}

export function createSequenceTracker(): SequenceTracker {
  let number: number | undefined;
  /** Records stored up to here; `undefined` where unknown. */
  let expected: number | undefined;
  let tornTail: Loss | undefined;

  function takeTorn(): Loss | undefined {
    const loss = tornTail;
    tornTail = undefined;
    return loss;
  }

  function missingBefore(header: FrameHeader): number {
    return expected === undefined ? 0 : Math.max(0, header.firstSequence - expected);
  }

  return {
    begin(next) {
      const isNext = number !== undefined && next === number + 1;
      number = next;
      if (isNext) {
        // The jump to the first frame of this segment counts the torn one, if it was not written again.
        tornTail = undefined;
        return undefined;
      }
      expected = next === 1 ? 0 : undefined;
      return takeTorn();
    },
    frame(header) {
      const missing = missingBefore(header);
      expected = Math.max(expected ?? 0, header.firstSequence + header.records);
      return missing;
    },
    torn(header, at) {
      tornTail = { ...at, records: missingBefore(header) + header.records };
    },
    lose() {
      expected = undefined;
    },
    end: takeTorn,
  };
}
