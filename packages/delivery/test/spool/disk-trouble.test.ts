import { describe, expect, test } from 'vitest';
import type { Fault, Operation } from './memory-disk.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryLocks } from './memory-locks.ts';
import { append, batch, drain, openTestSpool, type SpoolUnderTest } from './spool-under-test.ts';

const small = { maxBytes: 16 * 1024, segmentBytes: 1024, maxFrameBytes: 1024 };

/** A disk that fails while `fault` says so. */
function openOn(options: object = {}): SpoolUnderTest & { readonly disk: MemoryDisk; readonly locks: MemoryLocks } {
  const disk = new MemoryDisk();
  const locks = new MemoryLocks();
  return { ...openTestSpool({ fileSystem: disk, locks, options: { ...small, ...options } }), disk, locks };
}

function tryAppend({ spool }: SpoolUnderTest, number: number, bytes = 100): boolean {
  const { meta, payload } = batch(number, bytes);
  return spool.append(meta, payload) !== undefined;
}

/** The same fault for the next `times` operations of a kind. */
function times(count: number, name: Operation['name'], fault: Fault): MemoryDisk['fault'] {
  let left = count;
  return (operation) => (operation.name === name && left-- > 0 ? fault : undefined);
}

/** What another process finds after this one was killed. */
async function found({ disk }: { readonly disk: MemoryDisk }): Promise<string[]> {
  const next = openTestSpool({ fileSystem: disk.afterKill(), options: small });
  return (await drain(next)).filter(({ payload }) => payload).map(({ frame }) => frame.batchId);
}

const ids = (...numbers: number[]): string[] => numbers.map((number) => batch(number).meta.batchId);
const kinds = ({ reports }: SpoolUnderTest): string[] => reports.map(({ kind }) => kind);

