import type { OtlpAnyValue, OtlpKeyValue, OtlpLogRecord } from '@logflume/otlp';
import fc from 'fast-check';

/** What hurts lines and terminals: control characters, separators, bidi overrides, escape sequences, broken pairs. */
const hostileUnits = [
  '\0',
  '\b',
  '\t',
  '\n',
  '\r',
  '\u001b[2J',
  '\u001b[31m',
  '\u001b]0;title\u0007',
  '\u007f',
  '\u0085',
  '\u009b2J',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\ufeff',
  '\ud800',
  '\udc00',
  '😀',
  'é',
  '"',
  '\\',
  '=',
  ' ',
  'a',
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...hostileUnits), { maxLength: 12 }).map((units) => units.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);

/** Now and then long enough that a line has to be shortened. */
const anyLengthText = fc.oneof(
  { weight: 8, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.tuple(hostileText, fc.nat(3000)).map(([text, times]) => text.repeat(times)) },
);

const awkwardKeys = [
  '',
  'time',
  'message',
  'attributes',
  'log',
  'stream',
  '__proto__',
  'toString',
  'sdk.fallback',
  'a b',
];

const key = fc.oneof(hostileText, fc.constantFrom(...awkwardKeys), fc.string({ minLength: 1, maxLength: 8 }));

const { value } = fc.letrec<{ value: OtlpAnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyLengthText.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((int) => ({ intValue: String(int) })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
    fc.constantFrom('NaN' as const, 'Infinity' as const, '-Infinity' as const).map((doubleValue) => ({ doubleValue })),
    fc.uint8Array().map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.constant({}),
    fc.array(tie('value'), { maxLength: 5 }).map((values) => ({ arrayValue: { values } })),
    fc.array(fc.record({ key, value: tie('value') }), { maxLength: 5 }).map((values) => ({ kvlistValue: { values } })),
  ),
}));

export const anyValue: fc.Arbitrary<OtlpAnyValue> = value;

const exceptionKey = fc.constantFrom(
  'exception.type',
  'exception.message',
  'exception.stacktrace',
  'exception.code',
  'exception.cause',
  'exception.errors',
  'exception.properties',
);

const attribute: fc.Arbitrary<OtlpKeyValue> = fc.record({ key: fc.oneof(key, exceptionKey), value });

const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const hexId = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'));

/** Any record the decoder could answer, hostile texts and keys included. */
export const anyRecord: fc.Arbitrary<OtlpLogRecord> = fc.record(
  {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    severityNumber: fc.integer({ min: -1, max: 40 }),
    severityText: anyLengthText,
    body: value,
    attributes: fc.array(attribute, { maxLength: 12 }),
    droppedAttributesCount: fc.nat(2 ** 32 - 1),
    flags: fc.nat(2 ** 32 - 1),
    traceId: hexId(16),
    spanId: hexId(8),
    eventName: anyLengthText,
  },
  { requiredKeys: [] },
);
