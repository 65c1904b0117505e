import { writeToStderr } from './write-to-stderr.ts';

/** Majors of winston this package knows. */
const SUPPORTED = /^3\./;

/** Process-wide, as the installed winston is: it is said once, however many transports there are. */
let isReported = false;

/** Says once, in one line on stderr, that the installed winston is not one this package was made for. */
export function reportHostVersion(version: unknown, write: (line: string) => void = writeToStderr): void {
  if (isReported || isSupported(version)) return;
  isReported = true;
  const found = typeof version === 'string' ? version : 'of an unknown version';
  write(`logflume: @logflume/winston needs winston 3, found winston ${found}; records may be wrong or missing\n`);
}

/** Whether this package was made for that winston. */
export function isSupported(version: unknown): boolean {
  return typeof version === 'string' && SUPPORTED.test(version);
}
