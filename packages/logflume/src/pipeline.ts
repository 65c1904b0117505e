import type { Delivery } from '@logflume/delivery';
import type { EncodeLimits, LogRecordInput } from '@logflume/otlp';
import type { LevelRules } from './config/parse-levels.ts';
import type { ScopeTable } from './scope-table.ts';

/** What a logger and all its children share. */
export interface Pipeline {
  readonly delivery: Delivery<LogRecordInput>;
  readonly scopes: ScopeTable;
  readonly limits: EncodeLimits;
  readonly levels: LevelRules;
  readonly version: string;
  readonly clock: RecordClock;
}

const MAX_NANOS = 999_999;

/**
 * Times for records: the wall clock's millisecond, and below it a count that rises within that millisecond. Backends
 * sort by time, so records of one burst keep their order without a sequence number. The count is no measurement: the
 * wall clock of Node has no finer digits at that price.
 */
export class RecordClock {
  timeMs = 0;
  timeNanos = 0;

  /** Moves on to the time of the next record; read `timeMs` and `timeNanos` afterwards. */
  tick(): void {
    const nowMs = Date.now();
    if (nowMs !== this.timeMs) {
      this.timeMs = nowMs;
      this.timeNanos = 0;
    } else if (this.timeNanos < MAX_NANOS) {
      this.timeNanos++;
    }
  }
}
