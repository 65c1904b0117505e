import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { HEADER_BYTES } from '../../src/spool/segment-format.ts';
import { MemoryDisk } from './memory-disk.ts';
import { append, batch, drain, openTestSpool, type Recovered, type SpoolUnderTest } from './spool-under-test.ts';

const FRAME_BYTES = HEADER_BYTES + 100;
const ids = (...numbers: number[]): string[] => numbers.map((number) => batch(number).meta.batchId);
const intact = (all: readonly Recovered[]): string[] =>
  all.filter(({ payload }) => payload !== undefined).map(({ frame }) => frame.batchId);

/** The disk of a process that was killed with batches 1 to 3 in its segment; `settled` of them acknowledged. */
function killedDisk(...settled: readonly number[]): MemoryDisk {
  const fileSystem = new MemoryDisk();
  const { spool } = openTestSpool({ fileSystem });
  const frames = [1, 2, 3].map((number) => append(spool, number));
  for (const number of settled) {
    const frame = frames[number - 1];
    if (frame !== undefined) spool.settle(frame);
  }
  return fileSystem.afterKill();
}

function pathOf(disk: MemoryDisk, ending: string): string {
  const path = disk.files.find((name) => name.endsWith(ending));
  if (path === undefined) throw new Error(`no ${ending} on the disk`);
  return path;
}

function change(disk: MemoryDisk, ending: string, how: (bytes: Buffer) => Buffer): void {
  const path = pathOf(disk, ending);
  disk.setContent(path, how(Buffer.from(disk.content(path))));
}

function flip(at: number): (bytes: Buffer) => Buffer {
  return (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    return bytes;
  };
}

async function recover(disk: MemoryDisk, settle = false): Promise<SpoolUnderTest & { readonly found: Recovered[] }> {
  const under = openTestSpool({ fileSystem: disk });
  return { ...under, found: await drain(under, settle) };
}

describe('a flipped bit', () => {
  test('in a payload costs that frame, counted (F51)', async () => {
    const disk = killedDisk();
    change(disk, '.seg', flip(FRAME_BYTES + HEADER_BYTES + 50));
    const { spool, found } = await recover(disk);
    expect(intact(found)).toEqual(ids(1, 3));
    expect(spool.gauges()).toMatchObject({ corruptRecords: batch(2).meta.records, missingRecords: 0 });
  });

  test.each([
    ['the length', 8],
    ['the magic', 0],
    ['the header CRC', 48],
  ])('in %s costs that frame, and the jump of the sequence counts its records (F51)', async (_what, at) => {
    const disk = killedDisk();
    change(disk, '.seg', flip(FRAME_BYTES + at));
    const { spool, found, reports } = await recover(disk);
    expect(intact(found)).toEqual(ids(1, 3));
    expect(spool.gauges()).toMatchObject({ missingRecords: batch(2).meta.records, damagedBytes: FRAME_BYTES });
    expect(reports).toContainEqual(expect.objectContaining({ kind: 'spoolDamaged', records: batch(2).meta.records }));
  });

  test('in an ack costs a duplicate of that frame and nothing else (F51)', async () => {
    const disk = killedDisk(1, 2);
    expect(intact((await recover(disk.afterKill())).found)).toEqual(ids(3));
    change(disk, '.ack', flip(9));
    expect(intact((await recover(disk)).found)).toEqual(ids(2, 3));
  });
});

test('a torn ack acknowledges nothing, and does not spoil those that come after it', async () => {
  const disk = killedDisk(1, 2);
  change(disk, '.ack', (bytes) => bytes.subarray(0, 13));
  const second = openTestSpool({ fileSystem: disk });
  const found = await drain(second);
  expect(intact(found)).toEqual(ids(2, 3));
  for (const { frame } of found.slice(1)) second.spool.settle(frame);
  expect(intact((await recover(disk.afterKill())).found)).toEqual(ids(2));
});

test('a tail torn at any byte costs that frame alone (F52)', async () => {
  for (let end = 0; end <= 3 * FRAME_BYTES; end++) {
    const disk = killedDisk();
    change(disk, '.seg', (bytes) => bytes.subarray(0, end));
    const { spool, found } = await recover(disk, true);
    const whole = Math.floor(end / FRAME_BYTES);
    expect(intact(found), `torn at ${end}`).toEqual(ids(1, 2, 3).slice(0, whole));
    // With its header whole, the torn frame says how many records it had.
    const isCounted = end % FRAME_BYTES >= HEADER_BYTES;
    expect(spool.gauges().missingRecords, `torn at ${end}`).toBe(isCounted ? batch(whole + 1).meta.records : 0);
    spool.close();
    expect(disk.files, `torn at ${end}`).toEqual(disk.files.filter((path) => path.endsWith('.bad')));
  }
});

test('what is missing is counted by one start alone, however many follow', async () => {
  const disk = killedDisk();
  // A frame in the middle is gone, and the last one is torn.
  change(disk, '.seg', (bytes) => flip(FRAME_BYTES)(bytes).subarray(0, 3 * FRAME_BYTES - 10));
  const first = await recover(disk);
  expect(first.spool.gauges().missingRecords).toBe(batch(2).meta.records + batch(3).meta.records);
  const second = await recover(disk.afterKill());
  expect(intact(second.found)).toEqual(intact(first.found));
  expect(second.spool.gauges().missingRecords).toBe(0);
});

