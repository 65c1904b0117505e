import { LogflumeError } from '@logflume/delivery';
import type { OtlpLogRecord, OtlpResource, OtlpScope } from '@logflume/otlp';
import { MIN_LINE_BYTES } from './shorten-line.ts';

/**
 * The longest line no container runtime splits: containerd and Docker cut at 16,384 bytes of content, and some readers
 * count the line feed.
 *
 * @see https://github.com/containerd/containerd/blob/main/docs/cri/config.md (`max_container_log_line_size`)
 */
const MAX_LINE_BYTES = 16_383;

/** What every format of lines takes. */
export interface LineOptions {
  /** Where the records come from; what a format says of it is named there. Read once. Default: none known. */
  readonly resource?: OtlpResource | undefined;
  /** The scope of a group (see `RecordRun.group`): its name is the logger. Called once per line. Default: no name. */
  readonly scopeOf?: ((group: number) => OtlpScope | undefined) | undefined;
  /**
   * UTF-8 bytes of a line without its line feed, an integer ≥ 4096. Longer records are shortened to fit. Lower it to
   * 8191 for CRI-O, which reads in pieces of 8 KiB; raise it only where no container runtime is in between.
   * @defaultValue 16383
   */
  readonly maxLineBytes?: number | undefined;
}

/**
 * Says one record as one line, without a line feed. Never throws.
 *
 * @param group - the number its run was enqueued under, handed to `scopeOf`.
 */
export type ToLine = (record: OtlpLogRecord, group: number) => string;

/** @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a length that cannot work. */
export function checkedLineBytes(maxLineBytes: number = MAX_LINE_BYTES): number {
  if (Number.isInteger(maxLineBytes) && maxLineBytes >= MIN_LINE_BYTES) return maxLineBytes;
  throw new LogflumeError(
    'ERR_LOGFLUME_INVALID_OPTION',
    `maxLineBytes must be an integer of at least ${MIN_LINE_BYTES}, got ${maxLineBytes}; leave it out for ${MAX_LINE_BYTES}`,
    { details: { option: 'maxLineBytes', expected: `integer >= ${MIN_LINE_BYTES}`, got: maxLineBytes } },
  );
}