describe('a write', () => {
  test('that is taken in pieces is whole in the end', async () => {
    const on = openOn();
    on.disk.fault = ({ name }) => (name === 'write' ? { written: 7 } : undefined);
    expect(tryAppend(on, 1)).toBe(true);
    expect(await found(on)).toEqual(ids(1));
  });

  test.each(['ENOSPC', 'EDQUOT'])(
    'cut short by %s is taken back, and the application sees nothing (F44, F45)',
    async (code) => {
      const on = openOn();
      append(on.spool, 1);
      let writes = 0;
      on.disk.fault = ({ name }) => (name === 'write' ? (writes++ === 0 ? { written: 60 } : code) : undefined);
      expect(tryAppend(on, 2)).toBe(false);
      expect(on.spool.state).toBe('full');
      expect(kinds(on)).toEqual(['spoolFull']);
      const segment = on.disk.files.find((path) => path.endsWith('1.seg'));
      expect(on.disk.content(segment ?? '')).toHaveLength(156);

      on.disk.fault = () => undefined;
      expect(tryAppend(on, 2)).toBe(false);
      on.clock.advance(1000);
      expect(tryAppend(on, 2)).toBe(true);
      expect(on.spool.state).toBe('ok');
      expect(kinds(on)).toEqual(['spoolFull', 'spoolRecovered']);
      expect(await found(on)).toEqual(ids(1, 2));
    },
  );

  test('cut short on a full disk deletes the oldest own segment once, and is written again (F44)', async () => {
    const on = openOn();
    for (const number of [1, 2, 3]) append(on.spool, number, 900);
    on.disk.fault = times(1, 'write', 'ENOSPC');
    expect(tryAppend(on, 4)).toBe(true);
    expect(on.evicted.map(({ frame }) => frame.batchId)).toEqual(ids(1));
    expect(on.evicted[0]?.payload).toEqual(Uint8Array.from(batch(1, 900).payload));
    expect(await found(on)).toEqual(ids(2, 3, 4));
  });

  test('does not feed a disk that others fill: one segment goes, then batches are refused', () => {
    const on = openOn();
    for (const number of [1, 2, 3, 4, 5]) append(on.spool, number, 900);
    on.disk.fault = ({ name }) => (name === 'write' ? 'ENOSPC' : undefined);
    expect(on.disk.files.filter((path) => path.endsWith('.seg'))).toHaveLength(5);
    for (let number = 6; number < 30; number++) {
      expect(tryAppend(on, number)).toBe(false);
      on.clock.advance(500);
    }
    expect(on.evicted).toHaveLength(1);
  });

  test('over the size limit of a file goes to another file (F45)', async () => {
    const on = openOn();
    append(on.spool, 1);
    on.disk.fault = times(1, 'write', 'EFBIG');
    expect(tryAppend(on, 2)).toBe(true);
    expect(on.evicted).toEqual([]);
    expect(on.disk.files.filter((path) => path.endsWith('.seg'))).toHaveLength(2);
    expect(await found(on)).toEqual(ids(1, 2));
  });

  test('over the size limit of any file is refused, without an end to the segments', () => {
    const on = openOn();
    on.disk.fault = ({ name }) => (name === 'write' ? 'EFBIG' : undefined);
    expect(tryAppend(on, 1)).toBe(false);
    expect(on.spool.state).toBe('full');
    expect(on.disk.files.map((path) => path.slice(-4))).toEqual(['lock']);
  });

  test('that fails seals the segment and goes to the next one (F46)', async () => {
    const on = openOn();
    append(on.spool, 1);
    on.disk.fault = times(1, 'write', 'EIO');
    expect(tryAppend(on, 2)).toBe(true);
    expect(on.spool.state).toBe('ok');
    expect(await found(on)).toEqual(ids(1, 2));
  });

  test('that fails three times in a row makes the disk bad for a minute (F46)', async () => {
    const on = openOn();
    append(on.spool, 1);
    on.disk.fault = ({ name }) => (name === 'write' ? 'EIO' : undefined);
    expect(tryAppend(on, 2)).toBe(false);
    expect(on.spool.state).toBe('ok');
    expect(tryAppend(on, 3)).toBe(false);
    expect(on.spool.state).toBe('bad');
    on.clock.advance(60_000);
    expect(on.spool.state).toBe('bad');
    on.disk.fault = () => undefined;
    on.clock.advance(59_999);
    expect(on.spool.state).toBe('bad');
    on.clock.advance(1);
    expect(on.spool.state).toBe('ok');
    expect(tryAppend(on, 4)).toBe(true);
    expect(kinds(on)).toEqual(['spoolBad', 'spoolRecovered']);
    expect(await found(on)).toEqual(ids(1, 4));
  });

  test('that cannot be taken back leaves a torn frame nobody sends or counts as lost', async () => {
    const on = openOn();
    append(on.spool, 1);
    let writes = 0;
    on.disk.fault = ({ name }) => {
      if (name === 'truncate') return 'EIO';
      if (name !== 'write') return undefined;
      return [{ written: 120 }, 'EIO'][writes++];
    };
    expect(tryAppend(on, 2)).toBe(true);
    on.disk.fault = () => undefined;
    const next = openTestSpool({ fileSystem: on.disk.afterKill(), options: small });
    expect((await drain(next)).map(({ frame }) => frame.batchId)).toEqual(ids(1, 2));
    expect(next.spool.gauges()).toMatchObject({ missingRecords: 0, damagedBytes: 120 });
  });
});

