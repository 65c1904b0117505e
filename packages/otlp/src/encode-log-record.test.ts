import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { bind, encodeRecord, plainRecord, roundTrip } from '../test/records.ts';
import { revoked } from '../test/values.ts';
import { encodeLogRecord } from './encode-log-record.ts';
import { defaultEncodeLimits } from './limits.ts';
import type { LogRecordInput } from './log-record-input.ts';
import { DOES_NOT_FIT, MAX_UNIX_MS } from './wire.ts';

const times = { timeUnixNano: '1581452773000000789', observedTimeUnixNano: '1581452773000000789' };
const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('encodeLogRecord', () => {
  it('writes every field', () => {
    expect(
      roundTrip({
        observedTimeMs: 1_581_452_774_000,
        observedTimeNanos: 1,
        severityNumber: 17,
        severityText: 'ERROR',
        body: 'no',
        attributes: { own: 1 },
        bound: bind({ shared: 'x' }),
        eventName: 'order.failed',
        traceId,
        spanId,
        traceFlags: 1,
      }),
    ).toStrictEqual({
      timeUnixNano: '1581452773000000789',
      observedTimeUnixNano: '1581452774000000001',
      severityNumber: 17,
      severityText: 'ERROR',
      body: { stringValue: 'no' },
      attributes: [
        { key: 'own', value: { intValue: '1' } },
        { key: 'shared', value: { stringValue: 'x' } },
      ],
      flags: 1,
      traceId,
      spanId,
      eventName: 'order.failed',
    });
  });

  it('writes nothing for a field at its default', () => {
    expect(encodeRecord({ ...plainRecord, timeMs: 0, timeNanos: 0 }).toString('hex')).toBe(`120959${nanosHex()}`);
    const none = { timeMs: 0, timeNanos: 0, observedTimeMs: 0, observedTimeNanos: 0 };
    expect(encodeRecord({ ...plainRecord, ...none }).toString('hex')).toBe('1200');
    expect(roundTrip({})).toStrictEqual(times);
  });

  it.each<[string, number, number, string | undefined]>([
    ['0', 0, 0, undefined],
    ['one nanosecond', 0, 1, '1'],
    ['before the epoch', -1, 0, undefined],
    ['NaN', Number.NaN, 0, undefined],
    ['Infinity', Number.POSITIVE_INFINITY, 0, undefined],
    ['the last millisecond', MAX_UNIX_MS, 999_999, '18446744073708999999'],
    ['the one after it', MAX_UNIX_MS + 1, 0, undefined],
    ['the largest Date', 8.64e15, 0, undefined],
  ])('writes the time %s or leaves it out', (_what, timeMs, timeNanos, timeUnixNano) => {
    const { timeUnixNano: _, ...observed } = times;
    expect(roundTrip({ timeMs, timeNanos })).toStrictEqual({ ...(timeUnixNano && { timeUnixNano }), ...observed });
    const same = roundTrip({ timeMs, timeNanos, observedTimeMs: timeMs, observedTimeNanos: timeNanos });
    expect(same).toStrictEqual(timeUnixNano ? { timeUnixNano, observedTimeUnixNano: timeUnixNano } : {});
  });

  it.each([0, -1, 25, 127, 128, 255, 1e9, Number.NaN])('leaves the severity %d unspecified', (severityNumber) => {
    expect(roundTrip({ severityNumber })).toStrictEqual(times);
  });

  it.each([1, 24])('writes the severity %d', (severityNumber) => {
    expect(roundTrip({ severityNumber })).toStrictEqual({ ...times, severityNumber });
  });

  it.each<[string, Partial<LogRecordInput>, object]>([
    ['both ids', { traceId, spanId }, { traceId, spanId }],
    ['a trace id alone', { traceId }, { traceId }],
    [
      'ids in upper case',
      { traceId: traceId.toUpperCase(), spanId: 'ABCDEFabcdef0189' },
      { traceId, spanId: 'abcdefabcdef0189' },
    ],
    ['no span id without a trace id', { spanId }, {}],
    ['no trace id of zeros, nor its span id', { traceId: '0'.repeat(32), spanId }, {}],
    ['no span id of zeros', { traceId, spanId: '0'.repeat(16) }, { traceId }],
    ['no trace id of plain JavaScript that is none', { traceId: undefined as unknown as string, spanId }, {}],
    ['no short trace id', { traceId: traceId.slice(1), spanId }, {}],
    ['no long trace id', { traceId: `${traceId}0`, spanId }, {}],
    ['no trace id that is not hex', { traceId: `${traceId.slice(1)}g`, spanId }, {}],
    ['no span id that is not hex', { traceId, spanId: `${spanId.slice(1)}é` }, { traceId }],
    [
      'no trace id with a letter that ends in the bits of a digit',
      { traceId: `${traceId.slice(1)}\u0130`, spanId },
      {},
    ],
    ['no trace id with a line feed', { traceId: `${traceId.slice(1)}\n` }, {}],
    ['flags without an id', { traceFlags: 1 }, { flags: 1 }],
    ['all eight flags', { traceFlags: 255, traceId }, { flags: 255, traceId }],
    ['no flags above the eighth', { traceFlags: 256, traceId }, { traceId }],
  ])('writes %s', (_what, fields, trace) => {
    expect(roundTrip(fields)).toStrictEqual({ ...times, ...trace });
  });

  it('writes no flags of which none of the eight is set', () => {
    expect(encodeRecord({ ...plainRecord, traceFlags: 256 }).equals(encodeRecord(plainRecord))).toBe(true);
  });

  it.each<[string, unknown, object]>([
    ['text', 'hi', { stringValue: 'hi' }],
    ['empty text', '', { stringValue: '' }],
    ['text of 200 characters', 'é'.repeat(200), { stringValue: 'é'.repeat(200) }],
    ['text with a lone surrogate', 'a\ud800', { stringValue: 'a\ufffd' }],
    ['a number', 1.5, { doubleValue: 1.5 }],
    ['null', null, {}],
    ['a list', [1], { arrayValue: { values: [{ intValue: '1' }] } }],
    ['a map', { a: 1 }, { kvlistValue: { values: [{ key: 'a', value: { intValue: '1' } }] } }],
    ['a Date', new Date(0), { stringValue: '1970-01-01T00:00:00.000Z' }],
    ['a function', Math.max, { stringValue: '[Function: max]' }],
  ])('writes a body that is %s', (_what, body, value) => {
    expect(roundTrip({ body })).toStrictEqual({ ...times, body: value });
  });

  it('applies the limits of attributes to no body', () => {
    const limits = { ...defaultEncodeLimits, maxValueLength: 2, maxDepth: 1, maxItems: 1 };
    for (const body of ['abcdef', [[1], 'abcdef']])
      expect(roundTrip({ body }, limits)).toStrictEqual(roundTrip({ body }));
  });

  it('cuts a body that is text at its own limit, says how much, and cuts no surrogate pair in two', () => {
    const limits = { ...defaultEncodeLimits, maxBodyLength: 3 };
    const cut = (body: string): unknown => roundTrip({ body }, limits).body?.stringValue;
    expect(cut('abc')).toBe('abc');
    expect(cut('abcd')).toBe('abc… [1 characters cut]');
    expect(cut('ab🎉🎉')).toBe('ab… [4 characters cut]');
  });
});

