import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLogRecord } from './encode-log-record.ts';
import { writeKnownKey } from './known-key.ts';

const BATCH_BYTES = 64 * 1024;

/** Written by the third time, as a key is remembered when it comes again. */
function writeOften(bytes: Buffer, at: number, key: string): boolean {
  let isWritten = false;
  for (let i = 0; i < 3; i++) isWritten = writeKnownKey(bytes, at, key);
  return isWritten;
}

describe('writeKnownKey', () => {
  it('writes a key from the third time on', () => {
    const bytes = Buffer.alloc(BATCH_BYTES);
    // A key no other test writes: what is remembered outlives a file, as unit tests share their process.
    const answers = [1, 2, 3, 4].map(() => writeKnownKey(bytes, 5, 'third.time.lucky.key'));
    expect(answers).toEqual([false, false, true, true]);
    expect(bytes.toString('latin1', 5, 25)).toBe('third.time.lucky.key');
  });

  it('writes every key of ASCII as it is, DEL and NUL among it', () => {
    const bytes = Buffer.alloc(BATCH_BYTES);
    const ascii = fc.string({ unit: fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(ascii, fc.nat(100), (key, at) => {
        expect(writeOften(bytes, at, key)).toBe(true);
        expect(bytes.toString('latin1', at, at + key.length)).toBe(key);
      }),
    );
    expect(writeOften(bytes, 0, '\x7f'.repeat(16))).toBe(true);
    expect(bytes.toString('latin1', 0, 16)).toBe('\x7f'.repeat(16));
  });

  it.each([['é'], ['key.of.eight.characters.and.ü'], ['\ud800']])('leaves %j alone', (key) => {
    const bytes = Buffer.alloc(BATCH_BYTES);
    expect(writeOften(bytes, 0, key)).toBe(false);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('writes nothing at the end of the bytes, where a word would not fit', () => {
    const bytes = Buffer.alloc(BATCH_BYTES);
    expect(writeOften(bytes, 0, 'url.path')).toBe(true);
    bytes.fill(0);
    expect(writeKnownKey(bytes, BATCH_BYTES - 8, 'url.path')).toBe(true);
    expect(writeKnownKey(bytes, BATCH_BYTES - 7, 'url.path')).toBe(false);
    expect(bytes.toString('latin1', BATCH_BYTES - 8)).toBe('url.path');
  });

  it('tells batches apart, whichever came last', () => {
    const batches = [1, 2, 3].map(() => Buffer.alloc(BATCH_BYTES));
    writeOften(Buffer.alloc(BATCH_BYTES), 0, 'url.scheme');
    const turns = [0, 1, 0, 1, 1, 2, 0, 2, 1, 0];
    turns.forEach((which, turn) => {
      expect(writeKnownKey(batches[which] as Buffer, turn * 16, 'url.scheme')).toBe(true);
    });
    batches.forEach((batch, which) => {
      const written = turns.map((each, turn) => (each === which ? turn * 16 : -1)).filter((at) => at >= 0);
      for (const at of written) expect(batch.toString('latin1', at, at + 10)).toBe('url.scheme');
      expect(batch.toString('latin1').split('url.scheme')).toHaveLength(written.length + 1);
    });
  });

  it('writes into a part of a larger buffer where that part is', () => {
    const whole = Buffer.alloc(BATCH_BYTES + 100);
    const part = whole.subarray(50, BATCH_BYTES + 50);
    expect(writeOften(part, 3, 'error.type')).toBe(true);
    expect(whole.indexOf('error.type')).toBe(53);
  });

  it('keeps no more than so many keys, and goes on', () => {
    const bytes = Buffer.alloc(BATCH_BYTES);
    for (let i = 0; i < 5000; i++) expect(writeOften(bytes, 0, `key.${i}`)).toBe(true);
    expect(writeKnownKey(bytes, 0, 'key.0')).toBe(false);
    expect(writeKnownKey(bytes, 0, 'key.4999')).toBe(true);
  });

  it('does not remember keys that come once', () => {
    const bytes = Buffer.alloc(BATCH_BYTES);
    writeOften(bytes, 0, 'request.id');
    for (let i = 0; i < 5000; i++) expect(writeKnownKey(bytes, 0, `once.${i}`)).toBe(false);
    expect(writeKnownKey(bytes, 0, 'request.id')).toBe(true);
  });
});

describe('a key that came once', () => {
  it('is forgotten behind so many others', () => {
    const bytes = Buffer.alloc(BATCH_BYTES);
    writeKnownKey(bytes, 0, 'early.and.once');
    for (let i = 0; i < 1100; i++) writeKnownKey(bytes, 0, `later.${i}`);
    expect([1, 2, 3].map(() => writeKnownKey(bytes, 0, 'early.and.once'))).toEqual([false, false, true]);
  });
});

describe('a record whose keys are known', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(undefined));
  const attributes = fc.dictionary(fc.string({ maxLength: 60 }), value, { maxKeys: 12 });

  it('is the same, byte for byte, at every distance from the end', () => {
    const small = Buffer.alloc(8192);
    const large = Buffer.alloc(BATCH_BYTES);
    fc.assert(
      fc.property(attributes, fc.nat(40), (given, distance) => {
        const record = recordOf(given);
        const length = encodeLogRecord(small, 0, record);
        const at = BATCH_BYTES - length - distance;
        for (let i = 0; i < 3; i++) expect(encodeLogRecord(large, at, record)).toBe(at + length);
        expect(large.subarray(at, at + length).equals(small.subarray(0, length))).toBe(true);
        expect(encodeLogRecord(large, BATCH_BYTES - length + 1, record)).toBe(-1);
      }),
    );
  });
});

function recordOf(attributes: object) {
  return {
    timeMs: 1_700_000_000_000,
    timeNanos: 1,
    observedTimeMs: 1_700_000_000_000,
    observedTimeNanos: 1,
    severityNumber: 9,
    severityText: 'INFO',
    body: 'text',
    attributes,
    exception: undefined,
    bound: undefined,
    eventName: 'order.placed',
    traceId: '',
    spanId: '',
    traceFlags: 0,
  };
}
