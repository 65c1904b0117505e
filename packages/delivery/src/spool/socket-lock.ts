import { builtin } from '../builtin.ts';
import { diskError, errorCode } from './disk-error.ts';

/** Whether the process behind a lock is there. `unknown` is treated like `alive`: nobody is robbed on a guess. */
export type OwnerVerdict = 'alive' | 'dead' | 'unknown';

/** `sun_path` holds 108 bytes with its final zero; Node 20 cuts longer paths without a word, into another name. */
const MAX_SOCKET_PATH_BYTES = 107;

export function fitsSocketPath(path: string): boolean {
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES;
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
  return () => server.close(ignore);
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
