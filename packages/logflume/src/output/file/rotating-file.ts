import { close, fstatSync, ftruncateSync, lstatSync, readSync, write } from 'node:fs';
import { type Clock, type Timer, writeBytes } from '@logflume/delivery';
import type { LineStream } from '../line-writer.ts';
import { appendLinesSync } from './append-sync.ts';
import { moveAside, prune } from './move-aside.ts';
import { codeOf, identityOf, type OpenFile, openForAppend } from './open-file.ts';
import { endOfFittingLines } from './rotated-files.ts';

export interface RotatingFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** `Infinity` for no limit. */
  readonly maxAgeMs: number;
  readonly maxFiles: number;
}

/** What a file has to say: once when it cannot be written or rotated any more, once when it can again. */
export interface FileEvents {
  failing(code: string): void;
  recovered(): void;
  /** Its name cannot be changed, or can be again. */
  unrotatable(code: string): void;
  rotatable(): void;
}

/** Between two tries while the disk is full or the file may not be written. */
const RETRY_MS = 1000;

/** Between two tries to rotate a file that may be written and not renamed: it grows meanwhile. A judgement. */
const ROTATE_AGAIN_MS = 60_000;

/** Between two tries while a pipe is full. */
const PIPE_WAIT_MS = 20;

/** Between two looks whether the name still means our file: somebody may have moved it away, or emptied it. */
const LOOK_MS = 1000;

/** How long an exit waits for a write under way before it repeats it. */
const PATIENCE_MS = 1000;

/** A write that the system has and has not answered: where its bytes are in `#chunk`, and how long the file was. */
interface UnderWay {
  readonly from: number;
  readonly to: number;
  readonly fileBytes: number;
}

/**
 * A file as a stream of lines: one write at a time, in order, whole lines only; rotated by size and age.
 *
 * Writes go through the thread pool. Opening, renaming and looking at the name are system calls of microseconds and are
 * made between writes, never inside a log call. What cannot be written is kept and tried again every second.
 *
 * At the exit everything happens synchronously. A write that is still under way then may or may not be done; what is
 * already in the file is not written again.
 */
export class RotatingFile implements LineStream {
  readonly #options: RotatingFileOptions;
  readonly #clock: Clock;
  readonly #events: FileEvents;
  #file: OpenFile | undefined;
  #bytes = 0;
  #isTorn = false;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  /** When a rotation that failed is tried again; 0 while none has failed. */
  #rotatesFromMs = 0;
  #isClosed = false;
  #reopen = false;
  /** The lines being written, and how far they are in the file. */
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #done: ((written: boolean) => void) | undefined;
  #underWay: UnderWay | undefined;
  #retry: Timer | undefined;

  constructor(options: RotatingFileOptions, clock: Clock, events: FileEvents) {
    this.#options = options;
    this.#clock = clock;
    this.#events = events;
  }

