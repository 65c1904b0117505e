import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileWatch, type WatchDeps, watchFiles } from './watch-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flume-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A watch whose next change can be waited for. */
function open(path: string): { readonly watch: FileWatch; next(): Promise<void>; close(): void } {
  let tell = (): void => undefined;
  let change = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const watch = watchFiles([path], () => tell());
  return {
    watch,
    async next() {
      await change;
      change = new Promise((resolve) => {
        tell = resolve;
      });
    },
    close: () => watch.close(),
  };
}

describe('watchFiles, on a real disk', () => {
  it('sees a file that is written, replaced, or comes into being', async () => {
    const path = join(folder, 'a.yaml');
    const seen = open(path);
    writeFileSync(path, 'one');
    await seen.next();
    writeFileSync(path, 'two');
    await seen.next();
    writeFileSync(`${path}.new`, 'three');
    renameSync(`${path}.new`, path);
    await seen.next();
    seen.close();
  });

  it('sees a ConfigMap whose link is pointed elsewhere', async () => {
    for (const [version, text] of [
      ['..1', 'one'],
      ['..2', 'two'],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'a.yaml'), text);
    }
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    const seen = open(join(folder, 'a.yaml'));
    // As the kubelet does: a new link, renamed over the old one; the files' own links stay.
    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    await seen.next();
    seen.close();
  });
});

/** A world by hand: files in memory, events and polls when the test says. */
function createWorld(texts: Record<string, string>, onPause: () => void = () => undefined) {
  const events: (() => void)[] = [];
  const polls: (() => void)[] = [];
  let closed = 0;
  const readNow = (path: string): string => {
    const text = texts[path];
    if (text === undefined) throw new Error('ENOENT');
    return text;
  };
  const deps: WatchDeps = {
    watchFolder(_, onEvent) {
      events.push(onEvent);
      return { close: () => void closed++ };
    },
    every(_, callback) {
      polls.push(callback);
      return { stop: () => void closed++ };
    },
    readText: async (path) => readNow(path),
    readTextNow: readNow,
    pause: async () => onPause(),
  };
  return { deps, events, polls, closed: () => closed };
}

describe('watchFiles', () => {
  it('tells of a change once, and of no event that changed nothing', async () => {
    const texts: Record<string, string> = { '/c/a': 'one' };
    const world = createWorld(texts);
    let changes = 0;
    const watch = watchFiles(['/c/a'], () => void changes++, world.deps);
    world.events[0]?.();
    await watch.check();
    expect(changes).toBe(0);
    texts['/c/a'] = 'two';
    for (const event of world.events) event();
    await watch.check();
    expect(changes).toBe(1);
  });

  it('looks without events as well', async () => {
    const texts: Record<string, string> = { '/c/a': 'one' };
    const { deps, polls } = createWorld(texts);
    let changes = 0;
    const deaf: WatchDeps = {
      ...deps,
      watchFolder() {
        throw new Error('no watches left');
      },
    };
    const watch = watchFiles(['/c/a'], () => void changes++, deaf);
    texts['/c/a'] = 'two';
    polls[0]?.();
    await watch.check();
    expect(changes).toBe(1);
  });

  it('counts a file that is away for a moment as unchanged', async () => {
    const texts: Record<string, string> = { '/c/a': 'one' };
    const world = createWorld(texts);
    let changes = 0;
    const watch = watchFiles(['/c/a'], () => void changes++, world.deps);
    delete texts['/c/a'];
    await watch.check();
    texts['/c/a'] = 'one';
    await watch.check();
    expect(changes).toBe(0);
  });

  it('waits for whoever writes a file in place', async () => {
    const texts: Record<string, string> = { '/c/a': 'one' };
    const rest = ['', 'tw', 'two'];
    const world = createWorld(texts, () => {
      texts['/c/a'] = rest.shift() ?? 'two';
    });
    const seen: (string | undefined)[] = [];
    const watch = watchFiles(['/c/a'], () => void seen.push(texts['/c/a']), world.deps);
    texts['/c/a'] = 't';
    await watch.check();
    expect(seen).toEqual(['two']);
    texts['/c/a'] = '';
    rest.push('', '');
    await watch.check();
    expect(seen).toEqual(['two']);
  });

  it('looks no more, and tells nothing, once it is closed', async () => {
    const texts: Record<string, string> = { '/c/a': 'one', '/d/b': 'x' };
    const world = createWorld(texts);
    let changes = 0;
    const watch = watchFiles(['/c/a', '/d/b'], () => void changes++, world.deps);
    texts['/c/a'] = 'two';
    const looking = watch.check();
    watch.close();
    await looking;
    expect([changes, world.closed()]).toEqual([0, 3]);
  });
});