describe('a failed sync', () => {
  test('is never repeated on the same file; its frames are written again elsewhere (F47)', async () => {
    const on = openOn({ fsync: 'each' });
    const first = append(on.spool, 1);
    const synced: string[] = [];
    let failures = 1;
    on.disk.fault = ({ name, path }) => {
      if (name !== 'sync') return undefined;
      synced.push(path);
      return failures-- > 0 ? 'EIO' : undefined;
    };
    const second = append(on.spool, 2);
    append(on.spool, 3);
    expect(synced.map((path) => path.slice(-5))).toEqual(['1.seg', '2.seg', '2.seg']);
    for (const frame of [first, second]) expect(on.spool.read(frame).kind).toBe('payload');
    expect(await found(on)).toEqual(ids(1, 2, 3));
  });

  test('that fails elsewhere too refuses the batch, and at the third makes the disk bad (F47)', () => {
    const on = openOn({ fsync: 'each' });
    on.disk.fault = ({ name }) => (name === 'sync' ? 'EIO' : undefined);
    expect(tryAppend(on, 1)).toBe(false);
    // What was written and not synced is taken back: nobody keeps a promise that was not given.
    expect(on.spool.gauges().records).toBe(0);
    expect(tryAppend(on, 2)).toBe(false);
    expect(on.spool.state).toBe('bad');
  });

  test('in an interval writes all frames since the last one again, and they keep their handles (F47)', async () => {
    const on = openOn({ fsync: 'interval' });
    const early = append(on.spool, 1);
    on.clock.advance(500);
    const late = [2, 3].map((number) => append(on.spool, number));
    on.disk.fault = times(1, 'sync', 'EIO');
    on.clock.advance(500);
    expect(late.map(({ location }) => location.segment.number)).toEqual([2, 2]);
    expect(early.location.segment.number).toBe(1);
    for (const frame of [early, ...late]) on.spool.settle(frame);
    on.disk.fault = () => undefined;
    expect(await found(on)).toEqual([]);
  });

  test('is not left behind by a roll: a segment is synced before it is closed', () => {
    const on = openOn({ fsync: 'interval' });
    const synced: string[] = [];
    on.disk.fault = ({ name, path }) => {
      if (name === 'sync') synced.push(path.slice(-5));
      return undefined;
    };
    for (const number of [1, 2, 3]) append(on.spool, number, 900);
    on.clock.advance(500);
    expect(synced).toEqual(['1.seg', '2.seg', '3.seg']);
  });

  test('happens every 500 ms while there is something to sync, and not else', () => {
    const on = openOn({ fsync: 'interval' });
    const syncs: number[] = [];
    on.disk.fault = ({ name }) => {
      if (name === 'sync') syncs.push(on.clock.nowMs());
      return undefined;
    };
    const startMs = on.clock.nowMs();
    append(on.spool, 1);
    on.clock.advance(200);
    append(on.spool, 2);
    on.clock.advance(5000);
    append(on.spool, 3);
    on.clock.advance(5000);
    expect(syncs.map((atMs) => atMs - startMs)).toEqual([500, 5700]);
  });
});

test('a directory that is made for synced frames is synced, and so is the one above it', () => {
  const disk = new MemoryDisk();
  const synced: string[] = [];
  disk.fault = ({ name, path }) => {
    if (name === 'syncDirectory') synced.push(path);
    return undefined;
  };
  openTestSpool({ fileSystem: disk, options: { dir: '/var/spool', fsync: 'each' } });
  expect(synced).toEqual(['/var/spool', '/var']);
});

describe('a directory', () => {
  test('deleted while running is made anew, with the batches of the open segment (F48)', async () => {
    const on = openOn();
    append(on.spool, 1, 900);
    const open = [2, 3].map((number) => append(on.spool, number));
    on.disk.removeTree('/spool');
    expect(tryAppend(on, 4)).toBe(true);
    expect(open.map((frame) => on.spool.read(frame).kind)).toEqual(['payload', 'payload']);
    expect(await found(on)).toEqual(ids(2, 3, 4));
  });

  test('deleted with a sealed segment says so for its frames, and counts what was not handed out (F48)', async () => {
    const before = openOn();
    append(before.spool, 1, 900);
    append(before.spool, 2, 900);
    const sealed = append(before.spool, 3, 900);
    before.spool.close();
    const on = {
      ...openTestSpool({ fileSystem: before.disk, locks: before.locks, options: small }),
      disk: before.disk,
    };
    await on.clock.until(on.spool.scan());
    on.clock.advance(100);
    const own = append(on.spool, 4, 900);
    append(on.spool, 5, 900);
    before.disk.removeTree('/spool');
    expect(tryAppend(on, 6, 900)).toBe(true);
    const onDisk = before.disk.files.reduce((sum, path) => sum + before.disk.content(path).length, 0);
    expect(on.spool.gauges()).toMatchObject({ bytes: onDisk, segments: 1 });
    expect(on.spool.gauges().missingRecords).toBe(batch(1).meta.records + batch(2).meta.records + sealed.records);
    expect(on.spool.read(own)).toEqual({ kind: 'corrupt' });
    expect(on.spool.gauges().corruptRecords).toBe(own.records);
    expect(on.spool.take()).toEqual({ kind: 'empty' });
  });

  test('deleted and not to be made again makes the disk bad; a minute later it is tried again (F48)', () => {
    const on = openOn();
    append(on.spool, 1);
    on.disk.removeTree('/spool');
    on.disk.fault = ({ name }) => (name === 'makeDirectory' ? 'EACCES' : undefined);
    expect(tryAppend(on, 2)).toBe(false);
    expect(on.spool.state).toBe('bad');
    on.disk.fault = () => undefined;
    on.clock.advance(60_000);
    expect(on.spool.state).toBe('ok');
    expect(tryAppend(on, 3)).toBe(true);
  });

  test('keeps its place when only the open segment is deleted (F48)', async () => {
    const on = openOn();
    const frame = append(on.spool, 1);
    const path = on.disk.files.find((name) => name.endsWith('1.seg')) ?? '';
    on.disk.unlink(path);
    expect(tryAppend(on, 2)).toBe(true);
    expect(on.spool.read(frame).kind).toBe('payload');
    expect(frame.location.segment.number).toBe(2);
    expect(await found(on)).toEqual(ids(1, 2));
  });
});

