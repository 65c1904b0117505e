import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those it stands in; one that is there stays as it is. As `mkdirSync` with `recursive`, which Node 20
 * never comes back from where a file system knows no new directories and says so by `ENOENT`, as `/proc` does.
 *
 * @throws the system's error: `EEXIST` for what is no directory, `ENOENT` where none can be made.
 */
export function makeDirectories(path: string, mode: number): void {
  try {
    makeDirectory(path, mode);
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ENOENT') throw error;
    const parent = dirname(path);
    if (lstatSync(parent, { throwIfNoEntry: false }) === undefined) makeDirectories(parent, mode);
    makeDirectory(path, mode); // Once more only. Another process may have made the parent.
  }
}

function makeDirectory(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
