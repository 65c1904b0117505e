import { closeQuietly } from './ack-file.ts';
import { diskError, errorCode } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';

/** What became of one write. */
export type WriteResult =
  | { readonly kind: 'written'; readonly offset: number }
  /** Nothing of it counts; the file was cut back to its last good end, or could not be. Write to it no more. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** The one writer of one open segment file. */
export interface SegmentWriter {
  readonly fd: number;
  /** The last good end. */
  readonly bytes: number;
  /** Writes the parts of one frame at the end. Never throws. */
  append(parts: readonly Uint8Array[]): WriteResult;
  /**
   * Brings what was written to the device. Never throws.
   *
   * @returns the error code if that failed, now or ever on this file: after an error the kernel may have dropped the
   * pages and call the next try a success, so there is no next try. `undefined` if all is well.
   * @see https://lwn.net/Articles/752063/
   */
  sync(): string | undefined;
  /** Whether the last name of the file was deleted: what is written now would vanish with the descriptor. */
  isUnlinked(): boolean;
  close(): void;
}

/**
 * Makes the file and the writer on it.
 *
 * @throws the error of the system when the file cannot be made.
 */
export function createSegmentWriter(fileSystem: FileSystem, path: string): SegmentWriter {
  const fd = fileSystem.open(path, 'create');
  let bytes = 0;
  let isDirty = false;
  let failedSync: string | undefined;

  return {
    fd,
    get bytes() {
      return bytes;
    },
    append(parts) {
      try {
        writeAll(fileSystem, fd, { parts, position: bytes });
      } catch (error) {
        cutBack(fileSystem, fd, bytes);
        return { kind: 'failed', error };
      }
      const offset = bytes;
      for (const part of parts) bytes += part.length;
      isDirty = true;
      return { kind: 'written', offset };
    },
    sync() {
      if (failedSync !== undefined || !isDirty) return failedSync;
      try {
        fileSystem.sync(fd);
        isDirty = false;
      } catch (error) {
        failedSync = errorCode(error);
      }
      return failedSync;
    },
    isUnlinked() {
      try {
        return fileSystem.inspectOpen(fd).links === 0;
      } catch {
        // The write that follows finds out what is wrong.
        return false;
      }
    },
    close() {
      closeQuietly(fileSystem, fd);
    },
  };
}

/** Short writes are real: at a file-size limit 10,000 bytes became 5,536, and only the next write failed. */
function writeAll(
  fileSystem: FileSystem,
  fd: number,
  what: { readonly parts: readonly Uint8Array[]; readonly position: number },
): void {
  let parts = what.parts;
  let position = what.position;
  while (parts.length > 0) {
    const written = fileSystem.write(fd, parts, position);
    position += written;
    parts = without(parts, written);
    // A device that takes nothing and names no reason would keep us here for ever.
    if (written === 0 && parts.length > 0) throw diskError('ENOSPC', 'the file takes no more bytes');
  }
}

function without(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skip = bytes;
  for (const part of parts) {
    if (skip < part.length) rest.push(part.subarray(skip));
    skip = Math.max(0, skip - part.length);
  }
  return rest;
}

function cutBack(fileSystem: FileSystem, fd: number, bytes: number): void {
  try {
    fileSystem.truncate(fd, bytes);
  } catch {
    // The torn frame stays; the recovery ignores it, as its CRC or length fails and nothing follows it.
  }
}
