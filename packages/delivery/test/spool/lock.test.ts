import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem } from '../../src/spool/file-system.ts';
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

describe('where the path is too long for a socket', () => {
  function openLong(dir: string, clock: ManualClock): SpoolUnderTest {
    return openTestSpool({ fileSystem: nodeFileSystem, locks: undefined, clock, options: { dir } });
  }

  function longPath(base: string): string {
    const dir = join(base, 'x'.repeat(100));
    mkdirSync(dir);
    return dir;
  }

  async function look({ clock, spool }: SpoolUnderTest): Promise<void> {
    clock.advance(60_000);
    await clock.until(spool.scan());
  }

  test('a lease locks: whoever renews it is left alone, whoever stops is adopted after 90 s', async () => {
    using directory = temporaryDirectory();
    const dir = longPath(directory.path);
    const owner = openLong(dir, new ManualClock());
    append(owner.spool, 1);
    const heir = openLong(dir, new ManualClock());
    expect(
      readdirSync(dir)
        .flatMap((name) => readdirSync(join(dir, name)))
        .sort(),
    ).toEqual(['1.seg', 'lease', 'lease']);
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
    const owner = openLong(dir, new ManualClock());
    append(owner.spool, 1);
    const heir = openLong(dir, new ManualClock());
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
    const owner = openLong(dir, new ManualClock());
    append(owner.spool, 1);
    owner.spool.close();
    const heir = openLong(dir, new ManualClock());
    expect(await drain(heir)).toHaveLength(1);
    heir.spool.close();
  });
});

test('a socket that cannot be asked over a longer path is not taken for dead', async () => {
  using directory = temporaryDirectory();
  const dir = join(directory.path, 'x'.repeat(100));
  mkdirSync(dir);
  writeFileSync(join(dir, 'lock'), '');
  expect(await createInstanceLocks(nodeFileSystem, new ManualClock()).probe(dir)).toBe('unknown');
});
