import type { Clock } from '../clock.ts';
import type { DeadLetters } from './dead-letters.ts';
import { errorCode, toDiskTrouble } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import { listFolder } from './folder-listing.ts';
import { type InstanceLocks, sweep } from './instance-lock.ts';
import type { Segment, SegmentFolder } from './segment.ts';
import type { SpoolReport } from './spool-diagnostics.ts';

export const DEAD_LETTER_FOLDER = 'dlq';

/** 16 hex digits; with a dot in front while it is being made, or for ever if its owner died in that moment. */
const INSTANCE = /^\.?([0-9a-f]{16})$/;

/** A directory under a dot-name may belong to a process between its mkdir and its bind. */
const NEWBORN_MS = 600_000;

export interface AdoptionParts {
  readonly dir: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly locks: InstanceLocks;
  readonly deadLetters: DeadLetters;
  readonly report: SpoolReport;
  /** Our own directory, `undefined` while there is none: then nothing is adopted. */
  readonly ownPath: () => string | undefined;
  readonly ownerId: number;
  /** Whether a directory in ours is taken stock of already. */
  readonly isKnown: (path: string) => boolean;
  /** Whether so many bytes may be added now; what may not is left for a later scan. */
  readonly hasRoom: (bytes: number) => boolean;
  readonly onAdopted: (segments: readonly Segment[]) => void;
}

/**
 * Looks for directories of dead processes and takes them over. The rename into our own directory is atomic: of many who
 * try, one wins. From then on they lie under our lock, and go with us to the next process if we die. Never rejects.
 */
export async function adoptDead(parts: AdoptionParts): Promise<void> {
  // Never inside the call that asked for it: an append must not find the backlog changed under its hands.
  await turn(parts.clock);
  finishEarlier(parts);
  for (const name of candidates(parts)) {
    const path = `${parts.dir}/${name}`;
    // One at a time, and other work between: there may be thousands after a night of crashes.
    await turn(parts.clock);
    if ((await parts.locks.probe(path)) !== 'dead') continue;
    const ownPath = parts.ownPath();
    if (ownPath === undefined) return;
    try {
      if (name.startsWith('.') && isNewborn(parts, path)) continue;
      if (!parts.hasRoom(treeBytes(parts.fileSystem, path))) continue;
      const target = `${ownPath}/${name.replace('.', '')}`;
      parts.fileSystem.rename(path, target);
      moveIn(parts, target);
    } catch (error) {
      const code = errorCode(error);
      // Gone: another process was faster.
      if (toDiskTrouble(code) !== 'gone') refuse(parts, `${path} (${code})`);
    }
  }
}

function turn(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.soon(resolve));
}

/** Directories that are in ours and were not taken stock of, because the disk failed in between. */
function finishEarlier(parts: AdoptionParts): void {
  const ownPath = parts.ownPath();
  if (ownPath === undefined) return;
  try {
    for (const name of parts.fileSystem.list(ownPath)) {
      const path = `${ownPath}/${name}`;
      if (INSTANCE.test(name) && !parts.isKnown(path) && parts.fileSystem.inspect(path).kind === 'directory') {
        moveIn(parts, path);
      }
    }
  } catch {
    // The next scan tries again.
  }
}

function candidates({ dir, fileSystem, ownerId, report, ownPath }: AdoptionParts): string[] {
  const found: string[] = [];
  try {
    for (const name of fileSystem.list(dir)) {
      const path = `${dir}/${name}`;
      if (!INSTANCE.test(name) || path === ownPath()) continue;
      const facts = inspectOrSkip(fileSystem, path);
      if (facts === undefined) continue;
      if (facts.kind === 'directory' && facts.ownerId === ownerId) found.push(name);
      else report({ kind: 'spoolEntryRefused', message: `spool: left alone: ${path} is a link or another user's` });
    }
  } catch {
    // The directory went away or may not be read: the writer meets the same and says so.
  }
  return found;
}

function inspectOrSkip(fileSystem: FileSystem, path: string): ReturnType<FileSystem['inspect']> | undefined {
  try {
    return fileSystem.inspect(path);
  } catch {
    // Adopted by somebody else since the listing.
    return undefined;
  }
}

function isNewborn({ fileSystem, clock }: AdoptionParts, path: string): boolean {
  return clock.wallMs() - fileSystem.inspect(path).modifiedMs < NEWBORN_MS;
}

/** Takes stock of a directory that lies in ours now, and brings what was adopted by its owner up beside it. */
function moveIn(parts: AdoptionParts, path: string): void {
  const { fileSystem } = parts;
  const folder: SegmentFolder = { path, createdMs: parts.clock.wallMs() };
  const { segments, directories, refused } = listFolder(fileSystem, folder, parts.ownerId);
  for (const name of refused) refuse(parts, `${path}/${name} is a link or another user's`);
  for (const name of directories) {
    if (name === DEAD_LETTER_FOLDER) moveDeadLetters(parts, `${path}/${name}`);
    else if (INSTANCE.test(name)) {
      // Side by side, not one in the other: paths must not grow with every crash.
      const target = `${parts.ownPath()}/${name}`;
      fileSystem.rename(`${path}/${name}`, target);
      moveIn(parts, target);
    }
  }
  sweep(fileSystem, path);
  // Also without segments: its dead letters take room.
  parts.onAdopted(segments);
  if (segments.length === 0) return;
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const message = `spool: took over ${segments.length} segments, ${bytes} bytes, of a process that is gone`;
  parts.report({ kind: 'spoolAdopted', segments: segments.length, bytes, message });
}

function moveDeadLetters({ fileSystem, deadLetters }: AdoptionParts, path: string): void {
  for (const name of fileSystem.list(path)) {
    if (fileSystem.inspect(`${path}/${name}`).kind === 'file') deadLetters.moveIn(`${path}/${name}`, name);
  }
  fileSystem.removeDirectory(path);
}

/** Bytes of all files under a directory. */
function treeBytes(fileSystem: FileSystem, path: string): number {
  let sum = 0;
  for (const name of fileSystem.list(path)) {
    const facts = fileSystem.inspect(`${path}/${name}`);
    if (facts.kind === 'file') sum += facts.bytes;
    else if (facts.kind === 'directory') sum += treeBytes(fileSystem, `${path}/${name}`);
  }
  return sum;
}

function refuse({ report }: AdoptionParts, what: string): void {
  report({ kind: 'spoolEntryRefused', message: `spool: left alone: ${what}` });
}
