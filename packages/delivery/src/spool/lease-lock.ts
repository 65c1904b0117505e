import type { Clock, Timer } from '../clock.ts';
import { closeQuietly } from './ack-file.ts';
import type { FileSystem } from './file-system.ts';
import type { OwnerVerdict } from './socket-lock.ts';

/*
 * Where no socket can be bound (a file system without sockets, a long path where there is no /proc) the lock is a file
 * whose modification time moves. An owner that stands still longer than LEASE_EXPIRY_MS is taken for dead, even if it is
 * only stopped.
 */
const RENEWAL_MS = 15_000;
/** Six renewals may be missed: a busy event loop is not a dead one. */
export const LEASE_EXPIRY_MS = 90_000;

/**
 * Makes the lease file and keeps renewing it.
 *
 * @param path - says where the file is now: its directory is renamed after the start.
 * @returns the way to stop; the file is the caller's to delete.
 * @throws the error of the system when the file cannot be made.
 */
export function holdLease(fileSystem: FileSystem, clock: Clock, path: () => string): () => void {
  closeQuietly(fileSystem, fileSystem.open(path(), 'create'));
  let timer: Timer;
  const renew = (): void => {
    try {
      fileSystem.touch(path(), clock.wallMs());
    } catch {
      // A lost directory is noticed by the writer, which makes a new one with a new lease.
    }
    timer = clock.after(RENEWAL_MS, renew);
  };
  timer = clock.after(RENEWAL_MS, renew);
  return () => timer.cancel();
}

/** Watches the leases of others. */
export interface LeaseWatch {
  probe(path: string, modifiedMs: number): OwnerVerdict;
}

/**
 * Judges by how long *we* saw a lease stand still, on our own monotonic clock: neither a jump of the wall clock nor
 * another machine's idea of it makes a living owner look dead. So it takes several looks.
 */
export function createLeaseWatch(clock: Clock): LeaseWatch {
  const seen = new Map<string, { readonly modifiedMs: number; readonly sinceMs: number }>();
  return {
    probe(path, modifiedMs) {
      const nowMs = clock.nowMs();
      const last = seen.get(path);
      if (last === undefined || last.modifiedMs !== modifiedMs) {
        seen.set(path, { modifiedMs, sinceMs: nowMs });
        return 'unknown';
      }
      if (nowMs - last.sinceMs < LEASE_EXPIRY_MS) return 'unknown';
      seen.delete(path);
      return 'dead';
    },
  };
}
