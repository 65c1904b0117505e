import type { Clock } from '../clock.ts';
import { diskError, errorCode, toDiskTrouble } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import type { Home } from './home.ts';
import { createSegment, type Segment, segmentPath } from './segment.ts';
import {
  encodeFrameHeader,
  type FrameHeader,
  type FrameMeta,
  HEADER_BYTES,
  parseFrameHeader,
} from './segment-format.ts';
import type { SegmentStore } from './segment-store.ts';
import { createSegmentWriter, type SegmentWriter } from './segment-writer.ts';
import type { SpoolReport } from './spool-diagnostics.ts';
import type { FsyncPolicy } from './spool-options.ts';
import type { StoredFrame } from './stored-frame.ts';

export type LogResult =
  | { readonly kind: 'written'; readonly frame: StoredFrame }
  /** `hadFrames`: the segment it was tried in held frames already. */
  | { readonly kind: 'failed'; readonly code: string; readonly hadFrames: boolean };

/** The segments this process writes: one open, the others sealed. */
export interface OwnLog {
  /** Writes a frame; synced as well, with the policy `each`. Never throws for disk trouble. */
  write(meta: FrameMeta, payload: Uint8Array): LogResult;
  /** Brings to the device what is not there yet. @returns the error code if frames could not be made durable. */
  sync(): string | undefined;
  /** Closes the open segment; the next write begins another one. */
  seal(): void;
}

export interface OwnLogParts {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly home: Home;
  readonly store: SegmentStore;
  readonly report: SpoolReport;
  readonly segmentBytes: number;
  readonly fsync: FsyncPolicy;
}

interface Open {
  readonly segment: Segment;
  readonly writer: SegmentWriter;
}

/** Written, and gone if the power fails. The payload is kept so that the frame can be written again elsewhere. */
interface Unsynced {
  readonly frame: StoredFrame;
  readonly payload: Uint8Array;
}

/** After a roll that found no descriptor. */
const ROLL_RETRY_MS = 1000;
/** Offsets are 32 bits wide. */
const MAX_OFFSET = 2 ** 32 - 1;

