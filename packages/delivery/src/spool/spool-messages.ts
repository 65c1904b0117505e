import { LEASE_EXPIRY_MS } from './lease-lock.ts';
import { MAX_SOCKET_PATH_BYTES } from './socket-lock.ts';
import { missingRecordsOf, type SegmentSurvey } from './survey.ts';

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'let this user write there',
  EPERM: 'let this user write there',
  EROFS: 'the file system is read-only; choose a directory on a writable one',
  ENOTDIR: 'a file is in the way; name a directory',
  ENOENT: 'a directory above it is missing, or a link to nothing',
  ELOOP: 'it is a symbolic link; name the directory it points to',
  ENAMETOOLONG: 'choose a shorter path',
  ENOSPC: 'free some space, or choose another disk',
  EDQUOT: 'free some space, or raise the quota',
  EFBIG: 'raise the file size limit (ulimit -f)',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENFILE: 'the system is out of file descriptors',
};

/** One line for a spool that cannot be used, with what to do. Pure. */
export function describeBad(dir: string, code: string): string {
  const advice = ADVICE[code] ?? 'the device may be failing';
  return `spool: cannot use ${dir} (${code}): ${advice}; batches stay in memory, tried again every minute`;
}

/** One line for a spool that refuses batches. Pure. */
export function describeFull(dir: string, code: string): string {
  const advice = ADVICE[code] ?? 'raise spool.maxBytes';
  return `spool: no room in ${dir} (${code}): ${advice}; batches stay in memory until there is`;
}

/** Bytes of `/.<16 hex digits>/lock`, which follow the directory of the spool in the path of a lock. */
const LOCK_PATH_BYTES = 23;

/** One line for a spool locked by a lease. Pure. */
export function describeLease(dir: string): string {
  const bytes = Buffer.byteLength(dir);
  const most = MAX_SOCKET_PATH_BYTES - LOCK_PATH_BYTES;
  const why =
    bytes > most
      ? `its path has ${bytes} bytes, ${most} would do`
      : 'a file system without them, or no descriptor left';
  const effect = `what this process leaves is taken over ${LEASE_EXPIRY_MS / 1000} s after its end`;
  return `spool: no socket can be bound in ${dir} (${why}); a file locks it instead: ${effect}, and by a process that runs as long`;
}

/** @returns one line on what a survey met besides whole frames, `undefined` for nothing. Pure. */
export function describeDamage(path: string, survey: SegmentSurvey): string | undefined {
  const found: string[] = [];
  if (survey.futureFrames > 0) found.push(`${survey.futureFrames} batches of a later version, left for it`);
  if (survey.zeroFilledBytes > 0) found.push(`${survey.zeroFilledBytes} bytes of zeros`);
  const damaged = survey.damagedBytes - survey.zeroFilledBytes;
  if (damaged > 0) found.push(`${damaged} bytes torn or damaged`);
  const missing = missingRecordsOf(survey);
  if (missing > 0) found.push(`${missing} records missing`);
  if (survey.errorCode !== undefined) found.push(`unreadable (${survey.errorCode}), left for the next start`);
  return found.length === 0 ? undefined : `spool: ${path}: ${found.join(', ')}; the rest is used`;
}
