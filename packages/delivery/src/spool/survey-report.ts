import type { Clock } from '../clock.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type Segment, segmentPath } from './segment.ts';
import type { SegmentStore } from './segment-store.ts';
import type { SpoolReport } from './spool-diagnostics.ts';
import { describeDamage } from './spool-messages.ts';
import { missingRecordsOf, type SegmentSurvey } from './survey.ts';

/** Adds up what surveys find, tells about it, and puts away segments with nothing to send. */
export interface SurveyReport {
  readonly missingRecords: number;
  readonly damagedBytes: number;
  add(segment: Segment, survey: SegmentSurvey): void;
  /** Records of earlier processes that went away in another way. */
  miss(records: number): void;
}

export interface SurveyReportParts {
  readonly clock: Clock;
  readonly store: SegmentStore;
  readonly deadLetters: DeadLetters;
  readonly report: SpoolReport;
  /** Told of `missingRecords` as they are found. */
  readonly onMissing: (records: number) => void;
}

export function createSurveyReport(parts: SurveyReportParts): SurveyReport {
  const { clock, store, deadLetters, report } = parts;
  let missingRecords = 0;
  let damagedBytes = 0;

  function miss(records: number): void {
    missingRecords += records;
    if (records > 0) parts.onMissing(records);
  }

  /** No frame in it, and not zeros either: kept with the dead letters, for a person to look at. */
  function quarantine(segment: Segment): void {
    const instance = segment.folder.path.slice(segment.folder.path.lastIndexOf('/') + 1);
    const time = String(Math.floor(clock.wallMs())).padStart(13, '0');
    try {
      deadLetters.moveIn(segmentPath(segment), `${time}-${instance}-${segment.number}.bad`);
    } catch {
      // It stays where it is and meets the same question at the next start.
      store.forget(segment);
      return;
    }
    store.remove(segment);
  }

  return {
    get missingRecords() {
      return missingRecords;
    },
    get damagedBytes() {
      return damagedBytes;
    },
    add(segment, survey) {
      const missing = missingRecordsOf(survey);
      miss(missing);
      damagedBytes += survey.damagedBytes;
      const message = describeDamage(segmentPath(segment), survey);
      if (message !== undefined) {
        report({ kind: 'spoolDamaged', records: missing, bytes: survey.damagedBytes, message });
      }
      const isGarbage = survey.frames === 0 && survey.damagedBytes > survey.zeroFilledBytes && !segment.isKept;
      if (isGarbage) quarantine(segment);
      else store.removeIfDone(segment);
      for (const loss of survey.losses) store.markCounted(loss);
    },
    miss,
  };
}
