import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { decodeLogRecordWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { bind, contentOf, decodeRecord, plainRecord } from '../test/records.ts';
import { fail, revoked, withoutStack } from '../test/values.ts';
import { encodeReducedLogRecord } from './encode-reduced.ts';
import type { LogRecordInput } from './log-record-input.ts';
import type { OtlpLogRecord } from './otlp-json.ts';
import { toPlainValue } from './plain-value.ts';

const hugeText = '世'.repeat(10_000_000);
const manyKeys = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]));
const manyItems = Array.from({ length: 100_000 }, () => ({ id: 'x'.repeat(50) }));
const sparse = Object.defineProperty([], 'length', { value: 4_294_967_295 });
const aggregate = new AggregateError(
  Array.from({ length: 100_000 }, () => new Error('one')),
  'all',
);

const large: readonly [string, Partial<LogRecordInput>][] = [
  ['nothing', {}],
  ['a huge text', { body: hugeText }],
  ['a huge ASCII text', { body: 'x'.repeat(100_000_000) }],
  ['a huge attribute', { body: 'hi', attributes: { text: hugeText } }],
  [
    'a hundred of them',
    {
      attributes: Object.fromEntries(
        Object.keys(manyKeys)
          .slice(0, 100)
          .map((key) => [key, hugeText]),
      ),
    },
  ],
  ['100,000 attributes', { attributes: manyKeys }],
  ['100,000 attributes in a Map', { attributes: new Map(Object.entries(manyKeys)) }],
  ['a map of 100,000 members', { body: manyKeys, attributes: { manyKeys } }],
  ['a list of 100,000 maps', { body: manyItems, attributes: { manyItems } }],
  ['4,294,967,295 holes', { body: sparse, attributes: { sparse } }],
  ['100,000 levels', { body: nested(100_000), attributes: { nested: nested(100_000) } }],
  ['forty levels of { a: x, b: x }', { body: doubled(40), attributes: { doubled: doubled(40) } }],
  ['huge keys', { attributes: Object.fromEntries([1, 2, 3].map((n) => [`${n}${'k'.repeat(1_000_000)}`, n])) }],
  ['a huge message of an error', { exception: new Error(hugeText) }],
  ['a huge name of an error', { exception: Object.defineProperty(new Error('x'), 'name', { value: hugeText }) }],
  ['100,000 errors', { exception: aggregate, attributes: { aggregate } }],
  ['something huge thrown', { exception: hugeText }],
  ['something wide thrown', { exception: manyKeys }],
  ['100,000 bound attributes', { bound: bind(manyKeys), attributes: manyKeys }],
  ['large bound attributes', { bound: bind({ one: 'x'.repeat(60_000), two: 'x'.repeat(5000) }), body: hugeText }],
  ['a huge severity text', { severityText: hugeText }],
  ['a huge event name', { eventName: hugeText }],
  [
    'everything at once',
    {
      body: manyKeys,
      attributes: { ...manyKeys, hugeText, ['k'.repeat(1_000_000)]: 1 },
      exception: aggregate,
      bound: bind({ ...manyKeys, hugeText }),
      severityText: hugeText,
      eventName: hugeText,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
      severityNumber: 24,
    },
  ],
  ['a revoked proxy', { body: revoked({}), attributes: revoked({}), exception: revoked({}) }],
  ['a proxy that does not list its keys', { attributes: new Proxy({}, { ownKeys: fail }), body: hugeText }],
];

