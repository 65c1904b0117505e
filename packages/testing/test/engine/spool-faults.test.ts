import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Fault, Operation } from '../../../delivery/test/spool/memory-disk.ts';
import { textsOf } from '../../../delivery/test/text-records.ts';
import { type Engine, INFO, isLawful, ok, refused, WARN } from './engine.ts';
import { createMachine } from './machine.ts';

const texts = (count: number, prefix = 'r'): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const lines = ({ stdio }: Engine): string[] =>
  stdio.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).text);
const kinds = ({ diagnostics }: Engine): string[] => diagnostics.map(({ kind }) => kind);
const segmentsOf = (machine: ReturnType<typeof createMachine>): string[] =>
  machine.disk.files.filter((file) => file.endsWith('.seg'));
const textOfBytes = (bytes: number, i: number): string => `${i}`.padEnd(bytes - 4, '.');
const DAY_MS = 86_400_000;

describe('a disk in trouble', () => {
  const onWrite =
    (fault: Fault) =>
    ({ name, path }: Operation): Fault =>
      name === 'write' && path.endsWith('.seg') ? fault : undefined;

  it.each<[string, Fault, string]>([
    ['a disk that is full in the middle of a frame (F44)', { written: 70 }, 'spoolFull'],
    ['a disk that is full (F44)', 'ENOSPC', 'spoolFull'],
    ['a file that may not grow (F45)', 'EFBIG', 'spoolFull'],
    ['a quota that is used up (F45)', 'EDQUOT', 'spoolFull'],
    ['a device that fails (F46)', 'EIO', 'spoolBad'],
  ])('%s: everything is delivered from memory, and one diagnostic says so', async (_what, fault, kind) => {
    const machine = createMachine();
    const engine = machine.start(() => ok);
    let hasWritten = false;
    machine.disk.fault = ({ name, path, index }) => {
      if (name !== 'write' || !path.endsWith('.seg')) return undefined;
      // A short write is short once, and then there is no room at all.
      if (typeof fault !== 'object' || hasWritten)
        return typeof fault === 'object' ? 'ENOSPC' : onWrite(fault)({ name, path, index });
      hasWritten = true;
      return fault;
    };
    for (let i = 0; i < 5; i++) {
      for (const text of texts(10, `${i}.`)) engine.log(text);
      await engine.clock.advance(1500);
    }
    expect(engine.delivery.stats()).toMatchObject({ accepted: 50, delivered: 50, pending: 0, spooled: 0 });
    expect(new Set(engine.sent()).size).toBe(50);
    expect(kinds(engine).filter((other) => other === kind)).toHaveLength(1);
  });

  it('a batch that loses its place while it is sent takes no memory beyond the budget once it is back', async () => {
    const machine = createMachine({ mode: 'spill', maxBytes: 512 * 1024, segmentBytes: 64 * 1024 });
    const failing = { kind: 'failure', code: 'ECONNRESET', delayMs: 2000 } as const;
    const options = { queue: { maxBytes: 64 * 1024 }, batch: { maxRecords: 1 } };
    const engine = machine.start(() => failing, options);
    const fill = (): void => {
      for (const text of texts(64)) engine.log(text.padEnd(1020, '.'), WARN);
    };
    const bytesInMemory = (): number => {
      const { pending, spooled } = engine.delivery.stats();
      return (pending - spooled) * 1024;
    };
    fill();
    await engine.clock.advance(10_000);
    // What is sent now was read from disk for it: on top of the budget, which others fill meanwhile.
    while (engine.delivery.stats().inFlight === 0) await engine.clock.advance(10);
    machine.disk.fault = onWrite('ENOSPC');
    fill();
    await engine.clock.advance(100);
    expect(engine.delivery.stats().spooled).toBeLessThan(10);
    expect(bytesInMemory()).toBe(65 * 1024);
    while (engine.delivery.stats().inFlight > 0) await engine.clock.advance(10);
    expect(bytesInMemory()).toBe(64 * 1024);
    expect(isLawful(engine)).toBe(true);
  });

  it('a write that fails once: the segment is sealed, the next one takes the batch (F46)', async () => {
    const machine = createMachine();
    const engine = machine.start(() => refused);
    let failures = 0;
    machine.disk.fault = (operation) => {
      const fault = failures === 0 ? onWrite('EIO')(operation) : undefined;
      if (fault !== undefined) failures++;
      return fault;
    };
    engine.log('a');
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ pending: 1, spooled: 1 });
    const next = machine.start(() => ok);
    await next.clock.advance(5000);
    expect(next.sent()).toEqual(['a']);
  });

  it('an fsync that fails: the batches are written again elsewhere, and survive (F47)', async () => {
    const machine = createMachine({ fsync: 'each' });
    const engine = machine.start(() => refused);
    let failures = 0;
    machine.disk.fault = ({ name }) => (name === 'sync' && failures++ === 0 ? 'EIO' : undefined);
    engine.log('a');
    await engine.clock.advance(1000);
    expect(failures).toBeGreaterThan(0);
    expect(engine.delivery.stats()).toMatchObject({ pending: 1, spooled: 1 });
    const next = machine.start(() => ok);
    await next.clock.advance(5000);
    expect(next.sent()).toEqual(['a']);
    expect(next.delivery.stats()).toMatchObject({ accepted: 1, delivered: 1 });
  });

  it('a directory deleted while running: what memory holds goes on, later batches are on disk again (F48)', async () => {
    const machine = createMachine();
    let isUp = false;
    const engine = machine.start(() => (isUp ? ok : refused));
    for (const text of texts(10)) engine.log(text);
    await engine.clock.advance(1000);
    machine.disk.removeTree('/spool');
    for (const text of texts(10, 's')) engine.log(text);
    await engine.clock.advance(1000);
    expect(segmentsOf(machine)).not.toEqual([]);
    expect(isLawful(engine)).toBe(true);
    isUp = true;
    await engine.clock.advance(70_000);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 20, delivered: 20, pending: 0, spooled: 0 });
  });

  it.each(['EACCES', 'EROFS', 'ENOTDIR', 'EMFILE'])(
    'a directory that cannot be used at the start (%s): one line, and memory alone (F49, F50)',
    async (code) => {
      const machine = createMachine();
      machine.disk.fault = ({ name }) => (name === 'makeDirectory' || name === 'open' ? code : undefined);
      const engine = machine.start(() => ok);
      for (const text of texts(10)) engine.log(text);
      engine.log('fatal', 21);
      await engine.clock.advance(130_000);
      expect(engine.delivery.stats()).toMatchObject({ accepted: 11, delivered: 11 });
      expect(kinds(engine).filter((kind) => kind === 'spoolBad')).toHaveLength(1);
      expect(engine.stdio.lines.filter((line) => line.includes('cannot use /spool'))).toHaveLength(1);
    },
  );

  it('a lock that somebody deletes again and again, on a disk that is read-only for a while, costs nothing', async () => {
    const machine = createMachine({}, false);
    let isUp = false;
    const engine = machine.start(() => (isUp ? ok : refused));
    engine.log('on disk');
    await engine.clock.advance(1000);
    machine.disk.fault = ({ name }) => (name === 'write' ? 'EROFS' : undefined);
    engine.log('in memory');
    await engine.clock.advance(300_000);
    machine.disk.fault = () => undefined;
    isUp = true;
    await engine.clock.advance(200_000);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 2, delivered: 2, pending: 0, spooled: 0 });
  });

  it('a disk that works again is used again', async () => {
    const machine = createMachine();
    machine.disk.fault = ({ name }) => (name === 'makeDirectory' ? 'EACCES' : undefined);
    const engine = machine.start(() => refused);
    engine.log('a');
    await engine.clock.advance(30_000);
    expect(engine.delivery.stats()).toMatchObject({ pending: 1, spooled: 0 });
    machine.disk.fault = () => undefined;
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats()).toMatchObject({ pending: 1, spooled: 1 });
    expect(kinds(engine)).toContain('spoolRecovered');
  });
});

