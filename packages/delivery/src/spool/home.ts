import { dirname } from 'node:path';
import type { Random } from '../clock.ts';
import { closeQuietly } from './ack-file.ts';
import { diskError } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import {
  createInstance,
  type Instance,
  type InstanceLocks,
  LEASE_NAME,
  LOCK_NAME,
  PROBE_NAME,
} from './instance-lock.ts';
import type { SegmentFolder } from './segment.ts';

/** Our own directory: made, locked, and made anew when somebody deletes it. */
export interface Home {
  /** `undefined` until the first `open` that worked, and after `close`. */
  readonly folder: SegmentFolder | undefined;
  /**
   * Makes the directory if there is none, and proves that files can be written in it.
   *
   * @throws the error of the system.
   */
  open(): void;
  /** Whether the directory and the lock are where they should be. */
  isIntact(): boolean;
  /**
   * Makes another directory with another lock.
   *
   * @returns where the old directory lies now, inside the new one; `undefined` if it is gone.
   * @throws the error of the system; the old home stays.
   */
  recreate(): { readonly from: string; readonly to: string | undefined };
  close(): void;
}

export interface HomeParts {
  readonly dir: string;
  /** Makes new names durable as well. */
  readonly isSynced: boolean;
  readonly fileSystem: FileSystem;
  readonly locks: InstanceLocks;
  readonly random: Random;
}

const PROBE = Buffer.alloc(512);

export function createHome({ dir, isSynced, fileSystem, locks, random }: HomeParts): Home {
  let instance: Instance | undefined;
  let folder: SegmentFolder | undefined;

  function make(): Instance {
    const made = createInstance(fileSystem, locks, { dir, name: random.id().slice(0, 16) });
    if (isSynced) {
      fileSystem.syncDirectory(dir);
      syncQuietly(fileSystem, dirname(dir));
    }
    return made;
  }

  function move(next: Instance): void {
    instance = next;
    folder = { path: next.path, createdMs: Infinity };
  }

  return {
    get folder() {
      return folder;
    },
    open() {
      if (instance === undefined) move(make());
      if (folder !== undefined) probe(fileSystem, `${folder.path}/${PROBE_NAME}`);
    },
    isIntact() {
      if (folder === undefined) return false;
      return exists(fileSystem, `${folder.path}/${LOCK_NAME}`) || exists(fileSystem, `${folder.path}/${LEASE_NAME}`);
    },
    recreate() {
      const old = instance;
      const from = folder?.path ?? dir;
      const next = make();
      let to: string | undefined;
      if (old !== undefined && exists(fileSystem, from)) {
        to = `${next.path}/${old.name}`;
        try {
          fileSystem.rename(from, to);
        } catch (error) {
          next.release();
          throw error;
        }
      }
      old?.release();
      move(next);
      return { from, to };
    },
    close() {
      instance?.release();
      instance = undefined;
      folder = undefined;
    },
  };
}

/** A directory may take names and no data: a full disk, a quota. */
function probe(fileSystem: FileSystem, path: string): void {
  const fd = fileSystem.open(path, 'update');
  try {
    if (fileSystem.write(fd, [PROBE], 0) < PROBE.length) throw diskError('ENOSPC', 'a probe was not written whole');
  } finally {
    closeQuietly(fileSystem, fd);
    fileSystem.unlink(path);
  }
}

function exists(fileSystem: FileSystem, path: string): boolean {
  try {
    fileSystem.inspect(path);
    return true;
  } catch {
    return false;
  }
}

/** The parent may belong to somebody else, and was there before us most of the time. */
function syncQuietly(fileSystem: FileSystem, path: string): void {
  try {
    fileSystem.syncDirectory(path);
  } catch {
    // See above.
  }
}
