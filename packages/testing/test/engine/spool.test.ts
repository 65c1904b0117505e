import { describe, expect, it } from 'vitest';
import { textFormat } from '../../../delivery/test/text-records.ts';
import { type Engine, INFO, isLawful, ok, refused } from './engine.ts';
import { createMachine } from './machine.ts';

const FATAL = 21;

const texts = (count: number, prefix = 'r'): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const spooledOf = ({ delivery }: Engine): number => delivery.stats().spooled;

describe('a spool in mode wal', () => {
  it('that is smaller than what memory holds is written once, not over and over', async () => {
    const machine = createMachine({ maxBytes: 16 * 1024, segmentBytes: 2048 });
    const engine = machine.start(() => ({ kind: 'hang' }), { batch: { maxRecords: 5 }, timeoutMs: 0 });
    for (const text of texts(300)) engine.log(text.padEnd(96, '.'));
    await engine.clock.advance(1000);
    const before = machine.disk.operations;
    await engine.clock.advance(1000);
    expect(machine.disk.operations - before).toBeLessThan(10);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 300, pending: 300 });
    expect(spooledOf(engine)).toBeGreaterThan(50);
  });

  it('wakes nobody for a batch that has no place on its disk', async () => {
    const machine = createMachine({ mode: 'spill', maxBytes: 16 * 1024, segmentBytes: 2048 });
    const engine = machine.start(() => refused, { batch: { maxRecords: 5 } });
    for (const text of texts(300)) engine.log(text.padEnd(96, '.'));
    await engine.clock.advance(60_000);
    const untilMs = engine.clock.nowMs() + 10_000;
    let wakeups = 0;
    while (engine.clock.nextTimerMs <= untilMs) {
      await engine.clock.advance(engine.clock.nextTimerMs - engine.clock.nowMs());
      wakeups++;
    }
    expect(wakeups).toBeLessThan(200);
  });

  it('keeps no flush waiting, and no process, for what a close has left on disk', async () => {
    const machine = createMachine();
    const engine = machine.start(() => refused);
    engine.log('a');
    await engine.clock.advance(1000);
    const during = engine.delivery.flush({ timeoutMs: Infinity });
    const closed = engine.delivery.close({ timeoutMs: 1000 });
    await engine.clock.advance(1000);
    const after = engine.delivery.flush({ timeoutMs: Infinity });
    await engine.clock.settle();
    for (const promise of [during, closed, after]) expect(await promise).toMatchObject({ pending: 1, spooled: 1 });
    expect(engine.clock.holdingTimers).toBe(0);
  });

  it('whose disk cannot be read now asks it once a second, also when every endpoint is out', async () => {
    const machine = createMachine({ mode: 'spill' });
    const engine = machine.start(() => refused);
    for (const text of texts(10)) engine.log(text);
    await engine.clock.advance(60_000);
    expect(spooledOf(engine)).toBe(10);
    let reads = 0;
    machine.disk.fault = ({ name }) => (name === 'read' && reads++ < 1000 ? 'EIO' : undefined);
    await engine.clock.advance(10_000);
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(30);
    expect(engine.delivery.stats()).toMatchObject({ pending: 10 });
  });

  it('holds every batch before its first attempt, and nothing once all is delivered', async () => {
    const machine = createMachine();
    let onDisk: number[] = [];
    const engine = machine.start(() => {
      onDisk = [...onDisk, spooledOf(engine)];
      return ok;
    });
    for (const text of texts(10)) engine.log(text);
    expect(machine.disk.operations).toBeGreaterThan(0);
    const before = machine.disk.operations;
    engine.log('not in the call');
    expect(machine.disk.operations).toBe(before);
    await engine.clock.advance(1000);
    expect(engine.sent()).toEqual([...texts(10), 'not in the call']);
    expect(onDisk).toEqual([11]);
    expect(engine.delivery.stats()).toMatchObject({ accepted: 11, delivered: 11, pending: 0, spooled: 0 });
  });

  it('loses nothing that was sealed when its process is killed, and sends it under the same ids', async () => {
    const machine = createMachine();
    const first = machine.start(() => refused);
    for (const text of texts(10)) first.log(text);
    await first.clock.advance(60_000);
    expect(first.delivery.stats()).toMatchObject({ pending: 10, spooled: 10 });
    const ids = first.network.requests.map(({ headers }) => headers['idempotency-key']);

    const second = machine.start(() => ok);
    await second.clock.advance(5000);
    expect(second.sent()).toEqual(texts(10));
    expect(ids).toContain(second.network.requests[0]?.headers['idempotency-key']);
    expect(second.delivery.stats()).toMatchObject({ accepted: 10, delivered: 10, pending: 0, spooled: 0 });

    const third = machine.start(() => ok);
    await third.clock.advance(5000);
    expect(third.network.requests).toEqual([]);
    expect(third.delivery.stats().accepted).toBe(0);
  });

  it('leaves everything to the next process when it is closed with no backend', async () => {
    const machine = createMachine();
    const first = machine.start(() => refused);
    for (const text of texts(10)) first.log(text);
    const closing = first.delivery.close({ timeoutMs: 5000 });
    await first.clock.advance(5000);
    expect(await closing).toMatchObject({ accepted: 10, pending: 10, spooled: 10, fallback: 0 });
    expect(first.stdio.lines.filter((line) => line.startsWith('{'))).toEqual([]);
    const second = machine.start(() => ok);
    await second.clock.advance(5000);
    expect(second.sent()).toEqual(texts(10));
    expect(isLawful(second)).toBe(true);
  });
});