describe('encodeReducedLogRecord', () => {
  it.each(large)('fits %s into whatever a record may have, and writes nothing behind it', (_what, fields) => {
    for (const [maxBytes, at] of [
      [8192, 0],
      [8192, 7],
      [262_144, 3],
    ] as const) {
      const shared = Buffer.alloc(at + maxBytes + 64, 0xee);
      const end = encodeReducedLogRecord(shared, at, { ...plainRecord, ...fields }, maxBytes);
      expect(end).toBeGreaterThan(at);
      expect(end).toBeLessThanOrEqual(at + maxBytes);
      const run = shared.subarray(at, end);
      expect(decodeRecord(run)).toStrictEqual(decodeLogRecordWithProtobufjs(contentOf(run)));
      expect(shared.subarray(at + maxBytes).every((byte) => byte === 0xee)).toBe(true);
    }
  });

  it('says how much of a text it cut', () => {
    expect(reduced({ body: hugeText }, 262_144).body?.stringValue).toBe(
      `${'世'.repeat(32_768)}… [9967232 characters cut]`,
    );
    expect(reduced({ body: hugeText }, 8192).body?.stringValue).toBe(`${'世'.repeat(1024)}… [9998976 characters cut]`);
  });

  it('says how many attributes, items and members it cut', () => {
    const record = reduced({ body: manyItems, attributes: { ...manyKeys, list: manyItems, map: manyKeys } });
    expect(record.attributes).toHaveLength(128);
    expect(record.droppedAttributesCount).toBe(100_002 - 128);
    expect(record.body?.arrayValue?.values.at(-1)).toStrictEqual({ stringValue: '… [99744 items cut]' });
    const map = reduced({ attributes: { map: manyKeys } }).attributes?.[0]?.value.kvlistValue?.values;
    expect(map?.at(-1)).toStrictEqual({ key: '…', value: { stringValue: '[99744 members cut]' } });
  });

  it('keeps at last the text, the exception in two words and the first bound attributes, and counts the rest', () => {
    const key = 'k'.repeat(100_000);
    const record = reduced(
      {
        body: 'order failed',
        severityNumber: 17,
        severityText: 'ERROR',
        attributes: { a: 1, [key]: 2 },
        exception: withoutStack(new RangeError('x'.repeat(600))),
        bound: bind({ 'request.id': 'r1', large: 'y'.repeat(2000) }),
      },
      8192,
    );
    expect(record.body).toStrictEqual({ stringValue: 'order failed' });
    expect(record.severityText).toBe('ERROR');
    expect(
      Object.fromEntries((record.attributes ?? []).map((entry) => [entry.key, toPlainValue(entry.value)])),
    ).toStrictEqual({
      'exception.type': 'RangeError',
      'exception.message': 'x'.repeat(512),
      'request.id': 'r1',
    });
    expect(record.droppedAttributesCount).toBe(3);
  });

  it('cuts what is bound to half the room before it cuts what the record alone says', () => {
    const many = (prefix: string, count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x'.repeat(1000)]));
    const record = reduced({ attributes: many('own', 25), bound: bind(many('bound', 45)) }, 65_536);
    const own = record.attributes?.filter(({ key }) => key.startsWith('own'));
    expect(own?.map(({ value }) => value.stringValue?.length)).toStrictEqual(Array.from({ length: 25 }, () => 1000));
    expect(record.attributes?.length).toBe(25 + 32);
    expect(record.droppedAttributesCount).toBe(13);
  });

  it('keeps severity, ids and times of a record of which nothing else fits', () => {
    const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    const attributes = { ['k'.repeat(100_000)]: 1 };
    expect(reduced({ ...ids, attributes, body: { attributes }, severityNumber: 9, traceFlags: 1 }, 8192)).toStrictEqual(
      {
        timeUnixNano: '1581452773000000789',
        observedTimeUnixNano: '1581452773000000789',
        severityNumber: 9,
        body: { stringValue: '[too large]' },
        droppedAttributesCount: 1,
        flags: 1,
        ...ids,
      },
    );
  });
});

function reduced(fields: Partial<LogRecordInput>, maxBytes = 262_144): OtlpLogRecord {
  const bytes = Buffer.alloc(maxBytes);
  return decodeRecord(bytes.subarray(0, encodeReducedLogRecord(bytes, 0, { ...plainRecord, ...fields }, maxBytes)));
}

function nested(levels: number): unknown {
  let value: unknown = 'leaf';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

function doubled(levels: number): unknown {
  let value: unknown = 'leaf';
  for (let level = 0; level < levels; level++) value = { a: value, b: value };
  return value;
}
