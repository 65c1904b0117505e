import { writeSync } from 'node:fs';

/** A standard stream as the fallback uses it: never blocks outside an exit, never throws. */
export interface Stdio {
  /**
   * Writes text that ends with a line feed. `done` is called once, with `false` when it could not be written.
   *
   * @returns `false`, without calling `done`, when the stream is closed or its reader is stuck.
   */
  write(text: string, done: (written: boolean) => void): boolean;
  /**
   * Writes during an exit, when nothing asynchronous happens any more.
   *
   * @returns how many of the lines were written whole before `deadlineMs` milliseconds had passed.
   */
  writeLinesSync(lines: readonly string[], deadlineMs: number): number;
}

/** More than this behind a stuck reader is memory nobody gets back: stdio buffers without bound. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** Bytes per synchronous write: what a pipe holds on Linux, so that a live reader never makes us wait long. */
const SYNC_WRITE_BYTES = 64 * 1024;

/** Wait between two tries while the pipe is full. */
const EAGAIN_WAIT_MS = 2;

/** The streams listened to, and whether each has failed: one listener for each, however many loggers there are. */
const broken = new WeakMap<NodeJS.WriteStream, boolean>();

function isBroken(stream: NodeJS.WriteStream): boolean {
  const known = broken.get(stream);
  if (known !== undefined) return known;
  broken.set(stream, false);
  // Without a listener an EPIPE of a reader that went away would end the application.
  stream.on('error', () => broken.set(stream, true));
  return false;
}

/** Those whose last synchronous write ran into its deadline inside a line: whoever writes next has to end it. */
const torn = new Set<'stderr' | 'stdout'>();

/** The process's stderr or stdout. */
export function createStdio(name: 'stderr' | 'stdout'): Stdio {
  return {
    write(text, done) {
      const stream = process[name];
      if (isBroken(stream) || stream.destroyed || !stream.writable || stream.writableLength > MAX_BUFFERED_BYTES)
        return false;
      try {
        stream.write(text, (error) => done(error === undefined || error === null));
        return true;
      } catch {
        return false; // A stream somebody replaced may throw; the caller counts the lines as failed.
      }
    },
    writeLinesSync(lines, deadlineMs) {
      // Looking at the stream makes its pipe non-blocking: a reader that is stuck would else hold the exit for ever.
      const isInside = process[name].writableLength > 0 || torn.has(name);
      const descriptor = name === 'stderr' ? 2 : 1;
      // The stream, or a write before, may have ended inside a line: it ends here, so that the first of ours is whole.
      const ended = writeUntil(descriptor, isInside ? ['', ...lines] : lines, performance.now() + deadlineMs);
      // Of nothing written at all it is as it was.
      if (ended.isTorn) torn.add(name);
      else if (ended.written > 0) torn.delete(name);
      return isInside ? Math.max(0, ended.written - 1) : ended.written;
    },
  };
}

/**
 * Writes whole lines to a descriptor, waiting a little while a pipe is full, until the deadline.
 *
 * @returns lines written whole. A line begun is finished if the deadline allows, as half a line is garbage to a parser.
 */
export function writeLines(descriptor: number, lines: readonly string[], deadlineMs: number): number {
  return writeUntil(descriptor, lines, performance.now() + deadlineMs).written;
}

/** @returns lines written whole, and whether a part of the next one was. */
function writeUntil(
  descriptor: number,
  lines: readonly string[],
  endMs: number,
): { readonly written: number; readonly isTorn: boolean } {
  let written = 0;
  let from = 0;
  while (from < lines.length) {
    let to = from;
    let text = '';
    while (to < lines.length && (to === from || text.length + (lines[to] as string).length < SYNC_WRITE_BYTES)) {
      text += `${lines[to++]}\n`;
    }
    const bytes = Buffer.from(text);
    const done = writeBytes(descriptor, bytes, endMs - performance.now());
    if (done < bytes.length) {
      return { written: written + countFeeds(bytes.subarray(0, done)), isTorn: done > 0 && bytes[done - 1] !== 0x0a };
    }
    written += to - from;
    from = to;
  }
  return { written, isTorn: false };
}

/** Writes bytes synchronously, waiting for a full pipe until the deadline. Never throws. @returns how many were written. */
export function writeBytes(descriptor: number, bytes: Buffer, deadlineMs: number): number {
  const endMs = performance.now() + deadlineMs;
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at, bytes.length - at);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'EAGAIN' || performance.now() >= endMs) return at; // EPIPE, EBADF: nobody reads any more.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EAGAIN_WAIT_MS);
    }
  }
  return at;
}

function countFeeds(bytes: Buffer): number {
  let feeds = 0;
  for (const byte of bytes) if (byte === 0x0a) feeds++;
  return feeds;
}
