import { execFileSync } from 'node:child_process';
import {
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileSystem, nodeFileSystem } from '../../src/spool/file-system.ts';
import { openRealSpool, temporaryDirectory } from './real-spool.ts';
import { append, batch } from './spool-under-test.ts';
import { startChild } from './start-child.ts';

const ids = (...numbers: number[]): string[] => numbers.map((number) => batch(number, 0).meta.batchId);
const small = { maxBytes: 1024 * 1024, segmentBytes: 64 * 1024 };
const reason = { status: 400, endpoint: 'http://localhost:4318', reply: 'no' };

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o777).toString(8);
}

/** Everything below a directory. */
function tree(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
}

test('directories are for their owner alone, and files too: records may hold secrets', () => {
  using directory = temporaryDirectory();
  const dir = join(directory.path, 'made', 'here');
  using under = openRealSpool({ dir });
  under.spool.settle(append(under.spool, 1));
  under.spool.deadLetter(batch(2).meta, batch(2).payload, reason);
  const modes = tree(join(directory.path, 'made')).map((path) => {
    const kind = lstatSync(path);
    return [path.slice(-5), kind.isDirectory() ? 'directory' : kind.isSocket() ? 'socket' : 'file', modeOf(path)];
  });
  expect(modeOf(join(directory.path, 'made'))).toBe('700');
  expect(modes.filter(([, kind]) => kind === 'directory').map(([, , mode]) => mode)).toEqual(['700', '700', '700']);
  const files = modes.filter(([, kind]) => kind === 'file');
  expect(files.map(([name]) => name).sort()).toEqual(['.dead', '1.ack', '1.seg']);
  expect(new Set(files.map(([, , mode]) => mode))).toEqual(new Set(['600']));
});

test('a directory made anew after its deletion holds the open batches and a living lock (F48)', async () => {
  using directory = temporaryDirectory();
  const dir = join(directory.path, 'spool');
  using under = openRealSpool({ dir });
  const first = append(under.spool, 1);
  rmSync(dir, { recursive: true });
  const second = append(under.spool, 2);
  expect([first, second].map((frame) => under.spool.read(frame).kind)).toEqual(['payload', 'payload']);
  using other = openRealSpool({ dir });
  expect(await other.drain()).toEqual([]);
  under.spool.close();
  expect((await other.drain()).map(({ frame }) => frame.batchId)).toEqual(ids(1, 2));
});

test('an open segment that is deleted is noticed, and its batches are written again (F48)', async () => {
  using directory = temporaryDirectory();
  using under = openRealSpool({ dir: directory.path });
  const first = append(under.spool, 1);
  rmSync(tree(directory.path).find((path) => path.endsWith('.seg')) ?? '');
  append(under.spool, 2);
  expect(under.spool.read(first).kind).toBe('payload');
  under.spool.close();
  using heir = openRealSpool({ dir: directory.path });
  expect((await heir.drain()).map(({ frame }) => frame.batchId)).toEqual(ids(1, 2));
});

test('a deleted lock is noticed with the deleted segment, and made anew: nobody takes us for dead', async () => {
  using directory = temporaryDirectory();
  using under = openRealSpool({ dir: directory.path });
  append(under.spool, 1);
  for (const path of tree(directory.path)) if (!lstatSync(path).isDirectory()) rmSync(path);
  append(under.spool, 2);
  using other = openRealSpool({ dir: directory.path });
  expect(await other.drain()).toEqual([]);
  under.spool.close();
  expect((await other.drain()).map(({ frame }) => frame.batchId)).toEqual(ids(1, 2));
});

describe('a directory that cannot be used (F49)', () => {
  test.each([
    ['a file in its place', (path: string) => writeFileSync(path, 'mine'), 'ENOTDIR', 'a file is in the way'],
    ['a pipe in its place', (path: string) => execFileSync('mkfifo', [path]), 'ENOTDIR', 'a file is in the way'],
    ['a symbolic link in its place', (path: string) => symlinkSync('/', path), 'ELOOP', 'it is a symbolic link'],
    ['a link to nothing in its place', (path: string) => symlinkSync('/none', path), 'ELOOP', 'it is a symbolic link'],
    [
      'a link to a file in its place',
      (path: string) => symlinkSync('/dev/null', path),
      'ELOOP',
      'it is a symbolic link',
    ],
    [
      'a link to nothing above it',
      (path: string) => symlinkSync('/none/x', dirname(path)),
      'ENOENT',
      'a link to nothing',
    ],
  ])('for %s leaves it alone and says what to do', (_what, put, code, advice) => {
    using directory = temporaryDirectory();
    const dir = join(directory.path, 'above', 'spool');
    if (code !== 'ENOENT') mkdirSync(dirname(dir));
    put(dir);
    using under = openRealSpool({ dir });
    expect(under.spool.state).toBe('bad');
    expect(under.reports).toEqual([
      expect.objectContaining({ kind: 'spoolBad', code, message: expect.stringContaining(advice) }),
    ]);
    expect(under.spool.append(batch(1).meta, batch(1).payload)).toBeUndefined();
  });

  test('below a device', () => {
    using under = openRealSpool({ dir: '/dev/null/spool' });
    expect(under.reports).toEqual([expect.objectContaining({ kind: 'spoolBad', code: 'ENOTDIR' })]);
  });
});

