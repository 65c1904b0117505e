import { describe, expect, test } from 'vitest';
import { parseDeadLetter } from '../../src/spool/dead-letter-format.ts';
import { HEADER_BYTES } from '../../src/spool/segment-format.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryLocks } from './memory-locks.ts';
import { append, batch, drain, openTestSpool } from './spool-under-test.ts';

const small = { maxBytes: 16 * 1024, segmentBytes: 2048, maxFrameBytes: 2048 };
const ids = (...numbers: number[]): string[] => numbers.map((number) => batch(number).meta.batchId);
const reason = { status: 400, endpoint: 'http://localhost:4318/v1/logs', reply: 'no' };

function bytesOn(disk: MemoryDisk): number {
  return disk.files.reduce((sum, path) => sum + disk.content(path).length, 0);
}

describe('the limit of bytes', () => {
  test('is never passed, and the oldest segments go first, read before they are deleted', () => {
    const fileSystem = new MemoryDisk();
    const { spool, evicted } = openTestSpool({ fileSystem, options: small });
    for (let number = 0; number < 60; number++) {
      append(spool, number, 900);
      expect(bytesOn(fileSystem)).toBeLessThanOrEqual(small.maxBytes);
      expect(spool.gauges().bytes).toBe(bytesOn(fileSystem));
    }
    expect(evicted.length).toBeGreaterThan(30);
    expect(evicted.map(({ frame }) => frame.batchId)).toEqual(ids(...evicted.keys()));
    for (const [number, { payload }] of evicted.entries())
      expect(Buffer.from(payload ?? [])).toEqual(batch(number, 900).payload);
    expect(spool.state).toBe('ok');
  });

  test('counts the segments of others that were adopted, and theirs go first', async () => {
    const fileSystem = new MemoryDisk();
    const locks = new MemoryLocks();
    const first = openTestSpool({ fileSystem, locks, options: small });
    for (let number = 0; number < 12; number++) append(first.spool, number, 900);
    first.spool.close();
    const second = openTestSpool({ fileSystem, locks, options: small });
    await second.clock.until(second.spool.scan());
    for (let number = 12; number < 24; number++) append(second.spool, number, 900);
    expect(bytesOn(fileSystem)).toBeLessThanOrEqual(small.maxBytes);
    const gone = second.evicted.map(({ frame }) => frame.batchId);
    expect(gone).toEqual(ids(...gone.keys()));
    expect(gone.length).toBeGreaterThan(3);
    const left = (await drain(second)).map(({ frame }) => frame.batchId);
    expect(left).toEqual(ids(...Array.from({ length: 12 - gone.length }, (_, at) => gone.length + at)));
  });

  test('holds at once for a backlog larger than it: the oldest goes', async () => {
    const fileSystem = new MemoryDisk();
    const locks = new MemoryLocks();
    const first = openTestSpool({ fileSystem, locks, options: { ...small, maxBytes: 64 * 1024 } });
    for (let number = 0; number < 40; number++) append(first.spool, number, 900);
    first.spool.close();
    const second = openTestSpool({ fileSystem, locks, options: small });
    await second.clock.until(second.spool.scan());
    expect(bytesOn(fileSystem)).toBeLessThanOrEqual(small.maxBytes);
    const gone = second.evicted.map(({ frame }) => frame.batchId);
    expect(gone).toEqual(ids(...gone.keys()));
    expect((await drain(second)).map(({ frame }) => frame.batchId)).toEqual(
      ids(...Array.from({ length: 40 - gone.length }, (_, at) => gone.length + at)),
    );
  });

  test('leaves a backlog where it is while it does not fit beside another one', async () => {
    const fileSystem = new MemoryDisk();
    const locks = new MemoryLocks();
    const dead = [0, 1].map(() => openTestSpool({ fileSystem, locks, options: small }));
    for (const [at, { spool }] of dead.entries())
      for (let number = 0; number < 10; number++) append(spool, at * 10 + number, 900);
    locks.killAll();
    const heir = openTestSpool({ fileSystem, locks, options: small });
    const found = await drain(heir, true);
    expect(found.map(({ frame }) => frame.batchId).sort()).toEqual(ids(...Array(20).keys()).sort());
    expect(heir.evicted).toEqual([]);
  });

  test.each([
    [2048 - HEADER_BYTES, true],
    [2048 - HEADER_BYTES + 1, false],
    [2048 - HEADER_BYTES - 1, true],
    [0, true],
  ])('of a frame: %i bytes of payload, taken: %s', (bytes, isTaken) => {
    const { spool, reports } = openTestSpool({ options: small });
    const { meta, payload } = batch(1, bytes);
    expect(spool.append(meta, payload) !== undefined).toBe(isTaken);
    expect(spool.state).toBe('ok');
    expect(reports.length).toBe(isTaken ? 0 : 1);
  });

  test('is refused, not passed, while nothing may be deleted', () => {
    const fileSystem = new MemoryDisk();
    const { spool, clock } = openTestSpool({ fileSystem, options: { maxBytes: 16 * 1024, segmentBytes: 8 * 1024 } });
    // Without descriptors the open segment cannot be left, so it is the only one.
    append(spool, 0, 7000);
    fileSystem.fault = ({ name }) => (name === 'open' ? 'EMFILE' : undefined);
    append(spool, 1, 7000);
    expect(spool.append(batch(2).meta, batch(2, 7000).payload)).toBeUndefined();
    expect(spool.state).toBe('full');
    fileSystem.fault = () => undefined;
    clock.advance(1000);
    expect(spool.append(batch(3).meta, batch(3).payload)).toBeDefined();
    expect(spool.state).toBe('ok');
  });
});

