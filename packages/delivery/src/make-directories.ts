import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those it stands in; one that is there stays as it is. As `mkdirSync` with `recursive`, which Node 20
 * never comes back from where a file system knows no new directories and says so by `ENOENT`, as `/proc` does.
 *
 * @throws the system's error: `EEXIST` for what is no directory, `ENOENT` where none can be made.
 */
export function makeDirectories(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (isDirectory(path)) return;
    const parent = dirname(path);
    if (Reflect.get(Object(error), 'code') !== 'ENOENT' || parent === path || isDirectory(parent)) throw error;
    makeDirectories(parent, mode);
    makeDirectories(path, mode); // Once more alone: its parent is there now.
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
