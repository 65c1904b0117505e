/** What a failed disk operation means for the spool. */
export type DiskTrouble =
  /** The disk or the user's share of it is full. */
  | 'noRoom'
  /** This file may not grow; another one may. */
  | 'fileLimit'
  /** Out of file descriptors, ours or the system's. */
  | 'noDescriptor'
  /** The directory went away. */
  | 'gone'
  /** Not allowed, not writable or not a directory: only a person can change that. */
  | 'denied'
  /** The device failed, or something nobody foresaw. */
  | 'io';

const TROUBLE: Readonly<Record<string, DiskTrouble>> = {
  ENOSPC: 'noRoom',
  EDQUOT: 'noRoom',
  EFBIG: 'fileLimit',
  EMFILE: 'noDescriptor',
  ENFILE: 'noDescriptor',
  ENOMEM: 'noDescriptor',
  ENOENT: 'gone',
  ESTALE: 'gone',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOTDIR: 'denied',
  ELOOP: 'denied',
  ENAMETOOLONG: 'denied',
};

/** Sorts a system error code. Pure; what is not listed is `io`. */
export function toDiskTrouble(code: string): DiskTrouble {
  return TROUBLE[code] ?? 'io';
}

/** The code of a thrown value, such as `ENOSPC`; `EUNKNOWN` for what carries none. */
export function errorCode(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return 'EUNKNOWN';
}

/** A system error of our own making, for conditions Node reports late or not at all. */
export function diskError(code: string, message: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