export function createOwnLog(parts: OwnLogParts): OwnLog {
  const { fileSystem, clock, home, store, report, segmentBytes, fsync } = parts;
  let open: Open | undefined;
  let unsynced: Unsynced[] = [];
  let nextNumber = 1;
  let nextSequence = 0;
  let rollAgainAtMs = 0;

  /** @throws the error of the system. */
  function openNext(): Open {
    const { folder } = home;
    if (folder === undefined) throw diskError('ENOENT', 'there is no directory');
    const segment = createSegment(folder, nextNumber);
    const writer = createSegmentWriter(fileSystem, segmentPath(segment));
    nextNumber++;
    store.add([segment]);
    try {
      // Without this a synced file may have no name after a power loss.
      if (fsync !== 'off') fileSystem.syncDirectory(folder.path);
    } catch (error) {
      close({ segment, writer });
      throw error;
    }
    segment.fd = writer.fd;
    open = { segment, writer };
    return open;
  }

  function close({ segment, writer }: Open): void {
    if (open?.segment === segment) open = undefined;
    segment.fd = undefined;
    writer.close();
    store.removeIfDone(segment);
  }

  /** The segment the next frame goes to. @throws the error of the system. */
  function openFor(frameBytes: number): Open {
    const old = open;
    if (old === undefined) return openNext();
    if (old.writer.isUnlinked() || old.segment.folder !== home.folder) return rescue(old);
    if (old.writer.bytes + frameBytes <= segmentBytes) return old;
    return roll(old, frameBytes);
  }

  function roll(old: Open, frameBytes: number): Open {
    const mayStay = old.writer.bytes + frameBytes <= MAX_OFFSET;
    if (mayStay && clock.nowMs() < rollAgainAtMs) return old;
    // In the new segment everything is unsynced again if this fails, so nothing is closed with frames at stake.
    if (fsync !== 'off') sync();
    if (open !== undefined && open !== old) return open;
    try {
      const next = openNext();
      close(old);
      return next;
    } catch (error) {
      if (!mayStay || toDiskTrouble(errorCode(error)) !== 'noDescriptor') throw error;
      rollAgainAtMs = clock.nowMs() + ROLL_RETRY_MS;
      return old;
    }
  }

  /** Somebody deleted or moved the open file: its descriptor still reaches the frames, so they are copied out of it. */
  function rescue(old: Open): Open {
    if (!home.isIntact()) throw diskError('ENOENT', 'the directory was deleted');
    const next = openNext();
    // Forgotten first: no marks for a file that may have no name, and reading goes by the descriptor anyway.
    store.forget(old.segment);
    unsynced = [];
    let lost = 0;
    for (const frame of old.segment.live.values()) {
      const found = store.read(frame);
      if (found.kind !== 'payload' || !writeAgain(next, frame, found.payload)) lost++;
    }
    close(old);
    if (lost === 0) store.remove(old.segment);
    const message = `spool: the open segment was deleted; ${lost} of its batches could not be written again`;
    report({ kind: 'spoolTrouble', code: 'ENOENT', message });
    return next;
  }

  /** Same batch, same sequence, another place. @returns whether it was written. */
  function writeAgain(to: Open, frame: StoredFrame, payload: Uint8Array): boolean {
    const { header } = frame.location;
    const bytes = encodeFrameHeader(header, header.firstSequence, payload);
    const result = to.writer.append([bytes, payload]);
    if (result.kind === 'failed') return false;
    store.relocate(frame, { segment: to.segment, offset: result.offset, header: parsedHeader(bytes) });
    count(to, frame);
    if (fsync !== 'off') unsynced.push({ frame, payload });
    return true;
  }

  function count({ segment, writer }: Open, frame: StoredFrame): void {
    segment.bytes = writer.bytes;
    segment.pendingFrames++;
    segment.pendingRecords += frame.records;
  }

  function sync(): string | undefined {
    if (open === undefined) return undefined;
    const old = open;
    const code = old.writer.sync();
    if (code === undefined) {
      unsynced = [];
      return undefined;
    }
    const message = `spool: the device refused to sync a segment (${code}); its last batches are written again elsewhere`;
    report({ kind: 'spoolTrouble', code, message });
    const again = writeUnsyncedAgain(old) ?? open?.writer.sync();
    unsynced = [];
    if (again !== undefined && open !== undefined) close(open);
    return again;
  }

  /** @returns the error code if not all of them could be written. */
  function writeUnsyncedAgain(old: Open): string | undefined {
    const stuck = unsynced.filter(({ frame }) => !frame.location.isSettled);
    unsynced = [];
    try {
      const next = openNext();
      for (const { frame, payload } of stuck) if (!writeAgain(next, frame, payload)) return 'EIO';
      return undefined;
    } catch (error) {
      return errorCode(error);
    } finally {
      close(old);
    }
  }

  function failed(error: unknown, hadFrames: boolean): LogResult {
    return { kind: 'failed', code: errorCode(error), hadFrames };
  }

  function seal(): void {
    if (open === undefined) return;
    if (fsync !== 'off') sync();
    if (open !== undefined) close(open);
  }

  return {
    write(meta, payload) {
      let target: Open;
      try {
        target = openFor(HEADER_BYTES + payload.length);
      } catch (error) {
        return failed(error, false);
      }
      const bytes = encodeFrameHeader(meta, nextSequence, payload);
      const result = target.writer.append([bytes, payload]);
      if (result.kind === 'failed') {
        const hadFrames = target.writer.bytes > 0;
        close(target);
        return failed(result.error, hadFrames);
      }
      nextSequence += meta.records;
      const { segment } = target;
      const nowMs = clock.nowMs();
      const header = parsedHeader(bytes);
      const frame = store.handOut({ segment, offset: result.offset, header, bornMs: nowMs, isRecovered: false });
      count(target, frame);
      if (fsync === 'off') return { kind: 'written', frame };
      unsynced.push({ frame, payload });
      const code = fsync === 'each' ? sync() : undefined;
      if (code === undefined) return { kind: 'written', frame };
      // Not durable, so not stored: what may still be read of it after a crash is a duplicate at most.
      store.settle(frame);
      return failed(diskError(code, 'not synced'), true);
    },
    sync,
    seal,
  };
}

function parsedHeader(bytes: Uint8Array): FrameHeader {
  const parsed = parseFrameHeader(bytes);
  if (parsed.kind !== 'ok') throw new RangeError('a header of our own must be readable');
  return parsed.header;
}
