import { closeSync, fstatSync, ftruncateSync } from 'node:fs';
import { type Clock, writeBytes } from '@logflume/delivery';
import { moveAside, pruneSync } from './move-aside.ts';
import { type OpenFile, openForAppend } from './open-file.ts';
import { endOfFittingLines } from './rotated-files.ts';

const LINE_FEED = 0x0a;

export interface AppendSyncOptions {
  readonly path: string;
  /** `Infinity` for a file that is not rotated. */
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/**
 * Appends whole lines inside the exit handler, and rotates by size; a file that cannot be renamed grows. Each step opens the
 * file behind the name: whoever else has it open may have rotated it. Never throws.
 *
 * @param deadlineMs - how long a pipe that is full is waited for, in milliseconds.
 * @returns lines that are whole in a file. Of a line that the disk took a part of nothing is left.
 */
export function appendLinesSync(
  lines: readonly string[],
  { path, maxBytes, maxFiles }: AppendSyncOptions,
  clock: Clock,
  deadlineMs: number,
): number {
  const endMs = clock.nowMs() + deadlineMs;
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  let at = 0;
  let isRotatable = true;
  let hasRotated = false;
  try {
    while (at < bytes.length) {
      const file = openForAppend(path);
      try {
        const room = isRotatable && file.isRegular ? maxBytes - file.bytes : Number.POSITIVE_INFINITY;
        const to = endOfFittingLines(bytes, at, room, file.bytes === 0);
        if (to === at) {
          isRotatable = rotate(file, path, clock.wallMs());
          hasRotated ||= isRotatable;
          continue;
        }
        at += appendWhole(file, bytes.subarray(at, to), Math.max(0, endMs - clock.nowMs()));
        if (at < to) break;
      } finally {
        closeSync(file.descriptor);
      }
    }
  } catch {
    // It cannot be opened (any more): what is left is counted by the caller as failed.
  }
  if (hasRotated) pruneSync(path, maxFiles);
  return countFeeds(bytes.subarray(0, at));
}

/** @returns whether it could be. */
function rotate({ identity }: OpenFile, path: string, wallMs: number): boolean {
  try {
    moveAside(path, identity, wallMs);
    return true;
  } catch {
    return false;
  }
}

/** @returns bytes of `lines` that are in the file as whole lines. */
function appendWhole(file: OpenFile, lines: Buffer, deadlineMs: number): number {
  const { descriptor, isRegular, isTorn, bytes: fileBytes } = file;
  const all = isTorn ? Buffer.concat([Buffer.from('\n'), lines]) : lines;
  const written = writeBytes(descriptor, all, deadlineMs);
  const whole = written === all.length ? written : all.subarray(0, written).lastIndexOf(LINE_FEED) + 1;
  if (whole < written && isRegular) takeBack(descriptor, fileBytes + written, fileBytes + whole);
  return Math.max(0, isTorn ? whole - 1 : whole);
}

/** Takes half a line out of a file again, if nobody else has written meanwhile: a reader sees whole lines. */
function takeBack(descriptor: number, fromBytes: number, toBytes: number): void {
  try {
    if (fstatSync(descriptor).size === fromBytes) ftruncateSync(descriptor, toBytes);
  } catch {
    // Then whoever appends next ends what is left of it by a line feed.
  }
}

function countFeeds(bytes: Buffer): number {
  let feeds = 0;
  for (const byte of bytes) if (byte === LINE_FEED) feeds++;
  return feeds;
}
