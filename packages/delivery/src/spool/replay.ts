import { systemClock, systemRandom } from '../system-clock.ts';
import { DEAD_LETTER_FOLDER } from './adoption.ts';
import { type DeadLetter, parseDeadLetter } from './dead-letter-format.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { encodeFrameHeader } from './segment-format.ts';
import { createSegmentWriter } from './segment-writer.ts';

export interface Replayed {
  readonly batches: number;
  readonly records: number;
}

/**
 * Lets dead letters be sent again: for when what the server had against them is mended. They become what a dead process
 * has left, so any process with this spool takes them over, within a minute or at its start; under the ids they had, and
 * as new as now. Those that are refused once more become dead letters again.
 *
 * Synchronous, and safe beside living processes. What is no dead letter stays where it is.
 *
 * @param dir - the directory of the spool. The folders of its destinations, `to-<name>`, belong to it, and what one of
 *   them refused goes to that one again; named itself, such a folder is the only one.
 * @throws the error of the system, such as `ENOENT`: then no letter is lost; some may be sent and kept.
 */
export function replayDeadLetters(dir: string, fileSystem: FileSystem = nodeFileSystem): Replayed {
  let batches = 0;
  let records = 0;
  for (const folder of [dir, ...destinationFolders(dir, fileSystem)]) {
    const replayed = replayFolder(folder, fileSystem);
    batches += replayed.batches;
    records += replayed.records;
  }
  return { batches, records };
}

/** As logflume names them. */
const DESTINATION = /^to-/;

function destinationFolders(dir: string, fileSystem: FileSystem): string[] {
  return fileSystem
    .list(dir)
    .filter((name) => DESTINATION.test(name))
    .map((name) => `${dir}/${name}`)
    .filter((path) => fileSystem.inspect(path).kind === 'directory');
}

/** @param dir - of one destination: its letters are in the folders of processes. */
function replayFolder(dir: string, fileSystem: FileSystem): Replayed {
  const letters = findLetters(dir, fileSystem);
  if (letters.length === 0) return { batches: 0, records: 0 };
  const name = systemRandom.id().slice(0, 16);
  fileSystem.makeDirectory(`${dir}/.${name}`);
  const writer = createSegmentWriter(fileSystem, `${dir}/.${name}/1.seg`);
  let records = 0;
  try {
    for (const { letter } of letters) {
      const { header, payload } = letter;
      const meta = { ...header, createdMs: systemClock.wallMs() };
      const result = writer.append([encodeFrameHeader(meta, records, payload), payload]);
      if (result.kind === 'failed') throw result.error;
      records += header.records;
    }
  } finally {
    writer.close();
  }
  // Only whole does it become visible, and only then do the letters go.
  fileSystem.rename(`${dir}/.${name}`, `${dir}/${name}`);
  for (const { path } of letters) fileSystem.unlink(path);
  return { batches: letters.length, records };
}

interface FoundLetter {
  readonly path: string;
  readonly letter: DeadLetter;
}

function findLetters(dir: string, fileSystem: FileSystem): FoundLetter[] {
  const found: FoundLetter[] = [];
  for (const instance of fileSystem.list(dir)) {
    const folder = `${dir}/${instance}/${DEAD_LETTER_FOLDER}`;
    for (const name of namesIn(folder, fileSystem)) {
      const path = `${folder}/${name}`;
      const letter = name.endsWith('.dead') ? parseDeadLetter(contentOf(path, fileSystem)) : undefined;
      if (letter !== undefined) found.push({ path, letter });
    }
  }
  return found;
}

function namesIn(folder: string, fileSystem: FileSystem): string[] {
  try {
    return fileSystem.list(folder).sort();
  } catch {
    return []; // No process has to have dead letters.
  }
}

function contentOf(path: string, fileSystem: FileSystem): Uint8Array {
  const fd = fileSystem.open(path, 'read');
  try {
    const bytes = new Uint8Array(fileSystem.inspectOpen(fd).bytes);
    let at = 0;
    for (let count = -1; count !== 0 && at < bytes.length; at += count) {
      count = fileSystem.read(fd, bytes.subarray(at), at);
    }
    return bytes;
  } finally {
    fileSystem.close(fd);
  }
}
