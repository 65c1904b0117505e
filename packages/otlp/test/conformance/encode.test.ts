import { context, TraceFlags, trace } from '@opentelemetry/api';
import type { LogRecord } from '@opentelemetry/api-logs';
import { describe, expect, it } from 'vitest';
import { decodeLogsRequest } from '../../src/decode-request.ts';
import { encodeResource, encodeScope } from '../../src/encode-resource.ts';
import { frameLogsRequest } from '../../src/frame-request.ts';
import type { LogRecordInput } from '../../src/log-record-input.ts';
import type { OtlpAnyValue, OtlpLogRecord, OtlpLogsRequest } from '../../src/otlp-json.ts';
import { encodeRecord, plainRecord } from '../records.ts';
import { serializeWithOpenTelemetry } from './opentelemetry-serializers.ts';

const spanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
};

describe('encodeLogRecord against the serialiser of OpenTelemetry JS', () => {
  const attributes = {
    'http.request.method': 'GET',
    empty: '',
    long: 'x'.repeat(200),
    unicode: 'Grüße, 世界 🎉',
    ratio: 0.25,
    small: 5e-324,
    zero: 0,
    count: -3,
    large: Number.MAX_SAFE_INTEGER,
    least: Number.MIN_SAFE_INTEGER,
    yes: true,
    no: false,
    none: null,
    list: ['a', null, 1, [true, []]],
    map: { inner: { deep: 'x', list: [{ a: 1 }] }, empty: {} },
    raw: Uint8Array.of(251, 255, 0),
  };

  it.each<[string, LogRecord, Partial<LogRecordInput>]>([
    ['nothing but times', {}, {}],
    ['no time', { timestamp: [0, 0] }, { timeMs: 0, timeNanos: 0 }],
    ['a severity', { severityNumber: 17, severityText: 'ERROR' }, { severityNumber: 17, severityText: 'ERROR' }],
    ['text', { body: 'Grüße, 世界 🎉' }, { body: 'Grüße, 世界 🎉' }],
    ['long text', { body: 'x'.repeat(20_000) }, { body: 'x'.repeat(20_000) }],
    ['empty text', { body: '' }, { body: '' }],
    ['an empty body', { body: null }, { body: null }],
    ['a body that is a map', { body: attributes }, { body: attributes }],
    ['a body that is a list', { body: [1, 'a', null, { b: [] }] }, { body: [1, 'a', null, { b: [] }] }],
    ['a body that is bytes', { body: Uint8Array.of(1, 2) }, { body: Uint8Array.of(1, 2) }],
    ['attributes of every kind', { attributes }, { attributes }],
    ['an event', { eventName: 'order.failed' }, { eventName: 'order.failed' }],
    [
      'a span',
      { context: trace.setSpanContext(context.active(), spanContext) },
      { traceId: spanContext.traceId, spanId: spanContext.spanId, traceFlags: 1 },
    ],
    ['the limit of attributes', { attributes: numbered(130) }, { attributes: numbered(130) }],
  ])('says the same of a record with %s', (_what, theirs, ours) => {
    expect(encodeOurs(ours)).toStrictEqual(encodeTheirs(theirs));
  });

  it('needs fewer bytes, as a count of zero dropped attributes is left out', () => {
    const record: LogRecord = { ...times, body: 'hi', attributes: { a: 1 } };
    const theirs = serializeWithOpenTelemetry([record], { resource: { a: 1 }, scope: { name: 's' } });
    const ours = frame({ body: 'hi', attributes: { a: 1 } }, { a: 1 });
    expect(theirs.protobuf.length - ours.length).toBe(4);
  });
});

/** Every difference there is, on purpose. Left: what their serialiser makes of a body; right: what ours does. */
const differences: readonly [string, unknown, OtlpAnyValue | undefined, OtlpAnyValue][] = [
  ['−0', -0, { intValue: '0' }, { doubleValue: -0 }],
  ['a BigInt', 7n, {}, { intValue: '7' }],
  ['a Date', new Date(0), { kvlistValue: { values: [] } }, { stringValue: '1970-01-01T00:00:00.000Z' }],
  [
    'a Map',
    new Map([['a', 1]]),
    { kvlistValue: { values: [] } },
    { kvlistValue: { values: [entry('a', { intValue: '1' })] } },
  ],
  ['a Set', new Set([1]), { kvlistValue: { values: [] } }, { arrayValue: { values: [{ intValue: '1' }] } }],
  ['a function', Math.max, {}, { stringValue: '[Function: max]' }],
  ['a symbol', Symbol('s'), {}, { stringValue: 'Symbol(s)' }],
  ['a RegExp', /a/g, { kvlistValue: { values: [] } }, { stringValue: '/a/g' }],
  ['a boxed number', Object(1), { kvlistValue: { values: [] } }, { intValue: '1' }],
  ['what has toJSON', { toJSON: () => 'x' }, { kvlistValue: { values: [entry('toJSON', {})] } }, { stringValue: 'x' }],
  [
    'an undefined member',
    { a: undefined },
    { kvlistValue: { values: [entry('a', {})] } },
    { kvlistValue: { values: [] } },
  ],
];

