import type { Clock, Timer } from '../clock.ts';
import { errorCode, toDiskTrouble } from './disk-error.ts';
import { type Segment, type SegmentFolder, segmentPath } from './segment.ts';
import type { SegmentStore } from './segment-store.ts';
import { createSequenceTracker, type SequenceTracker } from './sequence-tracker.ts';
import type { SpoolReport } from './spool-diagnostics.ts';
import type { StoredFrame } from './stored-frame.ts';
import { type PendingStep, pendingFrames, type SegmentSurvey, surveySegment, type WalkParts } from './survey.ts';

/** What the next frame of earlier processes is. */
export type BacklogStep =
  | { readonly kind: 'frame'; readonly frame: StoredFrame }
  /** There is more, not looked at yet: `onBacklog` is called when it is. */
  | { readonly kind: 'busy' }
  /** Nothing left, unless another instance is adopted: then `onBacklog` is called. */
  | { readonly kind: 'empty' };

export interface BacklogParts extends WalkParts {
  readonly clock: Clock;
  readonly store: SegmentStore;
  readonly report: SpoolReport;
  /** Told that `take` may have something. */
  readonly onBacklog: () => void;
  /** Told of every survey that is through. */
  readonly onSurvey: (segment: Segment, survey: SegmentSurvey) => void;
}

/** The frames of earlier processes, oldest segment first; counted in slices, handed out one at a time. */
export interface Backlog {
  take(): BacklogStep;
  /** Starts counting what is not counted yet, between other work. */
  survey(): void;
  /**
   * Counts a segment and hands out all of it at once: it is about to be deleted.
   *
   * @returns records in it that could not be read, an estimate if the segment was not counted before; `undefined` if
   * only descriptors are short, and it should not be deleted now.
   */
  handOutAll(segment: Segment): number | undefined;
  close(): void;
}

/** Headers looked at before other work gets its turn: about a millisecond. */
const SLICE_STEPS = 256;
/** After a shortage of descriptors. */
const RETRY_MS = 1000;

