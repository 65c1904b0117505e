import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arbitraryData,
  arbitraryEntries,
  arbitraryHostile,
  arbitraryHostileObject,
  arbitraryKey,
  arbitraryUtf16,
  arbitraryWellFormedKey,
  toObject,
} from '../test/arbitrary-values.ts';
import { decodeLogRecordWithProtobufjs, reencodeWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { entriesInKeyOrder, inKeyOrder, normalise, normaliseEntries } from '../test/normalise.ts';
import { bind, contentOf, decodeRecord, encodeRecord } from '../test/records.ts';
import { encodeLogRecord } from './encode-log-record.ts';
import { encodeReducedLogRecord } from './encode-reduced.ts';
import { defaultEncodeLimits } from './limits.ts';
import type { LogRecordInput } from './log-record-input.ts';
import type { OtlpKeyValue, OtlpLogRecord } from './otlp-json.ts';
import { DOES_NOT_FIT, MAX_UNIX_MS } from './wire.ts';

type Head = Omit<LogRecordInput, 'body' | 'attributes' | 'exception' | 'bound'>;

const arbitraryId = (digits: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom('', '0'.repeat(digits), 'not an id'),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: digits, maxLength: digits }),
  );

const arbitraryHead: fc.Arbitrary<Head> = fc.record({
  timeMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: MAX_UNIX_MS })),
  timeNanos: fc.nat(999_999),
  observedTimeMs: fc.integer({ min: 1, max: MAX_UNIX_MS }),
  observedTimeNanos: fc.nat(999_999),
  severityNumber: fc.nat(24),
  severityText: fc.oneof(fc.constantFrom('', 'INFO'), arbitraryUtf16),
  eventName: fc.oneof(fc.constant(''), arbitraryUtf16),
  traceId: arbitraryId(32),
  spanId: arbitraryId(16),
  traceFlags: fc.nat(255),
});

/** Numbers that are not what the record asks for: they must not make its bytes unreadable. */
const arbitraryHostileHead: fc.Arbitrary<Head> = fc.record({
  timeMs: fc.double(),
  timeNanos: fc.double(),
  observedTimeMs: fc.oneof(fc.double(), fc.integer()),
  observedTimeNanos: fc.oneof(fc.double(), fc.integer()),
  severityNumber: fc.oneof(fc.double(), fc.integer()),
  severityText: arbitraryUtf16,
  eventName: arbitraryUtf16,
  traceId: arbitraryUtf16,
  spanId: arbitraryUtf16,
  traceFlags: fc.oneof(fc.double(), fc.integer()),
});

const hostileRecord = (head: fc.Arbitrary<Head>): fc.Arbitrary<LogRecordInput> =>
  fc
    .tuple(
      head,
      arbitraryHostile,
      fc.option(arbitraryHostileObject, { nil: undefined }),
      fc.option(arbitraryHostile, { nil: undefined }),
      fc.option(arbitraryHostileObject, { nil: undefined }),
    )
    .map(([head, body, attributes, exception, bound]) => ({
      ...head,
      body: body.value,
      attributes: attributes?.value,
      exception: exception?.value,
      bound: bound && bind(bound.value),
    }));

const arbitraryHostileRecord = hostileRecord(fc.oneof(arbitraryHead, arbitraryHostileHead));