describe('what an earlier process left', () => {
  /** A machine with batches of one process, a record each. */
  async function withBacklog(records: string[], options = {}): Promise<ReturnType<typeof createMachine>> {
    const machine = createMachine(options);
    const first = machine.start(() => refused, { batch: { maxRecords: 1 } });
    for (const text of records) first.log(text);
    await first.clock.advance(1000);
    expect(first.delivery.stats().spooled).toBe(records.length);
    return machine;
  }

  it('goes in turns with live batches, which go first', async () => {
    const machine = await withBacklog(texts(40, 'old'));
    const engine = machine.start(() => ok, { batch: { maxRecords: 1 } });
    for (const text of texts(100, 'new')) engine.log(text);
    await engine.clock.advance(400);
    const sent = engine.sent();
    expect(sent[0]).toMatch(/^new/);
    const old = sent.slice(0, 60).filter((text) => text.startsWith('old')).length;
    expect(old).toBeGreaterThan(20);
    expect(old).toBeLessThan(40);
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 140, delivered: 140, pending: 0, spooled: 0 });
  });

  it('waits up to 5 s after an outage, while live batches do not', async () => {
    const machine = await withBacklog(texts(5, 'old'));
    let isUp = false;
    const engine = machine.start(() => (isUp ? ok : refused));
    engine.log('live');
    await engine.clock.advance(10_000);
    isUp = true;
    await engine.clock.advance(75_000);
    expect(new Set(engine.sent())).toEqual(new Set(['live', ...texts(5, 'old')]));
    expect(engine.delivery.stats()).toMatchObject({ accepted: 6, delivered: 6, spooled: 0 });
  });

  it('is pending and on disk in the ledger before anybody asked for it, and a close leaves it there', async () => {
    const machine = await withBacklog(texts(100));
    const engine = machine.start(() => refused);
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 100, pending: 100, spooled: 100 });
    expect(isLawful(engine)).toBe(true);
    const closing = engine.delivery.close({ timeoutMs: 1000 });
    await engine.clock.advance(1000);
    expect(await closing).toMatchObject({ accepted: 100, pending: 100, spooled: 100, fallback: 0 });
  });

  it('with a flipped bit costs that batch alone, counted (F51)', async () => {
    const machine = await withBacklog(['first record', 'second record', 'third record']);
    const [segment = ''] = segmentsOf(machine);
    const bytes = Buffer.from(machine.disk.content(segment));
    bytes[bytes.indexOf('second')] = 0;
    machine.disk.setContent(segment, bytes);
    const engine = machine.start(() => ok);
    await engine.clock.advance(5000);
    expect(new Set(engine.sent())).toEqual(new Set(['first record', 'third record']));
    expect(engine.delivery.stats()).toMatchObject({ accepted: 3, delivered: 2, dropped: { byReason: { corrupt: 1 } } });
    expect(isLawful(engine)).toBe(true);
  });

  it('of a later version is left alone, and the rest is sent (F56)', async () => {
    const machine = await withBacklog(['first record', 'second record', 'third record']);
    const [segment = ''] = segmentsOf(machine);
    const bytes = Buffer.from(machine.disk.content(segment));
    const magic = bytes.subarray(0, 4);
    const second = bytes.indexOf(magic, 4);
    bytes[second + 4] = 2;
    bytes.writeUInt32LE(crc32(bytes.subarray(second, second + 48)), second + 48);
    machine.disk.setContent(segment, bytes);
    const engine = machine.start(() => ok);
    await engine.clock.advance(5000);
    expect(engine.sent()).toEqual(['first record', 'third record']);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 2, delivered: 2 });
    expect(kinds(engine)).toContain('spoolDamaged');
    expect(segmentsOf(machine)).toHaveLength(1);
  });

  it.each([1, 30, 57, 60])(
    'with %d bytes of its last frame missing loses that frame, counted (F52)',
    async (missing) => {
      const machine = await withBacklog(['first record', 'second record']);
      const [segment = ''] = segmentsOf(machine);
      const whole = machine.disk.content(segment);
      machine.disk.setContent(segment, whole.subarray(0, whole.length - missing));
      const engine = machine.start(() => ok);
      await engine.clock.advance(5000);
      expect(engine.sent()).toEqual(['first record']);
      const { accepted, dropped } = engine.delivery.stats();
      expect(accepted - dropped.byReason.crash_window).toBe(1);
      expect(isLawful(engine)).toBe(true);
    },
  );

  it.each<[string, Buffer]>([
    ['zeros (F53)', Buffer.alloc(5000)],
    ['garbage (F54)', Buffer.alloc(5000, 'garbage')],
    ['nothing (F55)', Buffer.alloc(0)],
  ])('a segment of %s stops nothing', async (_what, bytes) => {
    const machine = await withBacklog(['a']);
    const [segment = ''] = segmentsOf(machine);
    const other = segment.replace(/\d+\.seg$/, '99.seg');
    machine.disk.close(machine.disk.open(other, 'create'));
    machine.disk.setContent(other, bytes);
    const engine = machine.start(() => ok);
    await engine.clock.advance(5000);
    expect(engine.sent()).toEqual(['a']);
    expect(isLawful(engine)).toBe(true);
  });

  it('older than 72 hours goes to the fallback', async () => {
    const machine = await withBacklog(texts(3));
    const engine = machine.start(() => ok);
    engine.clock.shiftWall(4 * DAY_MS);
    await engine.clock.advance(5000);
    expect(engine.sent()).toEqual([]);
    expect(lines(engine)).toEqual(texts(3));
    expect(engine.delivery.stats()).toMatchObject({ accepted: 3, fallback: 3 });
  });

  it('is halved when a server answers 413, under ids that follow from the first', async () => {
    const machine = createMachine();
    const first = machine.start(() => refused);
    for (const text of texts(8)) first.log(text);
    await first.clock.advance(1000);
    const engine = machine.start(({ body }) =>
      textsOf(body).length > 3 ? { kind: 'reply', status: 413, delayMs: 1 } : ok,
    );
    await engine.clock.advance(10_000);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 8, delivered: 8, pending: 0, spooled: 0 });
    const delivered = engine.network.requests.filter(({ body }) => textsOf(body).length <= 3);
    expect(delivered.map(({ body }) => textsOf(body).length)).toEqual([2, 2, 2, 2]);
    expect(segmentsOf(machine).length).toBeLessThanOrEqual(1);
  });
});

