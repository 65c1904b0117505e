import type { Clock, Random } from '../clock.ts';
import { DEAD_LETTER_FOLDER } from './adoption.ts';
import { createAppender } from './appender.ts';
import { type BacklogStep, createBacklog } from './backlog.ts';
import { type DeadLetterReason, encodeDeadLetter } from './dead-letter-format.ts';
import { createDeadLetters } from './dead-letters.ts';
import { errorCode, toDiskTrouble } from './disk-error.ts';
import { createDiskWatch } from './disk-watch.ts';
import type { FileSystem } from './file-system.ts';
import { createHome } from './home.ts';
import { createInstanceLocks, type InstanceLocks } from './instance-lock.ts';
import { createOwnLog } from './own-log.ts';
import { createQuota } from './quota.ts';
import { createScanner } from './scanner.ts';
import type { FrameMeta } from './segment-format.ts';
import { createSegmentReader } from './segment-reader.ts';
import { createSegmentStore, type FrameRead } from './segment-store.ts';
import type { SpoolReport } from './spool-diagnostics.ts';
import { type ResolvedSpoolOptions, resolveSpoolOptions, type SpoolOptions } from './spool-options.ts';
import type { SpoolState } from './spool-state.ts';
import type { StoredFrame } from './stored-frame.ts';
import { createSurveyReport } from './survey-report.ts';

/** How much is on disk, and what was found lost there. */
export interface SpoolGauges {
  /** Records of all frames that are not terminal, in memory as well or not. */
  readonly records: number;
  /** The part of `records` that is an estimate, because its segments were not walked yet. */
  readonly estimatedRecords: number;
  /** The part of `records` that `take` has not handed out yet. */
  readonly backlogRecords: number;
  /** Segments, ack files and dead letters. */
  readonly bytes: number;
  readonly segments: number;
  readonly deadLetters: number;
  /** Records of earlier processes proved to be lost: jumps of the sequence, torn frames, segments that went away. */
  readonly missingRecords: number;
  /** Records of frames whose bytes were not those that were written. */
  readonly corruptRecords: number;
  /** Bytes of earlier processes that were no frames. */
  readonly damagedBytes: number;
}

/**
 * Batches on disk. Everything but `scan` is synchronous, and nothing throws for trouble with the disk, so all of it can
 * be used in the `exit` handler.
 */
export interface Spool {
  readonly options: ResolvedSpoolOptions;
  readonly state: SpoolState;
  /** Whether `append` would try: not while the disk rests after trouble. */
  readonly takesBatches: boolean;
  gauges(): SpoolGauges;
  /**
   * Writes a batch; it survives this process as soon as this returns. May delete the oldest segment for it, after its
   * frames went to `evict`.
   *
   * @returns `undefined` if it is not on disk: full, bad, closed, or larger than `maxFrameBytes`.
   * @throws RangeError for a batch id that is none: a bug of the caller.
   */
  append(meta: FrameMeta, payload: Uint8Array): StoredFrame | undefined;
  /** The request body of a frame. `corrupt` has settled and counted the frame already; `unavailable` may work later. */
  read(frame: StoredFrame): FrameRead;
  /** Whether the frame is still there, as far as is known without looking. */
  holds(frame: StoredFrame): boolean;
  /** The batch is terminal, whatever became of it. Once is enough, more does nothing. */
  settle(frame: StoredFrame): void;
  /** The next frame of earlier processes. */
  take(): BacklogStep;
  /** @returns whether it is kept. The frame of the batch, if it has one, is to be settled as well. */
  deadLetter(meta: FrameMeta, payload: Uint8Array, reason: DeadLetterReason): boolean;
  /** Looks for dead processes now; done at the start and every minute anyway. Never rejects. */
  scan(): Promise<void>;
  /** Seals, lets go of the lock and removes what is empty. What is pending is left to the next process. */
  close(): void;
}

/** What a spool stands on. */
export interface SpoolParts {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: SpoolReport;
  /**
   * Gets a frame just before it is deleted to make room: read it now or never. Called inside `append` and `scan`; must
   * not throw and must not append.
   */
  readonly evict: (frame: StoredFrame) => void;
  /** Told of records of earlier processes that are proved to be lost: `missingRecords`. Must not throw. */
  readonly onMissing: (records: number) => void;
  /** Told that `take` may have something. */
  readonly onBacklog: () => void;
  /** Only files of this user are touched; by default the user of the process. */
  readonly ownerId?: number | undefined;
  readonly locks?: InstanceLocks | undefined;
}

/**
 * Opens the spool. Ready when it returns: what earlier processes left is found and counted afterwards, in slices. Trouble
 * with the disk is no error here but the state `bad` and one diagnostic.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for an option that cannot work.
 */
