/**
 * Records of one logger, level, message and type of error that come again within a time are left out; one record says at
 * its end how many there were.
 */
export interface RepeatsOptions {
  /**
   * How long after the first one they are left out, milliseconds, integer 1 … 2147483647. Longer leaves out more and tells
   * later. @defaultValue none: every record goes on
   */
  readonly windowMs?: number | undefined;
  /** Messages that are known at once, integer 1 … 100000; with one more the oldest ends its time early. @defaultValue 1000 */
  readonly maxMessages?: number | undefined;
}

/** {@link RepeatsOptions} with all values; without `windowMs` nothing is left out. */
export interface ResolvedRepeats {
  readonly windowMs: number | undefined;
  readonly maxMessages: number;
}