describe('limits', () => {
  it('a full spool gives the oldest records to the fallback, and counts what that cannot take (G10)', async () => {
    const machine = createMachine({ maxBytes: 64 * 1024 });
    const engine = machine.start(() => refused, { batch: { maxRecords: 10 }, queue: { maxBytes: 64 * 1024 } });
    for (let i = 0; i < 400; i++) {
      engine.log(textOfBytes(500, i));
      if (i % 20 === 0) await engine.clock.advance(50);
    }
    await engine.clock.advance(5000);
    expect(isLawful(engine)).toBe(true);
    const { fallback, spooled, pending } = engine.delivery.stats();
    expect(fallback).toBeGreaterThan(100);
    expect(spooled).toBeGreaterThan(50);
    expect(spooled).toBeLessThanOrEqual(pending);
    expect(Number.parseInt(lines(engine)[0] ?? '', 10)).toBeLessThan(100);
    expect(fallback + pending).toBe(400);
  });

  it('memory above its half keeps no copies of what is on disk, and takes new records instead of dropping old ones', async () => {
    const machine = createMachine();
    let isUp = false;
    const engine = machine.start(() => (isUp ? ok : refused), { queue: { maxBytes: 64 * 1024 } });
    for (let burst = 0; burst < 20; burst++) {
      for (let i = 0; i < 40; i++) engine.log(textOfBytes(500, burst * 40 + i));
      await engine.clock.advance(300);
    }
    expect(engine.delivery.stats()).toMatchObject({ accepted: 800, pending: 800, spooled: 800, fallback: 0 });
    isUp = true;
    await engine.clock.advance(120_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 800, pending: 0, spooled: 0 });
  });

  it('a batch on disk is given up after 72 hours, one in memory after 15 minutes', async () => {
    const machine = createMachine();
    const engine = machine.start(() => refused);
    engine.log('on disk', INFO);
    await engine.clock.advance(1000);
    machine.disk.fault = ({ name }) => (name === 'write' ? 'EROFS' : undefined);
    engine.log('in memory', WARN);
    await engine.clock.advance(16 * 60_000);
    expect(lines(engine)).toEqual(['in memory']);
    await engine.clock.advance(3 * DAY_MS);
    expect(lines(engine)).toEqual(['in memory', 'on disk']);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 2, fallback: 2, pending: 0, spooled: 0 });
  });
});