test.each([1, 55, 56, 4096, 300_000])('a tail of %i zeros is skipped (F53)', async (bytes) => {
  const disk = killedDisk();
  change(disk, '.seg', (whole) => Buffer.concat([whole, Buffer.alloc(bytes)]));
  const { found, reports } = await recover(disk, true);
  expect(intact(found)).toEqual(ids(1, 2, 3));
  expect(reports).toContainEqual(expect.objectContaining({ kind: 'spoolDamaged', records: 0, bytes }));
  expect(disk.files.filter((path) => path.endsWith('.seg'))).toEqual([]);
});

test('a frame whose payload became zeros is counted as corrupt (F53)', async () => {
  const disk = killedDisk();
  change(disk, '.seg', (bytes) => bytes.fill(0, 2 * FRAME_BYTES + HEADER_BYTES));
  const { spool, found } = await recover(disk);
  expect(intact(found)).toEqual(ids(1, 2));
  expect(spool.gauges().corruptRecords).toBe(batch(3).meta.records);
});

test('a file of garbage is put beside the dead letters, once, and the start goes on (F54)', async () => {
  const disk = killedDisk();
  const garbage = Buffer.from('#!/bin/sh\necho this is no segment\n'.repeat(5000));
  const path = pathOf(disk, '1.seg').replace('1.seg', '2.seg');
  disk.open(path, 'create');
  disk.setContent(path, garbage);
  const { spool, found } = await recover(disk, true);
  expect(intact(found)).toEqual(ids(1, 2, 3));
  spool.close();
  expect(disk.files).toEqual([expect.stringMatching(/\/dlq\/[0-9]{13}-[0-9a-f]{16}-2\.bad$/)]);
  expect(disk.content(disk.files[0] ?? '')).toEqual(garbage);
});

test.each([
  ['empty', Buffer.alloc(0)],
  ['of zeros', Buffer.alloc(5000)],
])('a segment that is %s is deleted, and the start goes on (F55)', async (_what, content) => {
  const disk = killedDisk();
  const path = pathOf(disk, '1.seg').replace('1.seg', '2.seg');
  disk.open(path, 'create');
  disk.setContent(path, content);
  const { spool, found } = await recover(disk, true);
  expect(intact(found)).toEqual(ids(1, 2, 3));
  spool.close();
  expect(disk.files).toEqual([]);
});

test('frames of a later version are hopped over and kept for it; the others are sent (F56)', async () => {
  const disk = killedDisk();
  change(disk, '.seg', (bytes) => {
    bytes[FRAME_BYTES + 4] = 2;
    bytes.writeUInt32LE(crc32(bytes.subarray(FRAME_BYTES, FRAME_BYTES + 48)), FRAME_BYTES + 48);
    return bytes;
  });
  const { spool, found, reports } = await recover(disk, true);
  expect(intact(found)).toEqual(ids(1, 3));
  expect(reports).toContainEqual(
    expect.objectContaining({ kind: 'spoolDamaged', message: expect.stringContaining('later version') }),
  );
  spool.close();
  expect(disk.files.filter((path) => path.endsWith('.seg'))).toHaveLength(1);
});

test('an ack file without its segment is deleted', async () => {
  const disk = killedDisk(1);
  disk.unlink(pathOf(disk, '.seg'));
  const { spool, found } = await recover(disk);
  expect(found).toEqual([]);
  spool.close();
  expect(disk.files).toEqual([]);
});

test('files that are not ours are left alone', async () => {
  const disk = killedDisk();
  const folder = pathOf(disk, '1.seg').slice(0, -'1.seg'.length);
  const names = ['notes.txt', '0.seg', '01.seg', '1.seg.bak', '-1.seg', '9999999999999999.seg'];
  for (const name of names) disk.open(folder + name, 'create');
  const { spool, found } = await recover(disk, true);
  expect(intact(found)).toEqual(ids(1, 2, 3));
  spool.close();
  expect(disk.files.map((path) => path.slice(path.lastIndexOf('/') + 1)).sort()).toEqual(names.sort());
});

test('an unreadable segment is reported, stays pending and is left for the next start', async () => {
  const disk = killedDisk();
  let reads = 0;
  disk.fault = ({ name, path }) => (name === 'read' && path.endsWith('1.seg') && reads++ > 0 ? 'EIO' : undefined);
  const { spool, found, reports } = await recover(disk, true);
  expect(found).toEqual([]);
  expect(reports.map(({ kind }) => kind)).toContain('spoolTrouble');
  expect(spool.gauges().records).toBeGreaterThan(0);
  spool.close();
  expect(intact((await recover(disk.afterKill())).found)).toEqual(ids(1, 2, 3));
});

test('a segment nobody can read, and that has to go for others, counts as a record at least', async () => {
  const disk = killedDisk();
  disk.fault = ({ name, path }) => (name === 'read' && path.includes('/1.seg') ? 'EIO' : undefined);
  const under = openTestSpool({ fileSystem: disk, options: { maxBytes: 16 * 1024, segmentBytes: 2048 } });
  expect(await drain(under)).toEqual([]);
  expect(under.spool.gauges().records).toBe(1);
  for (let number = 11; number < 22; number++) append(under.spool, number, 1500);
  expect(under.spool.gauges().missingRecords).toBe(1);
  expect(under.reports.find(({ kind }) => kind === 'spoolEvicted')).toMatchObject({ records: 1, unreadable: 1 });
});
