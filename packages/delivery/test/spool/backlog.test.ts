import { expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryLocks } from './memory-locks.ts';
import { append, batch, drain, openTestSpool } from './spool-under-test.ts';

const small = { maxBytes: 64 * 1024, segmentBytes: 2048, maxFrameBytes: 2048 };
const ids = (...numbers: number[]): string[] => numbers.map((number) => batch(number).meta.batchId);

/** A disk on which a process died with so many batches. */
function diskWith(batches: number, locks: MemoryLocks): MemoryDisk {
  const fileSystem = new MemoryDisk();
  const { spool } = openTestSpool({ fileSystem, locks, options: small });
  for (let number = 0; number < batches; number++) append(spool, number, 300);
  locks.killAll();
  return fileSystem.afterKill();
}

test('its records are an estimate until they are counted, and marked so', async () => {
  const locks = new MemoryLocks();
  const fileSystem = diskWith(30, locks);
  const { spool, clock } = openTestSpool({ fileSystem, locks, options: small });
  expect(spool.gauges()).toMatchObject({ records: 0, estimatedRecords: 0 });
  const scanned = spool.scan();
  let sawEstimate = false;
  const records = Array.from({ length: 30 }, (_, number) => batch(number).meta.records).reduce((a, b) => a + b);
  for (let turns = 0; turns < 100; turns++) {
    clock.advance(0);
    await Promise.resolve();
    sawEstimate ||= spool.gauges().estimatedRecords > 0;
  }
  await scanned;
  clock.advance(100);
  expect(sawEstimate).toBe(true);
  expect(spool.gauges()).toMatchObject({ records, estimatedRecords: 0, backlogRecords: records });
});

test('is counted and handed out in slices, with other work between', async () => {
  const locks = new MemoryLocks();
  const fileSystem = new MemoryDisk();
  const options = { segmentBytes: 1024 * 1024, maxFrameBytes: 4096 };
  const first = openTestSpool({ fileSystem, locks, options });
  for (let number = 0; number < 2000; number++) first.spool.settle(append(first.spool, 1, 20));
  append(first.spool, 2);
  locks.killAll();
  const { spool, clock } = openTestSpool({ fileSystem: fileSystem.afterKill(), locks, options });
  const adopted = clock.until(spool.scan());
  expect(spool.take()).toEqual({ kind: 'empty' });
  await adopted;
  let turns = 0;
  for (let step = spool.take(); step.kind === 'busy'; step = spool.take()) {
    clock.advance(0);
    turns++;
  }
  expect(turns).toBeGreaterThan(7);
});

test('is handed out oldest process first, and inside one in the order of writing', async () => {
  const fileSystem = new MemoryDisk();
  const locks = new MemoryLocks();
  const clock = new ManualClock();
  const dead = [0, 1, 2].map(() => openTestSpool({ fileSystem, locks, clock, options: small }));
  // The one that opened last wrote first.
  for (const [at, { spool }] of [...dead].reverse().entries()) {
    for (let number = 0; number < 10; number++) {
      const { meta, payload } = batch(at * 10 + number, 300);
      spool.append({ ...meta, createdMs: 1000 * at + number }, payload);
    }
  }
  locks.killAll();
  const heir = openTestSpool({ fileSystem, locks, clock, options: small });
  expect((await drain(heir, true)).map(({ frame }) => frame.batchId)).toEqual(ids(...Array(30).keys()));
});

test('the age of a frame is by the wall clock over a restart, by the monotonic one after it', async () => {
  const locks = new MemoryLocks();
  const fileSystem = diskWith(1, locks);
  const clock = new ManualClock();
  clock.wallOffsetMs += 3_600_000;
  const heir = openTestSpool({ fileSystem, locks, clock, options: small });
  const [found] = await drain(heir);
  const ageMs = (): number => clock.nowMs() - (found?.frame.bornMs ?? 0);
  const foundMs = clock.wallMs() - batch(0).meta.createdMs;
  expect(foundMs).toBeGreaterThan(3_600_000);
  expect(ageMs()).toBe(foundMs);
  clock.wallOffsetMs += 7_200_000;
  clock.advance(500);
  expect(ageMs()).toBe(foundMs + 500);
});

test('a wall clock set back makes no frame younger than new', async () => {
  const locks = new MemoryLocks();
  const fileSystem = diskWith(1, locks);
  const clock = new ManualClock();
  clock.wallOffsetMs -= 3_600_000;
  const [found] = await drain(openTestSpool({ fileSystem, locks, clock, options: small }));
  expect(found?.frame.bornMs).toBe(clock.nowMs());
});

test('goes to the next process, still whole, if the one that adopted it dies too, and paths do not grow', async () => {
  const locks = new MemoryLocks();
  let fileSystem = diskWith(10, locks);
  for (let crash = 0; crash < 20; crash++) {
    const heir = openTestSpool({ fileSystem, locks, options: small });
    append(heir.spool, 100 + crash);
    await heir.clock.until(heir.spool.scan());
    locks.killAll();
    fileSystem = fileSystem.afterKill();
  }
  const last = openTestSpool({ fileSystem, locks, options: small });
  const found = await drain(last);
  expect(found).toHaveLength(30);
  expect(new Set(found.map(({ frame }) => frame.batchId)).size).toBe(30);
  expect(Math.max(...fileSystem.files.map((path) => path.split('/').length))).toBe(5);
});

test('of an owner that lives is left alone; when it dies it is found within a minute', async () => {
  const fileSystem = new MemoryDisk();
  const locks = new MemoryLocks();
  const other = openTestSpool({ fileSystem, locks, options: small });
  append(other.spool, 1);
  const heirLocks = new MemoryLocks();
  const heir = openTestSpool({
    fileSystem,
    locks: { hold: (path) => heirLocks.hold(path), probe: (path) => locks.probe(path) },
    options: small,
  });
  await heir.clock.until(heir.spool.scan());
  expect(heir.spool.take()).toEqual({ kind: 'empty' });
  locks.killAll();
  heir.clock.advance(60_000);
  await heir.clock.until(heir.spool.scan());
  heir.clock.advance(10);
  expect(heir.spool.take()).toMatchObject({ kind: 'frame', frame: { batchId: batch(1).meta.batchId } });
});

test('a directory under a dot-name is left to its maker for ten minutes, then taken', async () => {
  const locks = new MemoryLocks();
  const fileSystem = diskWith(3, locks);
  const [name] = fileSystem.list('/spool');
  fileSystem.rename(`/spool/${name}`, `/spool/.${name}`);
  const clock = new ManualClock();
  fileSystem.touch(`/spool/.${name}`, clock.wallMs());
  const heir = openTestSpool({ fileSystem, locks, clock, options: small });
  expect(await drain(heir)).toEqual([]);
  clock.advance(600_000);
  expect((await drain(heir)).map(({ frame }) => frame.batchId)).toEqual(ids(0, 1, 2));
});

test('that was moved in and could not be listed is taken stock of by the next scan', async () => {
  const locks = new MemoryLocks();
  const fileSystem = diskWith(3, locks);
  const heir = openTestSpool({ fileSystem, locks, options: small });
  let lists = 0;
  // The directory above, ours, the sizes of the dead one, and then the dead one in ours.
  fileSystem.fault = ({ name, path }) =>
    name === 'list' && path.split('/').length === 4 && lists++ < 1 ? 'EIO' : undefined;
  await heir.clock.until(heir.spool.scan());
  expect(heir.spool.take()).toEqual({ kind: 'empty' });
  expect(lists).toBe(1);
  expect((await drain(heir)).map(({ frame }) => frame.batchId)).toEqual(ids(0, 1, 2));
});
