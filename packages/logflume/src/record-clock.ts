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
