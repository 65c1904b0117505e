import type { FileSystem } from './file-system.ts';
import { createSegmentWriter } from './segment-writer.ts';

/** What no server takes, kept in `dlq/` until a person looks or room is needed. */
export interface DeadLetters {
  readonly bytes: number;
  readonly files: number;
  /** @returns whether it is on disk. */
  write(name: string, parts: readonly Uint8Array[]): boolean;
  /** Moves a file in: the dead letters of a dead process, a segment nobody can read. */
  moveIn(from: string, name: string): void;
  /** @returns `false` if there is none. */
  dropOldest(): boolean;
  /** Forgets the files: their directory is gone. */
  forget(): void;
  /** Removes the directory if it is empty. */
  close(): void;
}

/** Small files cost more than their bytes; a server that refuses everything must not fill a directory. */
const MAX_FILES = 10_000;

/**
 * @param directory - says where the files lie now. Names begin with the time in milliseconds, so they sort by age.
 */
export function createDeadLetters(fileSystem: FileSystem, directory: () => string): DeadLetters {
  const files: { readonly name: string; readonly bytes: number }[] = [];
  let totalBytes = 0;

  function remember(name: string, bytes: number): void {
    const newest = files.at(-1);
    files.push({ name, bytes });
    totalBytes += bytes;
    // Only what is moved in may be older than what is here.
    if (newest !== undefined && name < newest.name) files.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  function dropOldest(): boolean {
    const oldest = files.shift();
    if (oldest === undefined) return false;
    totalBytes -= oldest.bytes;
    try {
      fileSystem.unlink(`${directory()}/${oldest.name}`);
    } catch {
      // Somebody took it away already, or nobody can; it is not ours to count any more.
    }
    return true;
  }

  function makeRoomForOne(): void {
    while (files.length >= MAX_FILES) dropOldest();
  }

  return {
    get bytes() {
      return totalBytes;
    },
    get files() {
      return files.length;
    },
    write(name, parts) {
      makeRoomForOne();
      const path = `${directory()}/${name}`;
      try {
        fileSystem.makeDirectory(directory());
        const writer = createSegmentWriter(fileSystem, path);
        const isWritten = writer.append(parts).kind === 'written';
        writer.close();
        if (isWritten) remember(name, writer.bytes);
        else fileSystem.unlink(path);
        return isWritten;
      } catch {
        // The caller says so: a dead letter lost is a copy lost, its records are counted as rejected.
        return false;
      }
    },
    moveIn(from, name) {
      makeRoomForOne();
      fileSystem.makeDirectory(directory());
      const bytes = fileSystem.inspect(from).bytes;
      fileSystem.rename(from, `${directory()}/${name}`);
      remember(name, bytes);
    },
    dropOldest,
    forget() {
      files.length = 0;
      totalBytes = 0;
    },
    close() {
      try {
        fileSystem.removeDirectory(directory());
      } catch {
        // Not there, or it holds letters, which stay for the next process.
      }
    },
  };
}