describe('a batch of a process that spoke another format', () => {
  it.each([
    ['application/json', 'application/x-protobuf', 'application/json'],
    ['application/x-protobuf', 'application/json', 'application/x-protobuf'],
    ['application/x-own', 'application/x-own', 'application/x-own'],
  ])('made as %s and found by one of %s is sent as %s', async (made, found, sent) => {
    const machine = createMachine();
    const first = machine.start(() => refused, { format: { ...textFormat, contentType: made } });
    first.log('a');
    await first.clock.advance(1000);
    const second = machine.start(() => ok, { format: { ...textFormat, contentType: found } });
    await second.clock.advance(5000);
    expect(second.network.requests.map(({ headers }) => headers['content-type'])).toEqual([sent]);
  });
});

describe('a record of FATAL', () => {
  it('is on disk when the log call returns', async () => {
    const machine = createMachine();
    const first = machine.start(() => ok);
    first.log('lost', INFO);
    first.log('the last words', FATAL);
    expect(first.delivery.stats()).toMatchObject({ accepted: 2, pending: 2, spooled: 1 });
    const second = machine.start(() => ok);
    await second.clock.advance(5000);
    expect(second.sent()).toEqual(['the last words']);
    await first.clock.advance(5000);
    expect(first.delivery.stats()).toMatchObject({ delivered: 2, pending: 0, spooled: 0 });
  });
});

describe('a spool in mode spill', () => {
  it('is not written to while everything is delivered in time', async () => {
    const machine = createMachine({ mode: 'spill' });
    const engine = machine.start(() => ok);
    await engine.clock.advance(10);
    const before = machine.disk.operations;
    for (const text of texts(10)) engine.log(text);
    await engine.clock.advance(1000);
    expect(engine.delivery.stats().delivered).toBe(10);
    expect(machine.disk.operations).toBe(before);
  });

  it('takes what waits once every endpoint is out, and gives it back afterwards', async () => {
    const machine = createMachine({ mode: 'spill' });
    let isUp = false;
    const engine = machine.start(() => (isUp ? ok : refused));
    for (const text of texts(10)) engine.log(text);
    await engine.clock.advance(20_000);
    for (const text of texts(10, 's')) engine.log(text);
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ pending: 20, spooled: 20 });
    isUp = true;
    await engine.clock.advance(70_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 20, pending: 0, spooled: 0 });
  });
});