describe('the start', () => {
  test.each([
    ['EACCES', 'makeDirectory', 'let this user write there'],
    ['EROFS', 'makeDirectory', 'read-only'],
    ['ENOTDIR', 'makeDirectory', 'name a directory'],
    ['EMFILE', 'open', 'ulimit -n'],
    ['ENOSPC', 'makeDirectory', 'free some space'],
    ['EIO', 'write', 'failing'],
  ] as const)('with %s from %s warns once and goes on without a disk (F49, F50)', (code, name, advice) => {
    const disk = new MemoryDisk();
    disk.fault = (operation) => (operation.name === name ? code : undefined);
    const on = openTestSpool({ fileSystem: disk });
    expect(on.spool.state).toBe('bad');
    expect(tryAppend(on, 1)).toBe(false);
    expect(on.spool.take()).toEqual({ kind: 'empty' });
    expect(on.spool.deadLetter(batch(1).meta, batch(1).payload, { status: 400, endpoint: '', reply: '' })).toBe(false);
    on.clock.advance(600_000);
    const warnings = on.reports.filter(({ kind }) => kind === 'spoolBad');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(advice);
    disk.fault = () => undefined;
    on.clock.advance(60_000);
    expect(on.spool.state).toBe('ok');
    expect(tryAppend(on, 2)).toBe(true);
    on.spool.close();
    expect(on.clock.pendingTimers).toBe(0);
  });

  test('on a full disk still lets the backlog go, which is what makes room', async () => {
    const before = openOn();
    append(before.spool, 1);
    before.spool.close();
    const disk = before.disk;
    disk.fault = ({ name }) => (name === 'write' ? 'ENOSPC' : undefined);
    const on = openTestSpool({ fileSystem: disk, locks: before.locks, options: small });
    expect(on.spool.state).toBe('full');
    expect((await drain(on, true)).map(({ frame }) => frame.batchId)).toEqual(ids(1));
    disk.fault = () => undefined;
    expect(tryAppend(on, 2)).toBe(true);
  });
});

describe('a segment that cannot be deleted', () => {
  test('is marked as done with, and not taken over again a minute later', async () => {
    const before = openOn();
    append(before.spool, 1);
    before.spool.close();
    before.disk.fault = ({ name, path }) => (name === 'unlink' && path.endsWith('.seg') ? 'EACCES' : undefined);
    const on = openTestSpool({ fileSystem: before.disk, locks: before.locks });
    await on.clock.until(on.spool.scan());
    for (const { frame } of await drain(on)) on.spool.settle(frame);
    await on.clock.until(on.spool.scan());
    on.clock.advance(1000);
    expect(await drain(on)).toEqual([]);
    expect(kinds(on).filter((kind) => kind === 'spoolAdopted')).toHaveLength(1);
    expect(await found({ disk: before.disk })).toEqual([]);
  });
});

