import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { decodeLogRecord } from './decode-log-record.ts';
import { endOfRecord, forEachLogRecord } from './log-record-run.ts';
import { OtlpDecodeError } from './otlp-decode-error.ts';

const run = Buffer.from('12021009 1200 12031a0161'.replaceAll(' ', ''), 'hex');

describe('forEachLogRecord', () => {
  it('visits the content of each record in order', () => {
    const records: unknown[] = [];
    forEachLogRecord(run, (start, end) => records.push(decodeLogRecord(run, start, end)));
    expect(records).toStrictEqual([{ severityNumber: 9 }, {}, { severityText: 'a' }]);
  });

  it('visits nothing in an empty run', () => {
    forEachLogRecord(new Uint8Array(), () => expect.unreachable());
  });

  it.each([
    ['a field that is no record', '1200 0a00', 'a log record (tag 12) expected at offset 2, got tag a'],
    ['a record cut short', '1200 120510', 'truncated at offset 4: 5 bytes expected, 1 left'],
    ['a length cut short', '1200 12', 'truncated at offset 3: 1 bytes expected, 0 left'],
  ])('stops at %s, the records before it visited', (_what, hex, message) => {
    let visited = 0;
    const damaged = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const walk = (): void => forEachLogRecord(damaged, () => (visited += 1));
    expect(walk).toThrow(OtlpDecodeError);
    expect(walk).toThrow(message);
    expect(visited).toBe(2);
  });
});

describe('endOfRecord', () => {
  it('leads from each record to the next and to the end of the run', () => {
    const ends: number[] = [];
    for (let at = 0; at < run.length; at = endOfRecord(run, at)) ends.push(at);
    expect(ends).toStrictEqual([0, 4, 6]);
    expect(endOfRecord(run, 6)).toBe(run.length);
  });

  it('refuses an offset where no record starts', () => {
    for (const at of [1, run.length, run.length + 1]) expect(() => endOfRecord(run, at)).toThrow(OtlpDecodeError);
  });
});
