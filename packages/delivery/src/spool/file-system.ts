import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  unlinkSync,
  utimesSync,
  writevSync,
} from 'node:fs';
import { makeDirectories } from '../make-directories.ts';

export interface FileFacts {
  /** `link` is a symbolic one; `other` is all else that the spool does not touch: a pipe, a device. */
  readonly kind: 'file' | 'directory' | 'socket' | 'link' | 'other';
  readonly bytes: number;
  /** 0 once the last name of an open file is gone. */
  readonly links: number;
  readonly modifiedMs: number;
  /** User id of the owner. */
  readonly ownerId: number;
}

/**
 * What the spool needs of a disk; the simulator brings its own. Synchronous, because one writer with explicit offsets is
 * what keeps frames in order, and because the exit handler can wait for nothing else.
 *
 * Every member throws an error with a `code` (`ENOSPC`) when the system refuses. No member follows a symbolic link in
 * the last part of a path. Directories are made 0700 and files 0600: records may hold secrets.
 */
export interface FileSystem {
  /** `create` fails with EEXIST if the name is taken; `update` opens for writing and makes the file if it is missing. */
  open(path: string, how: 'create' | 'read' | 'update'): number;
  /** Writes the parts one behind the other. @returns bytes written, which may be fewer than asked for. */
  write(fd: number, parts: readonly Uint8Array[], position: number): number;
  /** @returns bytes read; 0 at the end of the file. */
  read(fd: number, into: Uint8Array, position: number): number;
  truncate(fd: number, bytes: number): void;
  /** Data to the device, and the size of the file with it. */
  sync(fd: number): void;
  /** The names in a directory to the device. */
  syncDirectory(path: string): void;
  close(fd: number): void;
  /** Facts of a name itself, not of what it may point to. */
  inspect(path: string): FileFacts;
  inspectOpen(fd: number): FileFacts;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Makes the directory and its parents; one that exists is left as it is. */
  makeDirectory(path: string): void;
  removeDirectory(path: string): void;
  /** Names in a directory, in no order. */
  list(path: string): string[];
  /** Sets the modification time of a file. */
  touch(path: string, wallMs: number): void;
}

// O_NONBLOCK: a pipe somebody put in place of a file must not hang the process. Windows knows neither flag.
const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const FLAGS = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | SAFELY,
  update: constants.O_RDWR | constants.O_CREAT | SAFELY,
  read: constants.O_RDONLY | SAFELY,
};

/** The disk of this machine. */
export const nodeFileSystem: FileSystem = {
  open: (path, how) => openSync(path, FLAGS[how], 0o600),
  write: (fd, parts, position) => writevSync(fd, parts, position),
  read: (fd, into, position) => readSync(fd, into, 0, into.length, position),
  truncate: ftruncateSync,
  sync: fdatasyncSync,
  syncDirectory(path) {
    const fd = openSync(path, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
  close: closeSync,
  inspect: (path) => toFacts(lstatSync(path)),
  inspectOpen: (fd) => toFacts(fstatSync(fd)),
  rename: renameSync,
  unlink: unlinkSync,
  makeDirectory(path) {
    makeDirectories(path, 0o700);
  },
  removeDirectory: rmdirSync,
  list: (path) => readdirSync(path),
  touch: (path, wallMs) => utimesSync(path, wallMs / 1000, wallMs / 1000),
};

function toFacts(stats: Stats): FileFacts {
  return {
    kind: toKind(stats),
    bytes: stats.size,
    links: stats.nlink,
    modifiedMs: stats.mtimeMs,
    ownerId: stats.uid,
  };
}

function toKind(stats: Stats): FileFacts['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSocket()) return 'socket';
  return stats.isSymbolicLink() ? 'link' : 'other';
}