describe('a segment', () => {
  test('goes with its last frame, segment first, then the acks', () => {
    const fileSystem = new MemoryDisk();
    const { spool } = openTestSpool({ fileSystem, options: small });
    const frames = [0, 1, 2].map((number) => append(spool, number, 900));
    const unlinked: string[] = [];
    fileSystem.fault = ({ name, path }) => {
      if (name === 'unlink') unlinked.push(path.slice(-5));
      return undefined;
    };
    for (const frame of frames) spool.settle(frame);
    expect(unlinked).toEqual(['1.seg', '1.ack']);
    expect(spool.gauges()).toMatchObject({ records: 0, segments: 1 });
  });

  test('that was evicted takes late settlements without a word', () => {
    const { spool, evicted } = openTestSpool({ options: small });
    const frames = Array.from({ length: 40 }, (_, number) => append(spool, number, 900));
    for (const frame of frames) spool.settle(frame);
    expect(evicted.length).toBeGreaterThan(0);
    expect(spool.gauges().records).toBe(0);
    expect(frames.map((frame) => spool.read(frame).kind)).toEqual(frames.map(() => 'corrupt'));
    expect(spool.gauges().corruptRecords).toBe(0);
  });
});

describe('dead letters', () => {
  test('are kept with what was sent and what came back', () => {
    const fileSystem = new MemoryDisk();
    const { spool } = openTestSpool({ fileSystem, options: small });
    const { meta, payload } = batch(1);
    expect(spool.deadLetter(meta, payload, reason)).toBe(true);
    const [path] = fileSystem.files.filter((name) => name.includes('/dlq/'));
    expect(path).toMatch(/\/dlq\/1800000001000-[0-9a-f]{32}\.dead$/);
    const letter = parseDeadLetter(fileSystem.content(path ?? ''));
    expect(letter).toMatchObject({ header: meta, reason, timeMs: 1_800_000_001_000 });
    expect(spool.gauges()).toMatchObject({ deadLetters: 1, bytes: bytesOn(fileSystem) });
  });

  test('go before any segment when room is needed, oldest first', () => {
    const fileSystem = new MemoryDisk();
    const { spool, clock, evicted } = openTestSpool({ fileSystem, options: small });
    for (let number = 0; number < 5; number++) {
      clock.advance(1);
      spool.deadLetter(batch(number).meta, batch(number, 1800).payload, reason);
    }
    for (let number = 10; number < 20; number++) append(spool, number, 900);
    expect(evicted).toEqual([]);
    const left = fileSystem.files.filter((name) => name.includes('/dlq/')).map((name) => name.slice(-37, -5));
    expect(left).toEqual(ids(2, 3, 4));
    for (let number = 20; number < 30; number++) append(spool, number, 900);
    expect(evicted.length).toBeGreaterThan(0);
    expect(spool.gauges().deadLetters).toBe(0);
  });

  test('push out no segment: without room for one it is lost, and says so', () => {
    const { spool, reports, evicted } = openTestSpool({ options: small });
    for (let number = 0; number < 16; number++) append(spool, number, 900);
    expect(spool.deadLetter(batch(99).meta, batch(99, 1900).payload, reason)).toBe(false);
    expect(evicted).toEqual([]);
    expect(reports).toEqual([expect.objectContaining({ kind: 'deadLetterLost', records: batch(99).meta.records })]);
  });

  test('stay when the spool is closed, and go with the backlog to the next process', async () => {
    const fileSystem = new MemoryDisk();
    const locks = new MemoryLocks();
    const first = openTestSpool({ fileSystem, locks, options: small });
    first.spool.deadLetter(batch(1).meta, batch(1).payload, reason);
    first.spool.close();
    expect(fileSystem.files).toHaveLength(1);
    const second = openTestSpool({ fileSystem, locks, options: small });
    await drain(second);
    expect(second.spool.gauges().deadLetters).toBe(1);
    second.spool.close();
    expect(fileSystem.files).toHaveLength(1);
    expect(fileSystem.list('/spool')).toHaveLength(1);
  });

  test('that come from a dead process beside a full spool leave at once, so that the limit holds', async () => {
    const fileSystem = new MemoryDisk();
    const locks = new MemoryLocks();
    const first = openTestSpool({ fileSystem, locks, options: small });
    for (let number = 0; number < 5; number++)
      first.spool.deadLetter(batch(number).meta, batch(number, 1800).payload, reason);
    first.spool.close();
    const second = openTestSpool({ fileSystem, locks, options: small });
    for (let number = 10; number < 24; number++) append(second.spool, number, 900);
    await second.clock.until(second.spool.scan());
    expect(bytesOn(fileSystem)).toBeLessThanOrEqual(small.maxBytes);
    expect(second.evicted).toEqual([]);
  });

  test('make room for each other on a full disk', () => {
    const fileSystem = new MemoryDisk();
    const { spool, clock } = openTestSpool({ fileSystem, options: small });
    spool.deadLetter(batch(1).meta, batch(1).payload, reason);
    clock.advance(1);
    let failures = 1;
    fileSystem.fault = ({ name }) => (name === 'write' && failures-- > 0 ? 'ENOSPC' : undefined);
    expect(spool.deadLetter(batch(2).meta, batch(2).payload, reason)).toBe(true);
    expect(spool.gauges().deadLetters).toBe(1);
  });
});
