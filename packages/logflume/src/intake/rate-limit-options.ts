import type { Level } from '../config/parse-levels.ts';

/**
 * How many records may go on, for each logger and level, or each message of these. What is beyond is left out and told by
 * a summary record.
 */
export interface RateLimitOptions {
  /** Records a second in the long run, above 0 … 1000000, for each key. @defaultValue none: no limit */
  readonly recordsPerSecond?: number | undefined;
  /**
   * Records that may come at once after a calm, integer 1 … 1000000. More lets a burst through whole.
   * @defaultValue `recordsPerSecond`, rounded up
   */
  readonly burstRecords?: number | undefined;
  /**
   * What has a limit of its own. `logger`: each logger and level, which bounds what a program can send. `message`: each
   * message of these, words with digits aside, so that a noisy line leaves the others alone; there is no bound on all.
   * @defaultValue 'logger'
   */
  readonly by?: 'logger' | 'message' | undefined;
  /** The gravest level that is limited; records without a severity are. @defaultValue 'info' */
  readonly upTo?: Level | undefined;
}

/** {@link RateLimitOptions} with all values but those that are `undefined` where there is no limit. */
export interface ResolvedRateLimit {
  readonly recordsPerSecond: number | undefined;
  readonly burstRecords: number | undefined;
  readonly by: 'logger' | 'message';
  readonly upTo: Level;
}
