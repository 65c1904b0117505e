import type { DiskTrouble } from './disk-error.ts';

/** `ok` takes frames; `full` refuses until there is room; `bad` refuses until the disk works again. */
export type SpoolState = 'ok' | 'full' | 'bad';

/** What the spool remembers about its disk. */
export interface DiskHealth {
  readonly state: SpoolState;
  /** Device errors since the last frame that got through. */
  readonly ioErrors: number;
  /** Monotonic milliseconds; before it a full or bad spool is not tried again. */
  readonly retryAtMs: number;
}

export type DiskEvent =
  | { readonly kind: 'written' }
  /** Opening or writing failed. */
  | { readonly kind: 'failed'; readonly trouble: DiskTrouble; readonly facts: FailureFacts }
  /** `maxBytes` is reached and nothing may be evicted. */
  | { readonly kind: 'overQuota' }
  /** Frames became terminal and a file was deleted. */
  | { readonly kind: 'roomFreed' }
  /** A probe after `retryAtMs` worked. */
  | { readonly kind: 'probed' };

export interface FailureFacts {
  /** Failures met by the same frame before this one. */
  readonly failures: number;
  /** There is an own segment that could be deleted to make room. */
  readonly canEvict: boolean;
  /** The segment held frames already, so a new file is a new chance. */
  readonly hadFrames: boolean;
}

/** What to do with the frame that met the event. */
export type DiskAction =
  | 'none'
  /** Again, in a new segment. */
  | 'roll'
  /** Delete the oldest segment, then again in a new one. */
  | 'evict'
  /** Make the directory and the lock anew, then again. */
  | 'recreate'
  /** Leave it to the memory or the fallback. */
  | 'refuse';

export interface DiskStep {
  readonly health: DiskHealth;
  readonly action: DiskAction;
}

export const initialHealth: DiskHealth = { state: 'ok', ioErrors: 0, retryAtMs: 0 };

/** Device errors in a row that make the disk bad. */
const MAX_IO_ERRORS = 3;
/** A full disk is tried again when files were deleted, and once a second: others may have made room. */
const FULL_RETRY_MS = 1000;
const BAD_RETRY_MS = 60_000;

/** The next state, and what to do. Pure; the test beside it is the table. */
export function afterDiskEvent(health: DiskHealth, event: DiskEvent, nowMs: number): DiskStep {
  switch (event.kind) {
    case 'written':
    case 'probed':
      return { health: initialHealth, action: 'none' };
    case 'overQuota':
      return full(health, nowMs);
    case 'roomFreed':
      return { health: health.state === 'full' ? { ...health, retryAtMs: nowMs } : health, action: 'none' };
    case 'failed':
      return afterFailure(health, event, nowMs);
  }
}

/** Whether a frame may be tried now. Pure. */
export function canTry(health: DiskHealth, nowMs: number): boolean {
  return health.state === 'ok' || (health.state === 'full' && nowMs >= health.retryAtMs);
}

function afterFailure(
  health: DiskHealth,
  { trouble, facts }: { readonly trouble: DiskTrouble; readonly facts: FailureFacts },
  nowMs: number,
): DiskStep {
  const isFirst = facts.failures === 0;
  switch (trouble) {
    case 'noRoom':
      // One segment per episode: while the disk stays full because of others, deleting more would only feed them.
      if (isFirst && facts.canEvict && health.state === 'ok') return { health, action: 'evict' };
      return full(health, nowMs);
    case 'fileLimit':
      return isFirst && facts.hadFrames ? { health, action: 'roll' } : full(health, nowMs);
    case 'io': {
      const ioErrors = health.ioErrors + 1;
      if (ioErrors >= MAX_IO_ERRORS) return bad({ ...health, ioErrors }, nowMs);
      return { health: { ...health, ioErrors }, action: isFirst ? 'roll' : 'refuse' };
    }
    case 'gone':
      return isFirst ? { health, action: 'recreate' } : bad(health, nowMs);
    case 'noDescriptor':
    case 'denied':
      return bad(health, nowMs);
  }
}

function full(health: DiskHealth, nowMs: number): DiskStep {
  return { health: { ...health, state: 'full', retryAtMs: nowMs + FULL_RETRY_MS }, action: 'refuse' };
}

function bad(health: DiskHealth, nowMs: number): DiskStep {
  return { health: { ...health, state: 'bad', retryAtMs: nowMs + BAD_RETRY_MS }, action: 'refuse' };
}
