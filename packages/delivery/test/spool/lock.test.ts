import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diskError } from '../../src/spool/disk-error.ts';
import { type FileSystem, nodeFileSystem } from '../../src/spool/file-system.ts';
import { createInstanceLocks } from '../../src/spool/instance-lock.ts';
import { bindSocket, fitsSocketPath, probeSocket } from '../../src/spool/socket-lock.ts';
import { ManualClock } from './manual-clock.ts';
import { temporaryDirectory } from './real-spool.ts';
import { append, drain, openTestSpool, type SpoolUnderTest } from './spool-under-test.ts';

describe('a socket as a lock', () => {
  test('is alive while it is held, also under another name, and dead after', async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, 'lock');
    const letGo = bindSocket(path);
    expect(await probeSocket(path)).toBe('alive');
    nodeFileSystem.rename(path, `${path}2`);
    expect(await probeSocket(`${path}2`)).toBe('alive');
    letGo();
    expect(await probeSocket(`${path}2`)).toBe('dead');
    expect(await probeSocket(path)).toBe('dead');
  });

  test('is for its user alone, as all files of a spool', () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, 'lock');
    const letGo = bindSocket(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    letGo();
  });

  test('cannot be taken twice', () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, 'lock');
    const letGo = bindSocket(path);
    expect(() => bindSocket(path)).toThrow(expect.objectContaining({ code: 'ELOCK' }));
    letGo();
  });

  test('takes any number of questions, as a stopped owner answers none of them', async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, 'lock');
    const letGo = bindSocket(path);
    const answers = await Promise.all(Array.from({ length: 200 }, () => probeSocket(path)));
    expect(new Set(answers)).toEqual(new Set(['alive']));
    letGo();
  });

  test('that is no socket locks nothing; what cannot be asked is not dead', async () => {
    using directory = temporaryDirectory();
    writeFileSync(join(directory.path, 'lock'), '');
    expect(await probeSocket(join(directory.path, 'lock'))).toBe('dead');
    symlinkSync('lock2', join(directory.path, 'lock2'));
    expect(await probeSocket(join(directory.path, 'lock2'))).toBe('unknown');
  });

  test.each([
    [106, true],
    [107, true],
    [108, false],
  ])('fits into a path of %i bytes: %s', (bytes, fits) => {
    expect(fitsSocketPath(`/${'x'.repeat(bytes - 1)}`)).toBe(fits);
    expect(fitsSocketPath(`/${'é'.repeat(54)}`)).toBe(false);
  });
});

function openLong(dir: string, clock: ManualClock, fileSystem: FileSystem): SpoolUnderTest {
  return openTestSpool({ fileSystem, locks: undefined, clock, options: { dir } });
}

function longPath(base: string): string {
  const dir = join(base, 'x'.repeat(100));
  mkdirSync(dir);
  return dir;
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir)
    .flatMap((name) => readdirSync(join(dir, name)))
    .sort();
}

describe('where the path is too long for a socket', () => {
  test.each([0, 60, 84, 85, 100])('the socket is bound all the same: %i bytes more', async (bytes) => {
    using directory = temporaryDirectory();
    const dir = join(directory.path, 'x'.repeat(bytes));
    const owner = openLong(dir, new ManualClock(), nodeFileSystem);
    append(owner.spool, 1);
    expect(filesUnder(dir)).toEqual(['1.seg', 'lock']);
    expect(owner.reports).toEqual([]);
    const heir = openLong(dir, new ManualClock(), nodeFileSystem);
    expect(await drain(heir)).toEqual([]);
    owner.spool.close();
    expect(filesUnder(dir)).toEqual(['1.seg', 'lock']);
    expect(await drain(heir)).toHaveLength(1);
    heir.spool.close();
  });

  test('letting go of one leaves the lock of another in place', () => {
    using directory = temporaryDirectory();
    const dir = longPath(directory.path);
    const one = openLong(dir, new ManualClock(), nodeFileSystem);
    const two = openLong(dir, new ManualClock(), nodeFileSystem);
    one.spool.close();
    expect(filesUnder(dir)).toEqual(['lock']);
    two.spool.close();
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('where no socket can be bound', () => {
  /** A system that does not show the open files of a process. */
  const bare: FileSystem = {
    ...nodeFileSystem,
    inspect(path) {
      if (path.startsWith('/proc/')) throw diskError('ENOENT', path);
      return nodeFileSystem.inspect(path);
    },
  };

  async function look({ clock, spool }: SpoolUnderTest): Promise<void> {
    clock.advance(60_000);
    await clock.until(spool.scan());
  }

  test('a lease locks: whoever renews it is left alone, whoever stops is adopted after 90 s', async () => {
    using directory = temporaryDirectory();
    const dir = longPath(directory.path);
    const owner = openLong(dir, new ManualClock(), bare);
    append(owner.spool, 1);
    const heir = openLong(dir, new ManualClock(), bare);
    expect(filesUnder(dir)).toEqual(['1.seg', 'lease', 'lease']);
    for (let minute = 0; minute < 10; minute++) {
      owner.clock.advance(60_000);
      await look(heir);
    }
    expect(heir.spool.take()).toEqual({ kind: 'empty' });
    // The owner dies: its clock stands still.
    await look(heir);
    expect(heir.spool.take()).toEqual({ kind: 'empty' });
    await look(heir);
    expect(await drain(heir)).toHaveLength(1);
    heir.spool.close();
    owner.spool.close();
  });

  test('a jump of the wall clock makes nobody dead', async () => {
    using directory = temporaryDirectory();
    const dir = longPath(directory.path);
    const owner = openLong(dir, new ManualClock(), bare);
    append(owner.spool, 1);
    const heir = openLong(dir, new ManualClock(), bare);
    for (let jump = 0; jump < 5; jump++) {
      heir.clock.wallOffsetMs += 86_400_000;
      await heir.clock.until(heir.spool.scan());
    }
    expect(heir.spool.take()).toEqual({ kind: 'empty' });
    heir.spool.close();
    owner.spool.close();
  });

  test('an owner that closed is adopted at once', async () => {
    using directory = temporaryDirectory();
    const dir = longPath(directory.path);
    const owner = openLong(dir, new ManualClock(), bare);
    append(owner.spool, 1);
    owner.spool.close();
    const heir = openLong(dir, new ManualClock(), bare);
    expect(await drain(heir)).toHaveLength(1);
    heir.spool.close();
  });

  test('one line says so, with the length that would do', () => {
    using directory = temporaryDirectory();
    const dir = longPath(directory.path);
    const { spool, reports } = openLong(dir, new ManualClock(), bare);
    expect(reports).toEqual([
      {
        kind: 'spoolTrouble',
        code: 'ELOCK',
        message: `spool: no socket can be bound in ${dir} (its path has ${dir.length} bytes, 84 would do); a file locks it instead: what this process leaves is taken over 90 s after its end, and by a process that runs as long`,
      },
    ]);
    spool.close();
  });

  test('a socket that cannot be asked is not taken for dead', async () => {
    using directory = temporaryDirectory();
    const dir = longPath(directory.path);
    writeFileSync(join(dir, 'lock'), '');
    expect(await createInstanceLocks(bare, new ManualClock(), () => {}).probe(dir)).toBe('unknown');
    expect(await createInstanceLocks(nodeFileSystem, new ManualClock(), () => {}).probe(dir)).toBe('dead');
  });
});
