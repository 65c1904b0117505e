import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FsyncPolicy } from '../../src/spool/spool-options.ts';
import { faultsOf, type Life, lifeWith, lostOf, small, World } from './crash-world.ts';
import { MemoryDisk } from './memory-disk.ts';
import { drain, openTestSpool } from './spool-under-test.ts';

/** What happens between two lives of a process, and what must have survived at the end. */
interface Loss {
  readonly fsync: FsyncPolicy;
  readonly survive: (disk: MemoryDisk, random: () => number) => MemoryDisk;
  readonly maxFaults: number;
  /** `all`: every batch that was taken; `counted`: what is missing was counted; `none`: anything may be missing. */
  readonly keeps: 'all' | 'counted' | 'none';
}

const killed = (disk: MemoryDisk): MemoryDisk => disk.afterKill();
const lostPower = (disk: MemoryDisk, random: () => number): MemoryDisk => disk.afterPowerLoss(random);

const losses: readonly (Loss & { readonly title: string })[] = [
  {
    title: 'keeps all it took when the process is killed at any operation of the disk (G3)',
    fsync: 'off',
    survive: killed,
    maxFaults: 0,
    keeps: 'all',
  },
  {
    title: 'keeps all it took when the power fails at any operation, each frame synced (G3)',
    fsync: 'each',
    survive: lostPower,
    maxFaults: 0,
    keeps: 'all',
  },
  {
    title: 'keeps all it took, or counts it, on a disk that fails here and there before the kill (G1)',
    fsync: 'off',
    survive: killed,
    maxFaults: 12,
    keeps: 'counted',
  },
  {
    title: 'keeps all it took, or counts it, on a failing disk with a power loss, each frame synced (G1)',
    fsync: 'each',
    survive: lostPower,
    maxFaults: 12,
    keeps: 'counted',
  },
  {
    title: 'keeps all it took, or counts it, on a failing disk synced in intervals (G1)',
    fsync: 'interval',
    survive: killed,
    maxFaults: 12,
    keeps: 'counted',
  },
  {
    title: 'starts and invents nothing after any power loss (G9)',
    fsync: 'off',
    survive: lostPower,
    maxFaults: 0,
    keeps: 'none',
  },
];

const runs = Number(process.env['RUNS'] ?? 200);
const covered: Record<string, number> = {};

for (const loss of losses) {
  test(loss.title, async () => {
    const lives = fc.array(lifeWith(loss.maxFaults), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(lives, fc.integer(), (these, seed) => survives(these, seed, loss)),
      { numRuns: runs, endOnFailure: process.env['NO_SHRINK'] !== undefined },
    );
  });
}

test('the runs above met what they are about', () => {
  for (const what of [
    'spoolAdopted',
    'spoolEvicted',
    'spoolFull',
    'spoolBad',
    'spoolDamaged',
    'spoolTrouble',
    'settled',
  ]) {
    expect(covered[what] ?? 0, what).toBeGreaterThan(0);
  }
  expect(covered['read: payload'] ?? 0).toBeGreaterThan(0);
});

async function survives(lives: readonly Life[], seed: number, loss: Loss): Promise<void> {
  const world = new World();
  const random = numbersFrom(seed);
  let disk = new MemoryDisk();
  for (const life of lives) {
    disk.fault = faultsOf(life);
    await world.live(disk, life, loss.fsync);
    disk = loss.survive(disk, random);
  }
  const last = openTestSpool({ fileSystem: disk, options: { ...small, fsync: loss.fsync } });
  const found = await drain(last, true);
  const readable = new Set<string>();
  for (const { frame, payload } of [...found, ...last.evicted]) {
    world.check(frame, payload);
    if (payload !== undefined) readable.add(frame.batchId);
  }
  let lostRecords = 0;
  for (const [id, records] of world.promised) if (!readable.has(id)) lostRecords += records;
  const countedLost = world.countedLost + lostOf(last);
  if (loss.keeps === 'all') {
    expect(lostRecords).toBe(0);
    // Nor is more counted as missing than the writes that were torn, in however many starts.
    if (loss.survive === killed) expect(countedLost).toBeLessThanOrEqual(world.refusedRecords);
  }
  if (loss.keeps === 'counted') {
    const counted = countedLost + world.perhapsCounted;
    if (world.seen['estimated'] === undefined) expect(lostRecords).toBeLessThanOrEqual(counted);
    else if (lostRecords > 0) expect(counted).toBeGreaterThan(0);
  }
  last.spool.close();
  for (const { kind } of last.reports) world.saw(kind);
  for (const [what, times] of Object.entries(world.seen)) covered[what] = (covered[what] ?? 0) + times;
  expect(disk.openFiles).toBe(0);
  // Only what is kept for a person to look at may stay.
  expect(disk.files.filter((path) => !path.includes('/dlq/'))).toEqual([]);
}

/** A small linear generator: the run follows from its seed. */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