/** Lengths around 127 and 16383, as text, attribute or bound bytes: whatever decides how wide a prefix is guessed. */
const sizes = [0, 20, 60, 80, 90, 94, 95, 96, 97, 98, 99, 100, 110, 120, 127, 128, 200];
const shapes: readonly [string, (size: number) => Partial<LogRecordInput>][] = [
  ['a body', (size) => ({ body: 'a'.repeat(size) })],
  ['a body of three-byte characters', (size) => ({ body: '世'.repeat(size) })],
  ['an attribute', (size) => ({ attributes: { key: 'a'.repeat(size) } })],
  ['a structured body', (size) => ({ body: { list: ['é'.repeat(size), 1.5, 2n, true] } })],
  ['bound attributes', (size) => ({ bound: bind({ key: 'a'.repeat(size), other: 1 }), attributes: { other: 2 } })],
  ['an event', (size) => ({ eventName: 'e'.repeat(size), severityText: 's'.repeat(size), severityNumber: 9 })],
  ['bytes', (size) => ({ attributes: { raw: new Uint8Array(size) } })],
  ['a trace', (size) => ({ body: 'a'.repeat(size), traceId, spanId, traceFlags: 1, timeMs: 0 })],
];

describe('encodeLogRecord at the end of its bytes', () => {
  it.each(shapes)('fits %s into exactly what it needs, and says so of any less', (_what, fieldsOf) => {
    for (const size of sizes) {
      const record = { ...plainRecord, ...fieldsOf(size) };
      const expected = encodeRecord(record);
      for (let room = 0; room <= expected.length + 1; room++) {
        // The bytes before and behind belong to somebody else.
        const shared = Buffer.alloc(3 + room + 16, 0xee);
        const end = encodeLogRecord(shared.subarray(0, 3 + room), 3, record);
        expect(end).toBe(room < expected.length ? DOES_NOT_FIT : 3 + expected.length);
        if (end !== DOES_NOT_FIT) expect(shared.subarray(3, end).equals(expected)).toBe(true);
        expect(shared.toString('hex', 0, 3)).toBe('eeeeee');
        expect(shared.toString('hex', 3 + room)).toBe('ee'.repeat(16));
      }
    }
  });

  it.each([16_300, 16_320, 16_340, 16_341, 16_342, 16_343, 16_344, 16_345, 16_346, 16_350, 16_400])(
    'does so where the length takes a third byte, body of %d',
    (size) => {
      for (const attributes of [undefined, { a: 1 }]) {
        const record = { ...plainRecord, body: 'a'.repeat(size), attributes };
        const expected = encodeRecord(record);
        for (let room = expected.length - 3; room <= expected.length + 1; room++) {
          const end = encodeLogRecord(Buffer.alloc(room), 0, record);
          expect(end).toBe(room < expected.length ? DOES_NOT_FIT : expected.length);
        }
      }
    },
  );

  it('writes the same bytes wherever in a chunk', () => {
    const record = { ...plainRecord, body: 'x', attributes: { a: [1, { b: 'c' }] }, bound: bind({ d: 1 }) };
    const expected = encodeRecord(record);
    const chunk = Buffer.alloc(4096, 0xff);
    for (let at = 0; at < chunk.length - expected.length; at++) {
      expect(encodeLogRecord(chunk, at, record)).toBe(at + expected.length);
      expect(chunk.compare(expected, 0, expected.length, at, at + expected.length)).toBe(0);
    }
  });

  it('writes records one behind the other until the chunk is full', () => {
    const chunk = Buffer.alloc(1000);
    const record = { ...plainRecord, body: 'hello', attributes: { n: 1 } };
    const length = encodeRecord(record).length;
    let at = 0;
    let records = 0;
    for (let end = encodeLogRecord(chunk, 0, record); end !== DOES_NOT_FIT; end = encodeLogRecord(chunk, at, record)) {
      at = end;
      records++;
    }
    expect(records).toBe(Math.floor(1000 / length));
    expect(at).toBe(records * length);
  });

  it('does not throw for an offset at or behind the end', () => {
    for (const at of [10, 11, 1000]) {
      expect(encodeLogRecord(Buffer.alloc(10), at, { ...plainRecord, body: 'x'.repeat(100) })).toBe(DOES_NOT_FIT);
    }
  });
});

describe('encodeLogRecord of hostile records', () => {
  it.each(['body', 'attributes', 'exception'])('takes a revoked proxy as %s', (field) => {
    for (const target of [{}, [], new Error('x'), new Map()]) {
      expect(() => roundTrip({ [field]: revoked(target) })).not.toThrow();
    }
  });

  it('takes an error whose list of errors is revoked', () => {
    const exception = Object.assign(new Error('x'), { errors: revoked([]) });
    expect(roundTrip({ exception }).attributes?.[1]).toStrictEqual({
      key: 'exception.message',
      value: { stringValue: 'x' },
    });
  });
});

function nanosHex(): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(1_581_452_773_000_000_789n);
  return bytes.toString('hex');
}
