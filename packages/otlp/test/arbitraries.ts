import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import type {
  OtlpAnyValue,
  OtlpKeyValue,
  OtlpLogRecord,
  OtlpLogsRequest,
  OtlpResource,
  OtlpResourceLogs,
  OtlpScope,
  OtlpScopeLogs,
} from '../src/otlp-json.ts';

// Everything here is normalised as decoders answer it: no field at its default, ids in lower case, padded base64.
// The maps and arrays have a prototype, so that a deep equality that looks at prototypes can compare them.

/** Any well-formed text, U+0000 and astral characters included. */
export const arbitraryText: fc.Arbitrary<string> = fc.string({ unit: 'binary', maxLength: 20 });

const arbitraryDouble = fc
  .double()
  .map((double): number | 'NaN' | 'Infinity' | '-Infinity' =>
    Number.isFinite(double) ? double : Number.isNaN(double) ? 'NaN' : double > 0 ? 'Infinity' : '-Infinity',
  );

/** A value whose arrays and maps nest up to `maxDepth` levels. */
export function arbitraryAnyValue(maxDepth = 4): fc.Arbitrary<OtlpAnyValue> {
  return fc.letrec<{ value: OtlpAnyValue; entry: OtlpKeyValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth, depthIdentifier: 'anyValue' },
      plain({ stringValue: arbitraryText }),
      fc.constant<OtlpAnyValue>({}),
      plain({ boolValue: fc.boolean() }),
      plain({ intValue: integerText(-(2n ** 63n), 2n ** 63n - 1n) }),
      plain({ doubleValue: arbitraryDouble }),
      plain({ bytesValue: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64')) }),
      plain({ arrayValue: plain({ values: fc.array(tie('value'), { maxLength: 4 }) }) }),
      plain({ kvlistValue: plain({ values: fc.array(tie('entry'), { maxLength: 4 }) }) }),
    ),
    entry: plain({ key: arbitraryText, value: tie('value') }),
  })).value;
}

export const arbitraryLogRecord: fc.Arbitrary<OtlpLogRecord> = optional<OtlpLogRecord>({
  timeUnixNano: integerText(1n, 2n ** 64n - 1n),
  observedTimeUnixNano: integerText(1n, 2n ** 64n - 1n),
  severityNumber: fc.integer({ min: 1, max: 24 }),
  severityText: nonEmptyText(),
  body: arbitraryAnyValue(),
  attributes: nonEmptyAttributes(),
  droppedAttributesCount: uint32(),
  flags: uint32(),
  traceId: hexId(16),
  spanId: hexId(8),
  eventName: nonEmptyText(),
});

export const arbitraryLogsRequest: fc.Arbitrary<OtlpLogsRequest> = plain({
  resourceLogs: fc.array(
    optional<OtlpResourceLogs>({
      resource: optional<OtlpResource>({ attributes: nonEmptyAttributes(), droppedAttributesCount: uint32() }),
      scopeLogs: fc.array(
        optional<OtlpScopeLogs>({
          scope: optional<OtlpScope>({
            name: nonEmptyText(),
            version: nonEmptyText(),
            attributes: nonEmptyAttributes(),
            droppedAttributesCount: uint32(),
          }),
          logRecords: fc.array(arbitraryLogRecord, { minLength: 1, maxLength: 3 }),
          schemaUrl: nonEmptyText(),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      schemaUrl: nonEmptyText(),
    }),
    { maxLength: 3 },
  ),
});

function plain<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true });
}

function optional<T extends object>(fields: { [K in keyof T]-?: fc.Arbitrary<NonNullable<T[K]>> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { requiredKeys: [], noNullPrototype: true });
}

function nonEmptyText(): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
}

function nonEmptyAttributes(): fc.Arbitrary<OtlpKeyValue[]> {
  return fc.array(plain({ key: arbitraryText, value: arbitraryAnyValue() }), { minLength: 1, maxLength: 4 });
}

function uint32(): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: 0xffff_ffff });
}

function integerText(min: bigint, max: bigint): fc.Arbitrary<string> {
  return fc.bigInt({ min, max }).map(String);
}

function hexId(byteCount: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: byteCount, maxLength: byteCount })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
    .filter((id) => /[^0]/.test(id));
}
