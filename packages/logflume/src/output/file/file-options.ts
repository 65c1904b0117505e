import type { LinePreset } from '@logflume/formats';
import type { Level } from '../../config/parse-levels.ts';

/** A file that records are written to: for a sidecar that reads it, or a volume that outlives the container. */
export interface FileOutputOptions {
  /** Path of the file; missing directories are made. Rotated files stand beside it, with their time behind its name. */
  readonly path: string;
  /** @defaultValue 'json' */
  readonly format?: LinePreset | undefined;
  /** The level from which records are written. @defaultValue all that are logged */
  readonly level?: Level | undefined;
  /**
   * Bytes after which the file is rotated, integer 65536 … 1099511627776. Lower makes more and smaller files.
   * @defaultValue 10485760
   */
  readonly maxBytes?: number | undefined;
  /**
   * Age at which the file is rotated, milliseconds, integer 1000 … 2147483647, judged when a record is written.
   * @defaultValue no limit
   */
  readonly maxAgeMs?: number | undefined;
  /**
   * Files that are kept, the current one included, integer 2 … 1000; the oldest go.
   * @defaultValue 5
   */
  readonly maxFiles?: number | undefined;
  /**
   * UTF-8 bytes of a line without its line feed, integer 4096 … 1048576; longer records are shortened to fit.
   * @defaultValue 16383, which a sidecar's own stdout keeps whole
   */
  readonly maxLineBytes?: number | undefined;
}
