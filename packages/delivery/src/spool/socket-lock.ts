import { chmodSync } from 'node:fs';
import { builtin } from '../builtin.ts';
import { closeQuietly } from './ack-file.ts';
import { diskError, errorCode } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';

/** Whether the process behind a lock is there. `unknown` is treated like `alive`: nobody is robbed on a guess. */
export type OwnerVerdict = 'alive' | 'dead' | 'unknown';

/**
 * `sun_path` holds 108 bytes with its final zero, 104 where it comes from BSD; Node 20 cuts longer paths without a word,
 * into another name.
 */
export const MAX_SOCKET_PATH_BYTES: number = process.platform === 'linux' ? 107 : 103;

export function fitsSocketPath(path: string): boolean {
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES;
}

/** A name by which a socket can be bound and asked, good until it is closed. */
export interface SocketName {
  readonly path: string;
  close(): void;
}

/**
 * Names a socket in a directory, however long the path of that is: Linux shows an open directory as `/proc/self/fd/<n>`.
 * The socket lies in the directory itself, where every process and container sees it.
 *
 * @returns `undefined` where no name is short enough.
 * @throws the error of the system when the directory cannot be opened.
 */
export function nameSocket(fileSystem: FileSystem, directory: string, name: string): SocketName | undefined {
  const path = `${directory}/${name}`;
  if (fitsSocketPath(path)) return { path, close: () => {} };
  const fd = fileSystem.open(directory, 'read');
  const close = (): void => closeQuietly(fileSystem, fd);
  try {
    // Without /proc nothing is found by such a name, which must not look like a lock that nobody holds.
    if (fileSystem.inspect(`/proc/self/fd/${fd}/.`).kind === 'directory') {
      return { path: `/proc/self/fd/${fd}/${name}`, close };
    }
  } catch {
    // Not there: see above.
  }
  close();
  return undefined;
}

/**
 * Binds a UNIX socket. The kernel closes it with the process, however that ends, so a dead owner can never look alive,
 * and a stopped one never dead; the same in every container of a host, where each has a process 1. Keeps no process up.
 *
 * @returns the way to let go of it; the file is the caller's to delete.
 * @throws an error with a code if it could not be bound.
 */
export function bindSocket(path: string): () => void {
  const server = builtin('node:net').createServer((socket) => {
    socket.on('error', ignore);
    socket.destroy();
  });
  server.on('error', ignore);
  // exclusive: a cluster worker would ask its primary to listen, and get the lock of a sibling.
  server.listen({ path, exclusive: true });
  // The bind itself is synchronous; only its error is reported later.
  if (!server.listening) throw diskError('ELOCK', `cannot bind ${path}`);
  server.unref();
  protect(path);
  return () => server.close(ignore);
}

/** The umask alone says who may write to a socket, and it may even leave its owner out. */
function protect(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    // The directory around it keeps others out already.
  }
}

/** Asks whether anybody listens. Never rejects. */
export function probeSocket(path: string): Promise<OwnerVerdict> {
  return new Promise((resolve) => {
    const socket = builtin('node:net').connect({ path });
    socket.unref();
    socket.on('connect', () => {
      resolve('alive');
      socket.destroy();
    });
    socket.on('error', (error) => {
      resolve(toVerdict(errorCode(error)));
      socket.destroy();
    });
  });
}

/** Pure. EAGAIN is a full backlog: somebody listens and does not get round to us. */
function toVerdict(code: string): OwnerVerdict {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return 'dead';
    case 'EAGAIN':
      return 'alive';
    default:
      return 'unknown';
  }
}

/** An `error` event without a listener would end the process; a lock that fails is found out by asking. */
function ignore(): void {}
