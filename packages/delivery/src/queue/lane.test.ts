import { describe, expect, it } from 'vitest';
import { type TextRecord, textCodec, textsOfRuns } from '../../test/text-records.ts';
import { ChunkPool } from './chunk-pool.ts';
import { Lane } from './lane.ts';

const id = '0'.repeat(32);

function newLane({ maxBatchBytes = 100, maxRecordBytes = 50 } = {}): Lane<TextRecord> {
  return new Lane('low', textCodec, new ChunkPool(Math.max(maxBatchBytes, maxRecordBytes)), maxRecordBytes);
}

function put(lane: Lane<TextRecord>, text: string, { group = 0, severityNumber = 9, nowMs = 0 } = {}): boolean {
  const end = lane.encode({ text });
  if (end >= 0) lane.commit(end, group, severityNumber, () => nowMs);
  return end >= 0;
}

describe('a lane', () => {
  it('seals what it was given, in order, under the id it was given', () => {
    const lane = newLane();
    for (const text of ['a', 'bc', '']) put(lane, text, { nowMs: 7 });
    const batch = lane.seal(id);
    expect(batch).toMatchObject({ id, lane: 'low', records: 3, bytes: 15, openedMs: 7 });
    expect(textsOfRuns(batch.runs)).toEqual(['a', 'bc', '']);
    expect(lane).toMatchObject({ records: 0, bytes: 0, isUrgent: false });
  });

  it('opens a run whenever the group changes', () => {
    const lane = newLane();
    for (const [i, group] of [4, 4, 2, 4].entries()) put(lane, `${i}`, { group });
    const runs = lane.seal(id).runs.map((run) => [run.group, run.records, textsOfRuns([run])]);
    expect(runs).toEqual([
      [4, 2, ['0', '1']],
      [2, 1, ['2']],
      [4, 1, ['3']],
    ]);
  });

  it('does not take a record before it is committed', () => {
    const lane = newLane();
    put(lane, 'kept');
    lane.encode({ text: 'left' });
    put(lane, 'more');
    expect(textsOfRuns(lane.seal(id).runs)).toEqual(['kept', 'more']);
  });

  it('is as old as its first record', () => {
    const lane = newLane();
    put(lane, 'a', { nowMs: 5 });
    put(lane, 'b', { nowMs: 9 });
    expect(lane.openedMs).toBe(5);
  });

  it('reads the clock once per batch', () => {
    const lane = newLane();
    let reads = 0;
    for (const text of ['a', 'b', 'c']) lane.commit(lane.encode({ text }), 0, 9, () => ++reads);
    expect(reads).toBe(1);
  });

  it.each([
    [16, false],
    [17, true],
    [24, true],
  ])('with a record of severity %i it is urgent: %s', (severityNumber, urgent) => {
    const lane = newLane();
    put(lane, 'a', { severityNumber });
    put(lane, 'b', { severityNumber: 1 });
    expect(lane.isUrgent).toBe(urgent);
  });

  it.each([
    [45, true],
    [46, true],
    [47, false],
  ])('with 50 bytes taken of 100, a text of %i letters fits: %s', (letters, fits) => {
    const lane = newLane();
    put(lane, 'x'.repeat(46));
    expect(put(lane, 'y'.repeat(letters))).toBe(fits);
  });

  it.each([
    [45, false],
    [46, false],
    [47, true],
    [500, true],
  ])('alone and at most 50 bytes long, a text of %i letters is cut: %s', (letters, reduced) => {
    const lane = newLane();
    expect(put(lane, 'y'.repeat(letters))).toBe(true);
    expect(lane.reduced).toBe(reduced);
    expect(lane.bytes).toBeLessThanOrEqual(50);
  });

  it('forgets that a record was cut once the next one is copied in', () => {
    const lane = newLane();
    put(lane, 'y'.repeat(500));
    const copied = Buffer.alloc(5);
    textCodec.encode(copied, 0, { text: 'a' });
    lane.commit(lane.copy(copied), 0, 9, () => 0);
    expect(lane.reduced).toBe(false);
    expect(textsOfRuns(lane.seal(id).runs).at(-1)).toBe('a');
  });

  it.each([
    [50, true],
    [51, false],
  ])('copies %i bytes behind 50 of 100: %s', (bytes, fits) => {
    const lane = newLane();
    put(lane, 'x'.repeat(46));
    expect(lane.copy(Buffer.alloc(bytes)) >= 0).toBe(fits);
  });

  it('never writes into a batch it has sealed, be it copied out or handed over whole', () => {
    for (const letters of [1, 46]) {
      const lane = newLane();
      for (let i = 0; i < 2; i++) put(lane, 'a'.repeat(letters));
      const sealed = lane.seal(id);
      for (let i = 0; i < 2; i++) put(lane, 'b'.repeat(letters));
      expect(textsOfRuns(sealed.runs)).toEqual(['a'.repeat(letters), 'a'.repeat(letters)]);
    }
  });

  it('holds no more memory for a sealed batch than two fifths over its bytes, or than what is shared with others', () => {
    const lane = newLane({ maxBatchBytes: 100_000, maxRecordBytes: 5000 });
    put(lane, 'a');
    expect(lane.seal(id).runs[0]?.bytes.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize);
    for (let i = 0; i < 19; i++) put(lane, 'x'.repeat(4000));
    const big = lane.seal(id);
    expect(big.runs[0]?.bytes.buffer.byteLength).toBeLessThanOrEqual((big.bytes * 7) / 5);
  });
});