describe('where we differ from OpenTelemetry JS on purpose', () => {
  it.each(differences)('a body that is %s', (_what, body, theirs, ours) => {
    // The parse border of this table: bodies that their types forbid are what users pass.
    expect(bodyOf(encodeTheirs({ body: body as LogRecord['body'] }))).toStrictEqual(theirs);
    expect(bodyOf(encodeOurs({ body }))).toStrictEqual(ours);
  });

  it('NaN, the infinities and integers beyond int64 are alike in protobuf, though not in their JSON', () => {
    for (const body of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 63, -(2 ** 64), 1e300]) {
      expect(encodeOurs({ body })).toStrictEqual(encodeTheirs({ body }));
    }
  });

  it.each<[string, unknown, OtlpAnyValue]>([
    ['a BigInt', 7n, { intValue: '7' }],
    ['a Date', new Date(0), { stringValue: '1970-01-01T00:00:00.000Z' }],
    ['a Map', new Map([['a', 1]]), { kvlistValue: { values: [entry('a', { intValue: '1' })] } }],
    ['a symbol', Symbol('s'), { stringValue: 'Symbol(s)' }],
    ['a function', Math.max, { stringValue: '[Function: max]' }],
  ])('an attribute that is %s is kept, where theirs is lost and not counted', (_what, value, ours) => {
    const attributes = { value } as NonNullable<LogRecord['attributes']>; // as above
    const lost = recordOf(encodeTheirs({ attributes }));
    expect(lost?.attributes).toBeUndefined();
    expect(lost?.droppedAttributesCount).toBeUndefined();
    expect(recordOf(encodeOurs({ attributes }))?.attributes).toStrictEqual([entry('value', ours)]);
  });

  it('an error as a body is written', () => {
    const error = new RangeError('x');
    const body = bodyOf(encodeOurs({ body: error }))?.kvlistValue?.values.map(({ key }) => key);
    expect(body).toStrictEqual(['type', 'message', 'stacktrace']);
  });

  it('a circle as a body loses no batch', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const body = circle as LogRecord['body']; // as above
    expect(() => encodeTheirs({ body })).toThrow(RangeError);
    expect(bodyOf(encodeOurs({ body }))).toStrictEqual({
      kvlistValue: { values: [entry('self', { stringValue: '[Circular]' })] },
    });
  });
});

const times = { timestamp: [1_581_452_773, 789], observedTimestamp: [1_581_452_773, 789] } satisfies LogRecord;

function encodeTheirs(record: LogRecord): OtlpLogsRequest {
  const options = { resource: { 'service.name': 'a' }, scope: { name: 's', version: '1.0' } };
  return decodeLogsRequest(serializeWithOpenTelemetry([{ ...times, ...record }], options).protobuf);
}

function encodeOurs(record: Partial<LogRecordInput>): OtlpLogsRequest {
  return decodeLogsRequest(frame(record, { 'service.name': 'a' }, '1.0'));
}

function frame(record: Partial<LogRecordInput>, resource: object, version?: string): Uint8Array {
  const run = encodeRecord({ ...plainRecord, ...record });
  return frameLogsRequest(encodeResource(resource), [{ scope: encodeScope('s', version), runs: [run] }]);
}

function recordOf(request: OtlpLogsRequest): OtlpLogRecord | undefined {
  return request.resourceLogs?.[0]?.scopeLogs?.[0]?.logRecords?.[0];
}

function bodyOf(request: OtlpLogsRequest): OtlpAnyValue | undefined {
  return recordOf(request)?.body;
}

function entry(key: string, value: OtlpAnyValue): { key: string; value: OtlpAnyValue } {
  return { key, value };
}

function numbered(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
}
