import { resolve } from 'node:path';

/** A path that means the same file after the application has gone to another directory. Never throws. */
export function toAbsolutePath(path: string): string {
  try {
    return resolve(path);
  } catch {
    return path; // The current directory is gone: whoever opens the file says so.
  }
}
