import { expect, test } from 'vitest';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryLocks } from './memory-locks.ts';
import { append, batch, drain, openTestSpool } from './spool-under-test.ts';

test('gives back what was appended, byte for byte', () => {
  const { spool } = openTestSpool();
  const frame = append(spool, 1, 5000);
  expect(frame).toMatchObject({ ...batch(1).meta, payloadBytes: 5000, isRecovered: false });
  expect(spool.read(frame)).toEqual({ kind: 'payload', payload: Uint8Array.from(batch(1, 5000).payload) });
});

test('leaves nothing behind when everything was settled', () => {
  const fileSystem = new MemoryDisk();
  const { spool, clock } = openTestSpool({ fileSystem });
  const frames = [1, 2, 3].map((number) => append(spool, number));
  for (const frame of frames) spool.settle(frame);
  expect(spool.gauges()).toMatchObject({ records: 0, segments: 1 });
  spool.close();
  expect(fileSystem.files).toEqual([]);
  expect(fileSystem.list('/spool')).toEqual([]);
  expect(fileSystem.openFiles).toBe(0);
  clock.advance(0);
  expect(clock.pendingTimers).toBe(0);
});

test('hands what is pending to the next process, oldest first, and only that', async () => {
  const fileSystem = new MemoryDisk();
  const locks = new MemoryLocks();
  const first = openTestSpool({ fileSystem, locks });
  const frames = [1, 2, 3, 4].map((number) => append(first.spool, number));
  for (const frame of frames.slice(1, 2)) first.spool.settle(frame);
  first.spool.close();

  const second = openTestSpool({ fileSystem, locks });
  const found = await drain(second, true);
  expect(found.map(({ frame }) => frame.batchId)).toEqual([1, 3, 4].map((number) => batch(number).meta.batchId));
  expect(found.every(({ frame }) => frame.isRecovered)).toBe(true);
  expect(found.map(({ payload }) => Buffer.from(payload ?? []))).toEqual(
    [1, 3, 4].map((number) => batch(number).payload),
  );
  second.spool.close();
  expect(fileSystem.files).toEqual([]);
});