describe('dead letters', () => {
  const letters = (machine: ReturnType<typeof createMachine>): string[] =>
    machine.disk.files
      .filter((file) => file.includes('/dlq/'))
      .map((file) => machine.disk.content(file).toString('latin1'));

  it('keep what a server refuses, with its words, counted once, and no line on stderr', async () => {
    const machine = createMachine();
    const body = Buffer.from('no such tenant');
    const engine = machine.start(() => ({ kind: 'reply', status: 400, body, delayMs: 1 }));
    for (const text of texts(3)) engine.log(text);
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 3, rejected: 3, pending: 0, spooled: 0 });
    expect(letters(machine)).toEqual([expect.stringMatching(/r0.*r1.*r2.*"status":400.*"reply":"no such tenant"/s)]);
    expect(lines(engine)).toEqual([]);
  });

  it('keep a batch of which a server refused a part', async () => {
    const machine = createMachine();
    const reply = { contentType: 'application/x-texts', body: Buffer.from('1|one is bad') };
    const engine = machine.start(() => ({ kind: 'reply', status: 200, delayMs: 1, ...reply }));
    for (const text of texts(3)) engine.log(text);
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 2, rejected: 1, pending: 0, spooled: 0 });
    expect(letters(machine)).toEqual([expect.stringContaining('one is bad')]);
  });
});