export function createBacklog(parts: BacklogParts): Backlog {
  const { clock, store, report } = parts;
  const sequences = new WeakMap<SegmentFolder, SequenceTracker>();
  const walks = new WeakMap<Segment, Generator<PendingStep, void, void>>();
  let current: { readonly segment: Segment; readonly steps: Generator<void, SegmentSurvey, void> } | undefined;
  let timer: Timer | undefined;
  let isClosed = false;

  function sequenceOf(folder: SegmentFolder): SequenceTracker {
    let sequence = sequences.get(folder);
    if (sequence === undefined) {
      sequence = createSequenceTracker();
      sequences.set(folder, sequence);
    }
    return sequence;
  }

  function startSurvey(segment: Segment): NonNullable<typeof current> {
    return { segment, steps: surveySegment(parts, segment, sequenceOf(segment.folder)) };
  }

  function advance(work: NonNullable<typeof current>, maxSteps: number): 'more' | 'done' | 'later' {
    for (let step = 0; step < maxSteps; step++) {
      if (work.segment.isGone) return 'done';
      const next = work.steps.next();
      if (next.done !== true) continue;
      if (isShortage(next.value.errorCode)) return 'later';
      finishSurvey(work.segment, next.value);
      return 'done';
    }
    return 'more';
  }

  function finishSurvey(segment: Segment, survey: SegmentSurvey): void {
    const { folder } = segment;
    const isLast = !store.segments.some((other) => other.folder === folder && !other.isSurveyed && other !== segment);
    const atEnd = isLast ? sequenceOf(folder).end() : undefined;
    if (atEnd !== undefined) survey.losses.push(atEnd);
    segment.isSurveyed = true;
    if (survey.errorCode === undefined) {
      segment.pendingFrames = survey.pendingFrames;
      segment.pendingRecords = survey.pendingRecords;
      segment.isHandedOut = survey.pendingFrames === 0;
    }
    segment.isKept = survey.futureFrames > 0 || survey.errorCode !== undefined;
    parts.onSurvey(segment, survey);
  }

  function slice(): void {
    timer = undefined;
    if (isClosed) return;
    if (current === undefined || current.segment.isGone || current.segment.isSurveyed) {
      const next = store.segments.find((segment) => !segment.isSurveyed);
      if (next === undefined) return;
      current = startSurvey(next);
    }
    const progress = advance(current, SLICE_STEPS);
    if (progress !== 'more') current = undefined;
    if (progress === 'done') parts.onBacklog();
    schedule(progress === 'later' ? RETRY_MS : 0);
  }

  function schedule(delayMs: number): void {
    // A timer, not `soon`: counting must not keep a process up that has nothing else to do.
    if (!isClosed) timer ??= clock.after(delayMs, slice);
  }

  function handOutNext(segment: Segment, maxSteps: number): StoredFrame | undefined {
    let walk = walks.get(segment);
    if (walk === undefined) {
      walk = pendingFrames(parts, segment);
      walks.set(segment, walk);
    }
    for (let steps = 0; steps < maxSteps; steps++) {
      const step = walk.next();
      if (step.done === true) {
        segment.isHandedOut = true;
        // Its last frame may have been settled before anybody knew that it was the last.
        store.removeIfDone(segment);
        return undefined;
      }
      if (step.value === undefined) continue;
      const { offset, header } = step.value;
      segment.handedOutTo = offset;
      // A wall clock that was set back makes nobody younger than new.
      const ageMs = Math.max(0, clock.wallMs() - header.createdMs);
      return store.handOut({ segment, offset, header, bornMs: clock.nowMs() - ageMs, isRecovered: true });
    }
    return undefined;
  }

  /** What cannot be read now is left for the next start, and stays pending until then. */
  function giveUp(segment: Segment, error: unknown): void {
    segment.isHandedOut = true;
    segment.isKept = true;
    const left = Math.max(0, segment.pendingFrames - segment.live.size);
    const code = errorCode(error);
    const message = `spool: cannot read ${segmentPath(segment)} (${code}); ${left} batches stay in it for the next start`;
    report({ kind: 'spoolTrouble', code, message });
  }

  return {
    take() {
      for (;;) {
        const segment = store.segments.find((candidate) => !candidate.isSurveyed || !candidate.isHandedOut);
        if (segment === undefined) return { kind: 'empty' };
        if (!segment.isSurveyed) {
          schedule(0);
          return { kind: 'busy' };
        }
        try {
          const frame = handOutNext(segment, SLICE_STEPS);
          if (frame !== undefined) return { kind: 'frame', frame };
          if (!segment.isHandedOut) {
            clock.after(0, parts.onBacklog);
            return { kind: 'busy' };
          }
        } catch (error) {
          walks.delete(segment);
          if (isShortage(errorCode(error))) {
            clock.after(RETRY_MS, parts.onBacklog);
            return { kind: 'busy' };
          }
          giveUp(segment, error);
        }
      }
    },
    survey: () => schedule(0),
    handOutAll(segment) {
      if (!segment.isSurveyed) {
        const progress = advance(current?.segment === segment ? current : startSurvey(segment), Infinity);
        if (progress === 'later') return undefined;
      }
      // Also what could not be read before is tried again: it is the last chance.
      if (segment.isKept) segment.isHandedOut = false;
      try {
        while (!segment.isHandedOut) handOutNext(segment, Infinity);
        return 0;
      } catch (error) {
        walks.delete(segment);
        if (isShortage(errorCode(error))) return undefined;
        // The caller counts them as lost: room is needed, and they cannot be read.
        segment.isHandedOut = true;
        return Math.max(0, segment.pendingRecords - liveRecords(segment));
      }
    },
    close() {
      isClosed = true;
      timer?.cancel();
    },
  };
}

function isShortage(code: string | undefined): boolean {
  return code !== undefined && toDiskTrouble(code) === 'noDescriptor';
}

function liveRecords(segment: Segment): number {
  let records = 0;
  for (const frame of segment.live.values()) records += frame.records;
  return records;
}
