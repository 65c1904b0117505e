import { LogflumeError } from '../errors.ts';

/** When a written frame is brought to the device; without that it survives the process, not a power loss. */
export type FsyncPolicy = 'off' | 'interval' | 'each';

/** How the engine uses the spool: every batch before its first attempt, or only what memory is not to hold. */
export type SpoolMode = 'wal' | 'spill';

export interface SpoolOptions {
  /** Made with mode 0700 if missing. Several processes may share it; it must be on a local disk. */
  readonly dir: string;
  /**
   * `wal` writes every batch to disk before it is sent, so that a kill loses at most what is not sealed yet; `spill`
   * writes only what does not get away in time, and loses with the process what is still in memory.
   * @defaultValue 'wal'
   */
  readonly mode?: SpoolMode | undefined;
  /**
   * Bytes this process may keep on disk in all, ≥ 16 KiB. Beyond it the oldest dead letters go, then the oldest segment.
   * @defaultValue 256 MiB
   */
  readonly maxBytes?: number | undefined;
  /**
   * Bytes after which a segment file is closed, at most half of `maxBytes`. It is what is deleted at once.
   * @defaultValue 4 MiB, or an eighth of `maxBytes` where that is less
   */
  readonly segmentBytes?: number | undefined;
  /**
   * Largest frame, its 56 bytes of header included; at most `segmentBytes`. Larger ones are refused.
   * @defaultValue 1 MiB, or `segmentBytes` where that is less
   */
  readonly maxFrameBytes?: number | undefined;
  /**
   * `off` leaves it to the system, `interval` syncs every 500 ms, `each` before `append` returns (0.3 to 5 ms of the
   * main thread, for each batch).
   * @defaultValue 'off'
   */
  readonly fsync?: FsyncPolicy | undefined;
  /**
   * Age in milliseconds after which the engine gives a stored batch up, > 0.
   * @defaultValue 259200000 (72 hours)
   */
  readonly maxAgeMs?: number | undefined;
}

export type ResolvedSpoolOptions = { readonly [K in keyof SpoolOptions]-?: Exclude<SpoolOptions[K], undefined> };

/** Every default number of the spool. */
export interface SpoolDefaults {
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly maxFrameBytes: number;
  readonly maxAgeMs: number;
}

const MIB = 1024 * 1024;

export const spoolDefaults: Readonly<SpoolDefaults> = Object.freeze({
  maxBytes: 256 * MIB,
  segmentBytes: 4 * MIB,
  maxFrameBytes: MIB,
  maxAgeMs: 72 * 3_600_000,
});

const MIN_BYTES = 16 * 1024;
/** A header and something to carry. */
const MIN_FRAME_BYTES = 256;
/** Offsets are 32 bits wide. */
const MAX_SEGMENT_BYTES = 2 ** 31;

/**
 * Checks the options and fills the blanks. Pure; whether the directory can be used is found out later, and no error.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION`, naming the option, what was expected and what came.
 */
export function resolveSpoolOptions(options: SpoolOptions): ResolvedSpoolOptions {
  const { dir } = options;
  if (typeof dir !== 'string' || dir.trim() === '' || dir.includes('\0')) {
    throw invalid('spool.dir', 'the path of a directory on a local disk', dir);
  }
  const maxBytes = integerIn('spool.maxBytes', options.maxBytes ?? spoolDefaults.maxBytes, [MIN_BYTES, 2 ** 53]);
  const segmentBytes = integerIn(
    'spool.segmentBytes',
    options.segmentBytes ?? Math.min(spoolDefaults.segmentBytes, Math.floor(maxBytes / 8)),
    [MIN_FRAME_BYTES, Math.min(MAX_SEGMENT_BYTES, Math.floor(maxBytes / 2))],
  );
  return {
    dir: withoutTrailingSlash(dir),
    mode: oneOf('spool.mode', options.mode ?? 'wal', ['wal', 'spill']),
    maxBytes,
    segmentBytes,
    maxFrameBytes: integerIn(
      'spool.maxFrameBytes',
      options.maxFrameBytes ?? Math.min(spoolDefaults.maxFrameBytes, segmentBytes),
      [MIN_FRAME_BYTES, segmentBytes],
    ),
    fsync: oneOf('spool.fsync', options.fsync ?? 'off', ['off', 'interval', 'each']),
    maxAgeMs: integerIn('spool.maxAgeMs', options.maxAgeMs ?? spoolDefaults.maxAgeMs, [1, 2 ** 53]),
  };
}

function integerIn(option: string, value: unknown, [min, max]: readonly [number, number]): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(option, `an integer in ${min} … ${max}`, value);
}

function oneOf<const T extends string>(option: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalid(option, allowed.map((text) => `'${text}'`).join(' or '), value);
  return found;
}

function withoutTrailingSlash(dir: string): string {
  return dir.replace(/(?<=.)\/+$/, '');
}

function invalid(option: string, expected: string, got: unknown): LogflumeError {
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', `${option} must be ${expected}, got ${JSON.stringify(got)}`, {
    details: { option, expected, got },
  });
}
