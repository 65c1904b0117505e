import type { SpoolMode } from '../spool/spool-options.ts';

/** Where the bytes of a batch are. */
export type Storage = 'mem' | 'both' | 'spooled';

/** What says where the bytes are. */
export interface Holdings {
  readonly runs: unknown;
  readonly body: unknown;
  readonly frame: unknown;
}

/** The storage flag of a batch. Pure. */
export function storageOf({ runs, body, frame }: Holdings): Storage {
  if (frame === undefined) return 'mem';
  return runs === undefined && body === undefined ? 'spooled' : 'both';
}

/** How a delivery keeps what it has taken; `memory` is what there is without a directory. */
export type StorageMode = 'memory' | SpoolMode;

/** The engine, as far as it decides what goes to disk. */
export interface Pressure {
  /** No endpoint takes traffic. */
  readonly isOffline: boolean;
  /** Share of the queue's bytes that is in use, 0 … 1. */
  readonly usedShare: number;
  readonly isClosing: boolean;
  readonly lingerMs: number;
}

/** Above this the memory is for what is still to come. */
export const MEMORY_SHARE = 0.5;
/** Beyond its linger a batch should have been sent within so many milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Whether a batch in memory is written to disk now, `ageMs` after its first record came. Also says when an open batch is
 * sealed without a slot for it: what is not sealed cannot be written. Pure.
 */
export function shouldStore(mode: StorageMode, ageMs: number, pressure: Pressure): boolean {
  switch (mode) {
    case 'memory':
      return false;
    case 'wal':
      return true;
    case 'spill':
      return (
        pressure.isClosing ||
        pressure.isOffline ||
        pressure.usedShare > MEMORY_SHARE ||
        ageMs > pressure.lingerMs + PATIENCE_MS
      );
  }
}

/** In how many milliseconds `shouldStore` becomes true by age alone; `Infinity` for never. Pure. */
export function storeDueMs(mode: StorageMode, openedMs: number, lingerMs: number): number {
  return mode === 'spill' ? openedMs + lingerMs + PATIENCE_MS + 1 : Number.POSITIVE_INFINITY;
}

/**
 * Whether the copy in memory of a batch that is on disk as well is given up. Pure. What was spilled was to free memory;
 * what is written ahead is about to be sent, and stays while there is room.
 */
export function shouldDropCopy(mode: StorageMode, usedShare: number): boolean {
  return mode === 'spill' || usedShare > MEMORY_SHARE;
}

/** Who may have the next free slot. */
export interface Contenders {
  /** A batch that is in memory, or could be sealed. */
  readonly hasLive: boolean;
  /** A batch that is on disk alone. */
  readonly hasBacklog: boolean;
  /** Who had the last one while both waited. */
  readonly lastTurn: 'live' | 'backlog';
}

/** Live batches go first, and in turns with the backlog: that leaves it half of the slots. Pure. */
export function whoseTurn({ hasLive, hasBacklog, lastTurn }: Contenders): 'live' | 'backlog' | 'nobody' {
  if (hasLive && hasBacklog) return lastTurn === 'live' ? 'backlog' : 'live';
  if (hasLive) return 'live';
  return hasBacklog ? 'backlog' : 'nobody';
}

export interface AgeLimits {
  readonly memoryMs: number;
  readonly spoolMs: number;
}

/** When a batch is too old to be sent, on the monotonic clock: the limit is that of where it is kept. Pure. */
export function expiresAtMs(openedMs: number, isOnDisk: boolean, limits: AgeLimits): number {
  return openedMs + (isOnDisk ? limits.spoolMs : limits.memoryMs);
}