describe('in the directory of a dead process', () => {
  const owner = '0123456789abcdef';

  test('links and pipes are refused, neither followed nor opened, and the rest is used', async () => {
    using directory = temporaryDirectory();
    using elsewhere = temporaryDirectory();
    {
      using dead = openRealSpool({ dir: elsewhere.path });
      append(dead.spool, 1);
    }
    const [segment] = tree(elsewhere.path).filter((path) => path.endsWith('1.seg'));
    mkdirSync(join(directory.path, owner), { mode: 0o700 });
    symlinkSync(segment ?? '', join(directory.path, owner, '1.seg'));
    symlinkSync(elsewhere.path, join(directory.path, owner, 'dlq'));
    execFileSync('mkfifo', [join(directory.path, owner, '2.seg')]);
    using under = openRealSpool({ dir: directory.path });
    expect(await under.drain()).toEqual([]);
    expect(under.reports.filter(({ kind }) => kind === 'spoolEntryRefused')).toHaveLength(2);
    expect(existsSync(segment ?? '')).toBe(true);
  });

  test('a link in place of the whole is refused', async () => {
    using directory = temporaryDirectory();
    using elsewhere = temporaryDirectory();
    symlinkSync(elsewhere.path, join(directory.path, owner));
    using under = openRealSpool({ dir: directory.path });
    expect(await under.drain()).toEqual([]);
    expect(under.reports.map(({ kind }) => kind)).toEqual(['spoolEntryRefused']);
    expect(lstatSync(join(directory.path, owner)).isSymbolicLink()).toBe(true);
  });
});

describe('the file system', () => {
  test('follows no link in the last part of a path, whatever it is opened for', () => {
    using directory = temporaryDirectory();
    const target = join(directory.path, 'target');
    writeFileSync(target, 'secret');
    const link = join(directory.path, 'link');
    symlinkSync(target, link);
    for (const how of ['read', 'update'] as const) {
      expect(() => nodeFileSystem.open(link, how)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    }
    expect(() => nodeFileSystem.open(link, 'create')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  test('writes the parts of a frame one behind the other', () => {
    using directory = temporaryDirectory();
    const fd = nodeFileSystem.open(join(directory.path, 'file'), 'create');
    expect(nodeFileSystem.write(fd, [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('cd')], 2)).toBe(4);
    const into = Buffer.alloc(10);
    expect(nodeFileSystem.read(fd, into, 0)).toBe(6);
    expect(into.toString('latin1', 0, 6)).toBe('\0\0abcd');
    nodeFileSystem.close(fd);
  });
});

describe('a real limit', () => {
  test('of a device that is full refuses, and leaves the application alone (F44)', () => {
    using directory = temporaryDirectory();
    const onFull: FileSystem = {
      ...nodeFileSystem,
      open: (path, how) =>
        path.endsWith('.seg') ? openSync('/dev/full', constants.O_RDWR) : nodeFileSystem.open(path, how),
    };
    using under = openRealSpool({ dir: directory.path }, onFull);
    expect(under.spool.append(batch(1).meta, batch(1).payload)).toBeUndefined();
    expect(under.spool.state).toBe('full');
    expect(under.reports).toEqual([expect.objectContaining({ kind: 'spoolFull', code: 'ENOSPC' })]);
  });

  test('of the size of files moves on to the next file, and loses nothing (F45)', async () => {
    using directory = temporaryDirectory();
    const options = { dir: directory.path, segmentBytes: 1024 * 1024 };
    // 64 blocks of 1 KiB: six frames of 10,056 bytes and a short write of the seventh.
    await using child = startChild('limits', { options, args: ['files'], limits: 'ulimit -f 64' });
    const said = JSON.parse((await child.nextLine()) ?? '{}') as { stored: number[]; state: string }; // its own words
    expect(said).toMatchObject({ state: 'ok', stored: Array.from({ length: 100 }, (_, at) => at) });
    await child.kill();
    const segments = tree(directory.path).filter((path) => path.endsWith('.seg'));
    expect(new Set(segments.map((path) => lstatSync(path).size))).toEqual(new Set([60_336, 40_224]));
    using heir = openRealSpool(options);
    expect((await heir.drain()).map(({ frame }) => frame.batchId)).toEqual(ids(...said.stored));
  });

  test('of descriptors costs no batch that was taken, and no process (F50)', async () => {
    using directory = temporaryDirectory();
    const options = { dir: directory.path, ...small };
    await using child = startChild('limits', { options, args: ['descriptors'], limits: 'ulimit -n 40' });
    const said = JSON.parse((await child.nextLine()) ?? '{}') as { stored: number[]; state: string }; // its own words
    expect(said).toMatchObject({ state: 'ok', stored: Array.from({ length: 40 }, (_, at) => at) });
    await child.kill();
    using heir = openRealSpool(options);
    expect((await heir.drain()).map(({ frame }) => frame.batchId)).toEqual(ids(...said.stored));
  });
});
