import { lstatSync, readdir, readdirSync, renameSync, unlink, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf, identityOf } from './open-file.ts';
import { rotatedPath, surplusFiles } from './rotated-files.ts';

/**
 * Gives a file its rotated name. Nothing is done if the name means another file, or none: another process may have rotated
 * it a moment ago.
 *
 * @throws what the system says: EACCES in a directory of somebody else, EBUSY for a file that is a mount of its own, …
 */
export function moveAside(path: string, identity: string, wallMs: number): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || identityOf(stat) !== identity) return;
  for (let attempt = 0; ; attempt++) {
    const to = rotatedPath(path, wallMs, attempt);
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      renameSync(path, to);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    return;
  }
}

/** Deletes what is too old. In its own time; what cannot be deleted is tried again at the next rotation. */
export function prune(path: string, maxFiles: number): void {
  const directory = dirname(path);
  readdir(directory, (error, names) => {
    if (error !== null) return;
    for (const name of surplusFiles(names, basename(path), maxFiles)) unlink(join(directory, name), () => undefined);
  });
}

/** As `prune`, at the exit. */
export function pruneSync(path: string, maxFiles: number): void {
  const directory = dirname(path);
  try {
    const surplus = surplusFiles(readdirSync(directory), basename(path), maxFiles);
    for (const name of surplus) unlinkSync(join(directory, name));
  } catch {
    // The next rotation, of whatever process, tries again.
  }
}
