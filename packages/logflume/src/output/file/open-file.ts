import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectories } from '@logflume/delivery';

/** A file that is open for appending. */
export interface OpenFile {
  readonly descriptor: number;
  /** Whether it can be rotated: a pipe or a device cannot. */
  readonly isRegular: boolean;
  /** Device and number of the file behind the name. */
  readonly identity: string;
  /** When it was made, as far as the disk knows: milliseconds since the epoch. */
  readonly bornMs: number;
  readonly bytes: number;
  /** Whether it ends in half a line, which somebody who died left behind: ours has to begin with a line feed. */
  readonly isTorn: boolean;
}

/** Readable for the group: log readers run as another user of it. */
const FILE_MODE = 0o640;
const DIRECTORY_MODE = 0o750;

/**
 * A link is not followed: whoever may write into the directory could else point our records, and our rights, at any
 * file. A pipe that nobody reads says that it is full, instead of holding up a thread, or the end of the process, for ever.
 * Where there is no such thing (Windows) a flag is 0.
 */
const FLAGS =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file for appending, and makes it and its directories if they are not there. Synchronous, as its calls take
 * microseconds: never inside a log call, only before a write.
 *
 * @throws what the system says: EACCES, ELOOP for a symbolic link, EISDIR, …
 */
export function openForAppend(path: string): OpenFile {
  const descriptor = openOrMake(path);
  try {
    const stat = fstatSync(descriptor);
    const isRegular = stat.isFile();
    return {
      descriptor,
      isRegular,
      identity: identityOf(stat),
      bornMs: stat.birthtimeMs > 0 ? stat.birthtimeMs : stat.ctimeMs,
      bytes: stat.size,
      isTorn: isRegular && stat.size > 0 && lastByte(descriptor, stat.size) !== 0x0a,
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Tells the file behind a name from another one of the same name. */
export function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

function openOrMake(path: string): number {
  try {
    return openSync(path, FLAGS, FILE_MODE);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    makeDirectories(dirname(path), DIRECTORY_MODE);
    return openSync(path, FLAGS, FILE_MODE);
  }
}

function lastByte(descriptor: number, bytes: number): number | undefined {
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, bytes - 1);
  return last[0];
}

/** The code of a system error, such as `ENOSPC`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
