import type { Clock, Timer } from '../clock.ts';
import type { DeadLetters } from './dead-letters.ts';
import { errorCode, toDiskTrouble } from './disk-error.ts';
import type { DiskWatch } from './disk-watch.ts';
import type { Home } from './home.ts';
import { movedAway } from './moved-away.ts';
import type { OwnLog } from './own-log.ts';
import type { Quota } from './quota.ts';
import { type FrameMeta, HEADER_BYTES } from './segment-format.ts';
import type { SegmentStore } from './segment-store.ts';
import type { SpoolReport } from './spool-diagnostics.ts';
import type { ResolvedSpoolOptions } from './spool-options.ts';
import type { DiskAction, FailureFacts } from './spool-state.ts';
import type { StoredFrame } from './stored-frame.ts';

/** Carries out what `spool-state.ts` decides about a frame. */
export interface Appender {
  append(meta: FrameMeta, payload: Uint8Array): StoredFrame | undefined;
  /**
   * Makes the directory, again if it was deleted, and proves that it can be written to.
   *
   * @throws the error of the system.
   */
  settleIn(): void;
  close(): void;
}

export interface AppenderParts {
  readonly options: ResolvedSpoolOptions;
  readonly clock: Clock;
  readonly report: SpoolReport;
  readonly home: Home;
  readonly store: SegmentStore;
  readonly deadLetters: DeadLetters;
  readonly quota: Quota;
  readonly log: OwnLog;
  readonly disk: DiskWatch;
  /** Records of earlier processes that went away with a directory. */
  readonly onMissing: (records: number) => void;
}

/** Syncs with the policy `interval`: Vector's value. */
const SYNC_INTERVAL_MS = 500;

export function createAppender(parts: AppenderParts): Appender {
  const { options, clock, report, home, store, deadLetters, quota, log, disk } = parts;
  const { dir, fsync, maxFrameBytes } = options;
  let syncTimer: Timer | undefined;

  function recreate(): void {
    parts.onMissing(movedAway(store, home.recreate()));
    deadLetters.forget();
    report({ kind: 'spoolTrouble', code: 'ENOENT', message: `spool: ${dir} was deleted or moved; it was made anew` });
  }

  function fail(code: string, facts: FailureFacts): DiskAction {
    return disk.on({ kind: 'failed', trouble: toDiskTrouble(code), facts }, code);
  }

  /** @returns whether the frame may be tried again. */
  function recover(code: string, facts: FailureFacts): boolean {
    switch (fail(code, facts)) {
      case 'none':
      case 'refuse':
        return false;
      case 'roll':
        return true;
      case 'evict':
        return quota.evictOldest();
      case 'recreate':
        try {
          recreate();
          return true;
        } catch (error) {
          fail(errorCode(error), { ...facts, failures: facts.failures + 1 });
          return false;
        }
    }
  }

  function write(meta: FrameMeta, payload: Uint8Array): StoredFrame | undefined {
    for (let failures = 0; ; failures++) {
      if (!quota.makeRoom(HEADER_BYTES + payload.length)) {
        disk.on({ kind: 'overQuota' }, 'EQUOTA');
        return undefined;
      }
      // Asked before the write: a segment sealed by a failure holds the newest batches, not the oldest.
      const { canEvict } = quota;
      const result = log.write(meta, payload);
      if (result.kind === 'written') {
        disk.on({ kind: 'written' });
        return result.frame;
      }
      if (!recover(result.code, { failures, canEvict, hadFrames: result.hadFrames })) return undefined;
    }
  }

  function syncLater(): void {
    if (fsync !== 'interval') return;
    syncTimer ??= clock.after(SYNC_INTERVAL_MS, () => {
      syncTimer = undefined;
      const code = log.sync();
      if (code !== undefined) fail(code, { failures: 1, hadFrames: true, canEvict: false });
    });
  }

  return {
    append(meta, payload) {
      if (!disk.canTry) return undefined;
      const frameBytes = HEADER_BYTES + payload.length;
      if (frameBytes > maxFrameBytes) {
        const message = `spool: a batch of ${frameBytes} bytes is over spool.maxFrameBytes (${maxFrameBytes})`;
        report({ kind: 'spoolTrouble', code: 'EMSGSIZE', message });
        return undefined;
      }
      const frame = write(meta, payload);
      if (frame !== undefined) syncLater();
      return frame;
    },
    settleIn() {
      if (home.folder !== undefined && !home.isIntact()) recreate();
      home.open();
    },
    close() {
      syncTimer?.cancel();
      log.seal();
    },
  };
}
