import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** What watching needs of the world, for tests. */
export interface WatchDeps {
  /** Calls back after something happened in a folder. May throw, and may never call. */
  readonly watchFolder: (folder: string, onEvent: () => void) => { close(): void };
  /** Calls back again and again until it is told to stop. */
  readonly every: (intervalMs: number, callback: () => void) => { stop(): void };
  readonly readText: (path: string) => Promise<string>;
  /** The same at once; may throw. */
  readonly readTextNow: (path: string) => string;
  /** The time a writer gets to write on. */
  readonly pause: () => Promise<void>;
}

/** The look that needs no events: of a network file system there are none, and a folder may be replaced. */
const POLL_INTERVAL_MS = 10_000;

const SETTLE_MS = 50;

/** One who writes all the time is not waited for; the next event brings the rest. */
const MAX_READS = 20;

/** A watch over files. */
export interface FileWatch {
  /** Looks now; settles when what was found has been told. Never rejects. */
  check(): Promise<void>;
  close(): void;
}

/**
 * Calls back when the text of one of the files has changed, whatever the way: written, replaced by a rename, or a ConfigMap
 * whose `..data` link was pointed elsewhere. The folder is watched, as the file may become another; a poll stands behind
 * it. Neither keeps the process alive.
 *
 * A file that cannot be read just now counts as unchanged: it is about to be replaced, or gone for good and then the last
 * configuration is the best there is.
 */
export function watchFiles(
  paths: readonly string[],
  onChange: () => void,
  { watchFolder, every, readText, readTextNow, pause }: WatchDeps = systemWatch,
): FileWatch {
  const texts = new Map(paths.map((path) => [path, textOrNone(() => readTextNow(path))]));
  let isClosed = false;
  let running: Promise<void> | undefined;
  let isWanted = false;

  const look = async (): Promise<void> => {
    let isChanged = false;
    for (const path of paths) {
      const text = await readSettled(path, texts.get(path), { readText, pause });
      if (text === undefined) continue;
      isChanged ||= texts.get(path) !== text;
      texts.set(path, text);
    }
    if (isChanged && !isClosed) onChange();
  };
  const run = async (): Promise<void> => {
    do {
      isWanted = false;
      await look();
    } while (isWanted && !isClosed);
    running = undefined;
  };
  /** Events come in handfuls: those during a look cause one more. */
  const check = (): Promise<void> => {
    isWanted = true;
    running ??= run();
    return running;
  };

  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const watchers = folders.flatMap((folder) => {
    try {
      return [watchFolder(folder, () => void check())];
    } catch {
      return []; // No folder, or no watches left on this machine: the poll remains.
    }
  });
  const poll = every(POLL_INTERVAL_MS, () => void check());
  return {
    check,
    close() {
      isClosed = true;
      poll.stop();
      for (const watcher of watchers) watcher.close();
    },
  };
}

/**
 * Reads a text that changed until it stays the same, as whoever writes a file in place may be half way.
 *
 * @returns `undefined` for a file that is away or empty just now.
 */
async function readSettled(
  path: string,
  before: string | undefined,
  { readText, pause }: Pick<WatchDeps, 'readText' | 'pause'>,
): Promise<string | undefined> {
  let last: string | undefined;
  for (let i = 0; i < MAX_READS; i++) {
    const text = await readText(path).catch(() => undefined);
    if (text === before) return text;
    if (text === last) break;
    last = text;
    await pause();
  }
  return last === '' ? undefined : last;
}

function textOrNone(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined; // It may come later; whoever reads it for its sake says why it cannot be read.
  }
}

const systemWatch: WatchDeps = {
  watchFolder(folder, onEvent) {
    const watcher: FSWatcher = watch(folder, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close()); // The folder is gone; the poll remains.
    return watcher;
  },
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs);
    timer.unref();
    return { stop: () => clearInterval(timer) };
  },
  readText: (path) => readFile(path, 'utf8'),
  pause: () => setTimeout(SETTLE_MS, undefined, { ref: false }),
  readTextNow: (path) => readFileSync(path, 'utf8'),
};