  write(text: string, done: (written: boolean) => void): boolean {
    if (this.#isClosed) return false;
    this.#chunk = Buffer.from(text);
    this.#at = 0;
    this.#done = done;
    // Not now: a log call does no I/O.
    this.#clock.soon(() => this.#continue());
    return true;
  }

  /** Never: whoever asks would write past the one that is under way. */
  isIdle(): boolean {
    return false;
  }

  /** Begins a new file behind the name before the next write, as the name may mean another one now. */
  reopen(): void {
    this.#reopen = true;
    if (this.#done === undefined && !this.#isClosed) this.#clock.soon(() => this.#refresh());
  }

  /** Gives up what cannot be written now, and closes the file. */
  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    if (this.#retry !== undefined) this.#settle(false);
    this.#retry = undefined;
    if (this.#underWay === undefined) this.#closeFile();
  }

  finishSync(_unanswered: string, deadlineMs: number): boolean {
    if (this.#done === undefined) return true;
    const endMs = this.#clock.nowMs() + deadlineMs;
    this.#done = undefined;
    if (this.#file?.isRegular === false) return this.#finishPipe(this.#file, deadlineMs);
    if (
      this.#underWay !== undefined &&
      this.#isWritten(this.#underWay, Math.min(endMs, this.#clock.nowMs() + PATIENCE_MS))
    ) {
      this.#at = this.#underWay.to;
    }
    const rest = this.#chunk.subarray(this.#at).toString();
    if (rest === '') return true;
    const lines = rest.slice(0, -1).split('\n');
    return this.writeLinesSync(lines, Math.max(0, endMs - this.#clock.nowMs())) === lines.length;
  }

  /** What a pipe has taken is known but for a write under way, which may come twice. */
  #finishPipe({ descriptor }: OpenFile, deadlineMs: number): boolean {
    const rest = this.#chunk.subarray(this.#at);
    return writeBytes(descriptor, rest, deadlineMs) === rest.length;
  }

  writeLinesSync(lines: readonly string[], deadlineMs: number): number {
    const { path, maxFiles } = this.#options;
    const maxBytes = this.#clock.nowMs() >= this.#rotatesFromMs ? this.#options.maxBytes : Number.POSITIVE_INFINITY;
    return appendLinesSync(lines, { path, maxBytes, maxFiles }, this.#clock, deadlineMs);
  }

  /** Writes on, until the chunk is done or something fails. */
  #continue(): void {
    if (this.#done === undefined) return;
    try {
      if (this.#at === this.#chunk.length) return this.#settle(true);
      const file = this.#prepare();
      const isEmpty = this.#bytes === 0 || !file.isRegular;
      const room = this.#isRotatable(file) ? this.#options.maxBytes - this.#bytes : Number.POSITIVE_INFINITY;
      const to = endOfFittingLines(this.#chunk, this.#at, room, isEmpty);
      if (to === this.#at) {
        this.#rotate(file);
        return this.#continue();
      }
      this.#append(file, to);
    } catch (error) {
      this.#failed(codeOf(error));
    }
  }

  #append(file: OpenFile, to: number): void {
    const from = this.#at;
    const lines = this.#chunk.subarray(from, to);
    const bytes = this.#isTorn ? Buffer.concat([Buffer.from('\n'), lines]) : lines;
    this.#underWay = { from, to, fileBytes: this.#bytes };
    this.#writeAll(file, bytes, 0, (error, written) => {
      this.#underWay = undefined;
      if (this.#done === undefined) return; // The exit handler was here first.
      if (error !== null && !file.isRegular && codeOf(error) === 'EAGAIN') {
        this.#at = from + written;
        return this.#wait(PIPE_WAIT_MS);
      }
      if (error !== null) {
        this.#undo(file, written);
        return this.#failed(codeOf(error));
      }
      this.#isTorn = false;
      this.#bytes += bytes.length;
      this.#at = to;
      if (this.#isFailing) {
        this.#isFailing = false;
        this.#events.recovered();
      }
      this.#continue();
    });
  }

  #writeAll(file: OpenFile, bytes: Buffer, at: number, done: (error: Error | null, written: number) => void): void {
    write(file.descriptor, bytes, at, bytes.length - at, null, (error, count) => {
      if (error !== null) done(error, at);
      else if (at + count < bytes.length) this.#writeAll(file, bytes, at + count, done);
      else done(null, bytes.length);
    });
  }

  /** Takes half a chunk out of the file again, if nobody else has written meanwhile: a reader sees whole lines. */
  #undo(file: OpenFile, written: number): void {
    try {
      if (written === 0 || !file.isRegular) return;
      if (fstatSync(file.descriptor).size === this.#bytes + written) ftruncateSync(file.descriptor, this.#bytes);
    } catch {
      // Then a line feed in front of the next line ends what is left of it.
    }
  }

  #failed(code: string): void {
    this.#closeFile();
    if (!this.#isFailing) {
      this.#isFailing = true;
      this.#events.failing(code);
    }
    this.#wait(RETRY_MS);
  }

  #wait(delayMs: number): void {
    if (this.#isClosed) return this.#settle(false);
    this.#retry = this.#clock.after(delayMs, () => {
      this.#retry = undefined;
      this.#continue();
    });
  }

  #settle(written: boolean): void {
    const done = this.#done;
    this.#done = undefined;
    if (this.#isClosed) this.#closeFile();
    done?.(written);
  }

  /** The open file that the next line belongs into. */
  #prepare(): OpenFile {
    this.#look();
    let file = this.#file ?? this.#open();
    const ageMs = this.#clock.wallMs() - file.bornMs;
    if (this.#bytes > 0 && ageMs >= this.#options.maxAgeMs && this.#isRotatable(file)) {
      this.#rotate(file);
      file = this.#file ?? this.#open();
    }
    return file;
  }

  #open(): OpenFile {
    const file = openForAppend(this.#options.path);
    this.#file = file;
    this.#bytes = file.bytes;
    this.#isTorn = file.isTorn;
    this.#lookedMs = this.#clock.nowMs();
    return file;
  }

  /** Lets go of a file whose name means another one now, or none. */
  #look(): void {
    const file = this.#file;
    if (file === undefined) return;
    const nowMs = this.#clock.nowMs();
    if (!this.#reopen && nowMs - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = nowMs;
    const isAsked = this.#reopen;
    this.#reopen = false;
    if (!file.isRegular && !isAsked) return;
    try {
      const stat = lstatSync(this.#options.path);
      // As long as it is: another process may write to it too, or have emptied it.
      if (identityOf(stat) === file.identity) this.#bytes = stat.size;
      else this.#closeFile();
    } catch {
      this.#closeFile(); // Nothing is there any more: it is made anew.
    }
  }

  /** What a hangup asks for while nothing is written. */
  #refresh(): void {
    if (this.#done !== undefined || this.#isClosed) return;
    try {
      this.#look();
      if (this.#file === undefined) this.#open();
    } catch {
      // The next write meets the same, and says so.
    }
  }

  /** Begins a new file, or goes on with this one where its name cannot be changed. */
  #rotate(file: OpenFile): void {
    const { path, maxFiles } = this.#options;
    try {
      moveAside(path, file.identity, this.#clock.wallMs());
    } catch (error) {
      if (this.#rotatesFromMs === 0) this.#events.unrotatable(codeOf(error));
      this.#rotatesFromMs = this.#clock.nowMs() + ROTATE_AGAIN_MS;
      return;
    }
    this.#closeFile();
    if (this.#rotatesFromMs > 0) this.#events.rotatable();
    this.#rotatesFromMs = 0;
    prune(path, maxFiles);
  }

  #isRotatable(file: OpenFile): boolean {
    return file.isRegular && this.#clock.nowMs() >= this.#rotatesFromMs;
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) close(file.descriptor, () => undefined);
  }

  /** Whether a write under way gets into the file before a time: the thread pool works on while we wait. */
  #isWritten({ from, to, fileBytes }: UnderWay, endMs: number): boolean {
    const file = this.#file;
    if (file === undefined || !file.isRegular) return false;
    const lines = this.#chunk.subarray(from, to);
    for (;;) {
      try {
        if (holds(file.descriptor, lines, fileBytes)) return true;
      } catch {
        return false; // The file cannot be read: better twice than not at all.
      }
      if (this.#clock.nowMs() >= endMs) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Whether lines stand in a file, from where it ended before they were written. Another process may have written too. */
function holds(descriptor: number, lines: Buffer, fileBytes: number): boolean {
  const { size } = fstatSync(descriptor);
  const start = size < fileBytes ? 0 : fileBytes;
  if (size - start < lines.length) return false;
  const tail = Buffer.alloc(size - start);
  const read = readSync(descriptor, tail, 0, tail.length, start);
  return tail.subarray(0, read).includes(lines);
}
