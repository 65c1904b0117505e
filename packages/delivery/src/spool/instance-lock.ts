import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { diskError } from './disk-error.ts';
import type { FileFacts, FileSystem } from './file-system.ts';
import { createLeaseWatch, holdLease } from './lease-lock.ts';
import { bindSocket, nameSocket, type OwnerVerdict, probeSocket, type SocketName } from './socket-lock.ts';
import type { SpoolReport } from './spool-diagnostics.ts';
import { describeLease } from './spool-messages.ts';

export const LOCK_NAME = 'lock';
export const LEASE_NAME = 'lease';
/** What is written to see whether anything can be. */
export const PROBE_NAME = 'probe';

/** How owners of instance directories are told from dead ones; the simulator brings its own. */
export interface InstanceLocks {
  /**
   * Locks the directory at `path()`, which answers where it is now: it is renamed once the lock holds.
   *
   * @returns the way to let go; the files of the lock stay.
   * @throws an error with a code if there is no way to lock it.
   */
  hold(path: () => string): () => void;
  /** Whether the owner of a directory is there. Never rejects. */
  probe(path: string): Promise<OwnerVerdict>;
}

/** A directory of our own, locked. */
export interface Instance {
  readonly name: string;
  readonly path: string;
  /** Lets go of the lock and deletes its files; the directory stays if anything else is in it. */
  release(): void;
}

/** Sockets, and leases where no socket can be bound: the first one is reported. */
export function createInstanceLocks(fileSystem: FileSystem, clock: Clock, report: SpoolReport): InstanceLocks {
  const leases = createLeaseWatch(clock);
  let isTold = false;

  function tellLease(dir: string): void {
    if (!isTold) report({ kind: 'spoolTrouble', code: 'ELOCK', message: describeLease(dir) });
    isTold = true;
  }

  return {
    hold(path) {
      const letGo = holdSocket(fileSystem, path());
      if (letGo !== undefined) return letGo;
      const endLease = holdLease(fileSystem, clock, () => `${path()}/${LEASE_NAME}`);
      tellLease(dirname(path()));
      return endLease;
    },
    async probe(path) {
      try {
        const names = fileSystem.list(path);
        if (names.includes(LOCK_NAME)) return await askSocket(fileSystem, path);
        if (!names.includes(LEASE_NAME)) return 'dead';
        return leases.probe(path, fileSystem.inspect(`${path}/${LEASE_NAME}`).modifiedMs);
      } catch {
        // Gone meanwhile, or not ours to read: either way nothing to take.
        return 'unknown';
      }
    },
  };
}

/** @returns the way to let go; `undefined` where no socket can be bound. */
function holdSocket(fileSystem: FileSystem, path: string): (() => void) | undefined {
  let name: SocketName | undefined;
  try {
    name = nameSocket(fileSystem, path, LOCK_NAME);
    if (name === undefined) return undefined;
    const { path: socketPath, close } = name;
    const letGo = bindSocket(socketPath);
    return () => {
      letGo();
      // Only now: Node deletes the socket by its name when it closes it.
      close();
    };
  } catch {
    // A file system without sockets, or no descriptor left: the lease either works or says what is wrong.
    name?.close();
    return undefined;
  }
}

async function askSocket(fileSystem: FileSystem, path: string): Promise<OwnerVerdict> {
  const name = nameSocket(fileSystem, path, LOCK_NAME);
  if (name === undefined) return 'unknown';
  const verdict = await probeSocket(name.path);
  name.close();
  return verdict;
}

/**
 * Makes `<dir>/<name>`, locked. It is bound under a dot-name and renamed, so that whoever sees it without a living lock
 * sees a dead one, never a newborn one.
 *
 * @throws the error of the system when the directory cannot be made or locked.
 */
export function createInstance(fileSystem: FileSystem, locks: InstanceLocks, at: InstanceName): Instance {
  const { dir, name } = at;
  makeRoot(fileSystem, dir);
  let path = `${dir}/.${name}`;
  fileSystem.makeDirectory(path);
  let letGo: (() => void) | undefined;
  try {
    letGo = locks.hold(() => path);
    fileSystem.rename(path, `${dir}/${name}`);
    path = `${dir}/${name}`;
  } catch (error) {
    letGo?.();
    sweep(fileSystem, path);
    throw error;
  }
  return {
    name,
    path,
    release() {
      letGo();
      sweep(fileSystem, path);
    },
  };
}

export interface InstanceName {
  readonly dir: string;
  /** 16 hex digits never used before: a name that once was dead stays dead. */
  readonly name: string;
}

/** Deletes the files of the lock and of the probe, and the directory if that leaves it empty. */
export function sweep(fileSystem: FileSystem, path: string): void {
  const attempts = [
    () => fileSystem.unlink(`${path}/${LOCK_NAME}`),
    () => fileSystem.unlink(`${path}/${LEASE_NAME}`),
    () => fileSystem.unlink(`${path}/${PROBE_NAME}`),
    () => fileSystem.removeDirectory(path),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch {
      // Not there, or not empty. What stays is a dead instance, which the next process adopts.
    }
  }
}

/** @throws an error whose code says what stands in the way: that of the system does not tell a file from a broken link. */
function makeRoot(fileSystem: FileSystem, dir: string): void {
  let failure: unknown;
  try {
    fileSystem.makeDirectory(dir);
  } catch (error) {
    failure = error;
  }
  switch (kindOf(fileSystem, dir)) {
    case 'directory':
    case undefined:
      if (failure !== undefined) throw failure;
      return;
    case 'link':
      throw diskError('ELOOP', `${dir} is a symbolic link; name the directory it points to`);
    default:
      throw diskError('ENOTDIR', `${dir} is not a directory; name one, or move the file away`);
  }
}

function kindOf(fileSystem: FileSystem, path: string): FileFacts['kind'] | undefined {
  try {
    return fileSystem.inspect(path).kind;
  } catch {
    // Not there, or not to be seen: whoever uses it next says why.
    return undefined;
  }
}