describe('encodeLogRecord', () => {
  it('writes any record of data as the data model says', () => {
    const arbitraryMembers = fc.option(arbitraryEntries(arbitraryKey, arbitraryData()), { nil: undefined });
    fc.assert(
      fc.property(
        arbitraryHead,
        arbitraryData(),
        arbitraryMembers,
        arbitraryMembers,
        fc.oneof(fc.constant(128), fc.nat(8)),
        (head, body, own, all, chosen) => {
          const shared = all?.filter(([, value]) => value !== undefined);
          // How many are dropped of names that become one is not promised.
          const isExact = [...(own ?? []), ...(shared ?? [])].every(([key]) => Buffer.from(key).toString() === key);
          const maxAttributes = isExact ? chosen : 128;
          const limits = { ...defaultEncodeLimits, maxAttributes };
          const record: LogRecordInput = {
            ...head,
            body,
            attributes: own && toObject(own),
            exception: undefined,
            bound: shared && bind(toObject(shared), limits),
          };
          const actual = decodeRecord(encodeRecord(record, limits));
          const { attributes, dropped } = expectedAttributes(own ?? [], shared ?? [], maxAttributes);
          expect({
            ...actual,
            ...(actual.body && { body: inKeyOrder(actual.body) }),
            attributes: entriesInKeyOrder(actual.attributes ?? []),
          }).toStrictEqual({
            ...expectedHead(head),
            ...(body !== undefined && { body: inKeyOrder(normalise(body)) }),
            attributes: entriesInKeyOrder(attributes),
            ...(dropped > 0 && { droppedAttributesCount: dropped }),
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes any record whatsoever: nothing thrown, no key twice, the same to two decoders', () => {
    fc.assert(
      fc.property(arbitraryHostileRecord, (record) => {
        const run = encodeRecord(record);
        const decoded = decodeRecord(run);
        expect(decodeLogRecordWithProtobufjs(contentOf(run))).toStrictEqual(decoded);
        const keys = (decoded.attributes ?? []).map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeLessThanOrEqual(128 + 7);
      }),
      { numRuns: 500 },
    );
  });

  it('writes the bytes another encoder would', () => {
    fc.assert(
      fc.property(hostileRecord(arbitraryHead), (record) => {
        const run = encodeRecord(record);
        // A name that is empty is spelled out, two bytes that others leave out: not worth a question on every attribute.
        fc.pre(!JSON.stringify(decodeRecord(run)).includes('"key":""'));
        const content = Buffer.from(contentOf(run));
        expect(Buffer.from(reencodeWithProtobufjs('LogRecord', content)).toString('hex')).toBe(content.toString('hex'));
      }),
      { numRuns: 250 },
    );
  });

  it('writes the same bytes at any offset and into exactly the room they need, and none into less', () => {
    const arbitraryDatum = arbitraryData(arbitraryWellFormedKey);
    const arbitraryMembers = arbitraryEntries(arbitraryWellFormedKey, arbitraryDatum);
    fc.assert(
      fc.property(
        arbitraryHead,
        arbitraryDatum,
        arbitraryMembers,
        arbitraryMembers,
        fc.nat(9),
        (head, body, own, shared, at) => {
          const record = {
            ...head,
            body,
            attributes: toObject(own),
            exception: undefined,
            bound: bind(toObject(shared)),
          };
          const expected = encodeRecord(record);
          const exact = Buffer.alloc(at + expected.length);
          expect(encodeLogRecord(exact, at, record)).toBe(exact.length);
          expect(exact.subarray(at).equals(expected)).toBe(true);
          for (const missing of [1, 2, 3, 10]) {
            expect(encodeLogRecord(Buffer.alloc(exact.length - missing), at, record)).toBe(DOES_NOT_FIT);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('encodeReducedLogRecord', () => {
  it('fits any record whatsoever into 8 KiB, readable', () => {
    fc.assert(
      fc.property(arbitraryHostileRecord, fc.nat(1), (record, isLarge) => {
        const bytes = Buffer.alloc(8192);
        const large = isLarge === 1 ? { ...record, body: [record.body, 'x'.repeat(10_000)] } : record;
        const end = encodeReducedLogRecord(bytes, 0, large, bytes.length);
        expect(end).not.toBe(DOES_NOT_FIT);
        decodeRecord(bytes.subarray(0, end));
      }),
      { numRuns: 250 },
    );
  });
});

function expectedHead(head: Head): OtlpLogRecord {
  const nanoseconds = (ms: number, nanos: number): string => `${BigInt(ms) * 1_000_000n + BigInt(nanos)}`;
  const { timeMs, timeNanos, severityNumber, severityText, eventName, traceFlags } = head;
  const time = nanoseconds(timeMs, timeNanos);
  const traceId = toId(head.traceId, 32);
  const spanId = toId(head.spanId, 16);
  return {
    ...(time !== '0' && { timeUnixNano: time }),
    observedTimeUnixNano: nanoseconds(head.observedTimeMs, head.observedTimeNanos),
    ...(severityNumber && { severityNumber }),
    ...(severityText && { severityText: Buffer.from(severityText).toString() }),
    ...(traceFlags && { flags: traceFlags }),
    ...(traceId && { traceId }),
    ...(traceId && spanId && { spanId }),
    ...(eventName && { eventName: Buffer.from(eventName).toString() }),
  };
}

function toId(text: string, digits: number): string | undefined {
  const isId = text.length === digits && [...text].every((digit) => '0123456789abcdefABCDEF'.includes(digit));
  return isId && Number.parseInt(text, 16) !== 0 ? text.toLowerCase() : undefined;
}

/** First come, first served: bound attributes, then the record's own; one that is there already takes no room. */
function expectedAttributes(
  own: readonly (readonly [string, unknown])[],
  shared: readonly (readonly [string, unknown])[],
  maxAttributes: number,
): { attributes: OtlpKeyValue[]; dropped: number } {
  const byKey = new Map<string, OtlpKeyValue>();
  let dropped = 0;
  for (const entries of [shared, own]) {
    for (const entry of normaliseEntries(Object.entries(toObject(entries)))) {
      if (byKey.has(entry.key) || byKey.size < maxAttributes) byKey.set(entry.key, entry);
      else dropped++;
    }
  }
  return { attributes: [...byKey.values()], dropped };
}