describe('a lack of descriptors (F50)', () => {
  test('at a roll keeps the open segment, and is tried again a second later', async () => {
    const on = openOn();
    append(on.spool, 1, 900);
    let opens = 0;
    on.disk.fault = ({ name }) => {
      if (name !== 'open') return undefined;
      opens++;
      return 'EMFILE';
    };
    for (const number of [2, 3, 4]) append(on.spool, number, 900);
    expect(opens).toBe(1);
    expect(on.spool.state).toBe('ok');
    on.disk.fault = () => undefined;
    append(on.spool, 5);
    expect(on.disk.files.filter((path) => path.endsWith('.seg'))).toHaveLength(1);
    on.clock.advance(1000);
    append(on.spool, 6);
    expect(on.disk.files.filter((path) => path.endsWith('.seg'))).toHaveLength(2);
    expect(await found(on)).toEqual(ids(1, 2, 3, 4, 5, 6));
  });

  test('leaves frames unread for later, not for lost', () => {
    const on = openOn();
    const frame = append(on.spool, 1, 900);
    append(on.spool, 2, 900);
    on.disk.fault = ({ name }) => (name === 'open' ? 'EMFILE' : undefined);
    expect(on.spool.read(frame)).toEqual({ kind: 'unavailable', code: 'EMFILE' });
    on.disk.fault = () => undefined;
    expect(on.spool.read(frame).kind).toBe('payload');
  });

  test('for the marks of a segment does not send again what was acknowledged', async () => {
    const before = openOn();
    const [first] = [append(before.spool, 1), append(before.spool, 2)];
    if (first !== undefined) before.spool.settle(first);
    before.spool.close();
    let opens = 0;
    before.disk.fault = ({ name, path }) => {
      if (name !== 'open' || !path.endsWith('.ack') || opens === 2) return undefined;
      opens++;
      return 'EMFILE';
    };
    const on = openTestSpool({ fileSystem: before.disk, locks: before.locks });
    await on.clock.until(on.spool.scan());
    for (let turn = 0; turn < 5; turn++) on.clock.advance(1000);
    expect((await drain(on)).map(({ frame }) => frame.batchId)).toEqual(ids(2));
    expect(opens).toBe(2);
  });

  test('in the middle of a backlog hands out no frame twice', async () => {
    const large = { maxBytes: 1024 * 1024, segmentBytes: 64 * 1024, maxFrameBytes: 64 * 1024 };
    const before = openOn(large);
    for (const number of [1, 2, 3, 4]) append(before.spool, number, 8000);
    before.spool.close();
    const on = openTestSpool({ fileSystem: before.disk, locks: before.locks, options: large });
    await on.clock.until(on.spool.scan());
    on.clock.advance(10);
    const sealed = append(on.spool, 10, 60_000);
    append(on.spool, 11, 60_000);
    const taken: string[] = [];
    for (let turn = 0; turn < 20; turn++) {
      // Another segment is read in between, so that the one of the backlog has to be opened again.
      on.spool.read(sealed);
      before.disk.fault = ({ name }) => (name === 'open' && turn % 3 === 1 ? 'EMFILE' : undefined);
      const step = on.spool.take();
      if (step.kind === 'frame') taken.push(step.frame.batchId);
      before.disk.fault = () => undefined;
      on.clock.advance(1000);
    }
    expect(taken).toEqual(ids(1, 2, 3, 4));
  });

  test('deletes no segment that only cannot be read now: the batch is refused', async () => {
    const before = openOn();
    for (let number = 0; number < 14; number++) append(before.spool, number, 900);
    before.spool.close();
    const on = openTestSpool({ fileSystem: before.disk, locks: before.locks, options: small });
    append(on.spool, 20, 300);
    await on.clock.until(on.spool.scan());
    before.disk.fault = ({ name, path }) =>
      name === 'open' && /[0-9a-f]{16}.[0-9a-f]{16}/.test(path) ? 'EMFILE' : undefined;
    for (const number of [21, 22]) tryAppend(on, number, 300);
    for (let number = 23; number < 40; number++) tryAppend(on, number, 900);
    expect(on.spool.state).toBe('full');
    expect(on.evicted.map(({ payload }) => payload).filter((payload) => payload === undefined)).toEqual([]);
    expect(on.spool.gauges().missingRecords).toBe(0);
  });

  test('leaves acknowledgements unwritten, which costs a duplicate', async () => {
    const on = openOn();
    const frame = append(on.spool, 1);
    on.disk.fault = ({ name }) => (name === 'open' ? 'EMFILE' : undefined);
    on.spool.settle(frame);
    expect(on.spool.gauges().records).toBe(0);
    on.disk.fault = () => undefined;
    expect(await found(on)).toEqual(ids(1));
  });
});

test('never holds more than four descriptors', () => {
  const on = openOn();
  let most = 0;
  on.disk.fault = () => {
    most = Math.max(most, on.disk.openFiles);
    return undefined;
  };
  const frames = Array.from({ length: 40 }, (_, number) => append(on.spool, number, 500));
  for (let at = 0; at < frames.length; at += 3) {
    const frame = frames[at];
    if (frame !== undefined && on.spool.read(frame).kind === 'payload') on.spool.settle(frame);
  }
  expect(most).toBeLessThanOrEqual(4);
});