export function openSpool(options: SpoolOptions, parts: SpoolParts): Spool {
  const resolved = resolveSpoolOptions(options);
  const { dir, maxBytes, fsync } = resolved;
  const { fileSystem, clock, report } = parts;
  const reader = createSegmentReader(fileSystem);
  const store = createSegmentStore(fileSystem, reader, () => onRemoved());
  const locks = parts.locks ?? createInstanceLocks(fileSystem, clock, report);
  const home = createHome({ dir, isSynced: fsync !== 'off', fileSystem, locks, random: parts.random });
  const ownPath = (): string => home.folder?.path ?? dir;
  const deadLetters = createDeadLetters(fileSystem, () => `${ownPath()}/${DEAD_LETTER_FOLDER}`);
  const surveys = createSurveyReport({ clock, store, deadLetters, report, onMissing: parts.onMissing });
  const backlog = createBacklog({
    fileSystem,
    reader,
    clock,
    store,
    report,
    onBacklog: parts.onBacklog,
    onSurvey: surveys.add,
  });
  const quota = createQuota({
    maxBytes,
    store,
    backlog,
    deadLetters,
    report,
    evict: parts.evict,
    onUnreadable: surveys.miss,
  });
  const log = createOwnLog({ fileSystem, clock, home, store, report, segmentBytes: resolved.segmentBytes, fsync });
  const disk = createDiskWatch({ dir, clock, report, probe: () => start() });
  const ownerId = parts.ownerId ?? process.geteuid?.() ?? 0;
  const scanner = createScanner({
    dir,
    fileSystem,
    clock,
    locks,
    home,
    store,
    deadLetters,
    quota,
    backlog,
    report,
    ownerId,
    maxBytes,
  });
  const appender = createAppender({
    options: resolved,
    clock,
    report,
    home,
    store,
    deadLetters,
    quota,
    log,
    disk,
    onMissing: surveys.miss,
  });
  let isClosed = false;
  let corruptRecords = 0;

  function start(): void {
    try {
      appender.settleIn();
      disk.on({ kind: 'probed' });
    } catch (error) {
      const code = errorCode(error);
      const facts = { failures: 1, canEvict: false, hadFrames: false };
      // A directory that is ours and cannot grow still lets its backlog go, which is what makes room.
      const isUsable = home.folder !== undefined && toDiskTrouble(code) === 'noRoom';
      disk.on({ kind: 'failed', trouble: isUsable ? 'noRoom' : 'denied', facts }, code);
    }
    scanner.start();
  }

  function onRemoved(): void {
    disk.on({ kind: 'roomFreed' });
    scanner.roomFreed();
  }

  start();
  return {
    options: resolved,
    get state() {
      return disk.state;
    },
    get takesBatches() {
      return !isClosed && disk.canTry;
    },
    gauges() {
      const { missingRecords, damagedBytes } = surveys;
      const counts = { bytes: quota.bytes, segments: store.segments.length, deadLetters: deadLetters.files };
      return { ...store.pending(), ...counts, missingRecords, corruptRecords, damagedBytes };
    },
    append: (meta, payload) => (isClosed ? undefined : appender.append(meta, payload)),
    read(frame) {
      const found = store.read(frame);
      if (found.kind === 'corrupt' && !frame.location.isSettled) {
        corruptRecords += frame.records;
        store.settle(frame);
      }
      return found;
    },
    holds: ({ location: { segment, isSettled } }) => !isSettled && (!segment.isGone || segment.fd !== undefined),
    settle: store.settle,
    take: () => (isClosed ? { kind: 'empty' } : backlog.take()),
    deadLetter(meta, payload, reason) {
      const timeMs = Math.floor(clock.wallMs());
      const letter = encodeDeadLetter(meta, payload, { reason, timeMs });
      const bytes = letter.reduce((sum, part) => sum + part.length, 0);
      const name = `${String(timeMs).padStart(13, '0')}-${meta.batchId}.dead`;
      const canWrite = !isClosed && home.folder !== undefined && quota.makeRoomForLetter(bytes);
      // On a full disk an older letter may make room for this one.
      if (
        canWrite &&
        (deadLetters.write(name, letter) || (deadLetters.dropOldest() && deadLetters.write(name, letter)))
      ) {
        return true;
      }
      const message = `spool: a dead letter of ${meta.records} records could not be kept`;
      report({ kind: 'deadLetterLost', records: meta.records, message });
      return false;
    },
    scan: scanner.scan,
    close() {
      if (isClosed) return;
      isClosed = true;
      disk.close();
      scanner.close();
      backlog.close();
      appender.close();
      store.releaseDescriptors();
      deadLetters.close();
      home.close();
    },
  };
}
