import type { OtlpAnyValue, OtlpLogRecord } from '@logflume/otlp';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { anyRecord, hostileText } from '../test/any-record.ts';
import { createJsonLine } from './json-line.ts';

const record: OtlpLogRecord = {
  timeUnixNano: '1795376462123000007',
  severityNumber: 13,
  severityText: 'WARN',
  body: { stringValue: 'payment retried' },
};
const toJsonLine = createJsonLine();
const parse = (line: string): Record<string, unknown> => JSON.parse(line);
const parsed = (changes: OtlpLogRecord) => parse(toJsonLine({ ...record, ...changes }, 0));
const attributes = (members: Record<string, string>) =>
  Object.entries(members).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** Control characters, line separators and half surrogate pairs, none of which may stand in a line as they are. */
const unsafeUnits = (line: string) => line.match(/\p{Cc}|[\u2028\u2029]|\p{Cs}/gu) ?? [];

describe('fields of a line', () => {
  it('stand in the order a reader looks for them', () => {
    const line = createJsonLine({
      resource: { attributes: attributes({ 'service.name': 'checkout', 'host.name': 'h' }) },
      includeResource: true,
      scopeOf: (group) => ({ name: `scope-${group}`, version: '1.2.3' }),
      isFallback: true,
    })(
      {
        ...record,
        attributes: attributes({ 'order.id': '42', level: 'mine' }),
        droppedAttributesCount: 2,
        flags: 1,
        traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
        spanId: '051581bf3cb55c13',
        eventName: 'payment.retry',
      },
      7,
    );
    expect(line).toBe(
      '{"time":"2026-11-22T19:41:02.123Z","level":"warn","message":"payment retried","order.id":"42",' +
        '"attributes":{"level":"mine"},"trace_id":"5b8aa5a2d2c872e8321cf37308d69df2","span_id":"051581bf3cb55c13",' +
        '"trace_flags":"01","logger":"scope-7","logger_version":"1.2.3","event_name":"payment.retry",' +
        '"dropped_attributes_count":2,"service.name":"checkout",' +
        '"resource":{"service.name":"checkout","host.name":"h"},"sdk.fallback":true}',
    );
  });

  it('are left out when the record does not have them', () => {
    expect(toJsonLine({}, 0)).toBe('{}');
    expect(toJsonLine({ body: {} }, 0)).toBe('{}');
  });

  test.each<[string, OtlpLogRecord, Record<string, unknown>]>([
    [
      'the observed time stands in for an unknown one',
      { observedTimeUnixNano: '1' },
      { time: '1970-01-01T00:00:00.000Z' },
    ],
    [
      'the latest time protobuf can carry',
      { timeUnixNano: '18446744073709551615' },
      { time: '2554-07-21T23:34:33.709Z' },
    ],
    ['a time beyond what protobuf carries is left out', { timeUnixNano: '99999999999999999999' }, {}],
    ['a time nobody can read is left out', { timeUnixNano: 'long, long ago' }, {}],
    ['a level without text comes from the number', { severityNumber: 21 }, { level: 'fatal' }],
    ['so does one within a range', { severityNumber: 12 }, { level: 'info' }],
    ['a number outside the ranges is no level', { severityNumber: 25 }, {}],
    ['the text wins over the number', { severityNumber: 9, severityText: 'Notice' }, { level: 'notice' }],
    [
      'a structured body keeps its structure',
      { body: { kvlistValue: { values: [{ key: 'a', value: { arrayValue: { values: [{ intValue: '1' }, {}] } } }] } } },
      { message: { a: [1, null] } },
    ],
    ['a body may be a number', { body: { doubleValue: 1.5 } }, { message: 1.5 }],
    ['what JSON has no number for is a string', { body: { doubleValue: '-Infinity' } }, { message: '-Infinity' }],
    ['bytes are base64', { body: { bytesValue: 'AAEC' } }, { message: 'AAEC' }],
    ['a body may be false', { body: { boolValue: false } }, { message: false }],
    ['a body may be empty text', { body: { stringValue: '' } }, { message: '' }],
    ['flags come with a trace id', { traceId: 'ab'.repeat(16) }, { trace_id: 'ab'.repeat(16), trace_flags: '00' }],
    ['flags are the lower eight bits', { flags: 0x1ff }, { trace_flags: 'ff' }],
  ])('%s', (_, given, expected) => {
    expect(parse(toJsonLine(given, 0))).toStrictEqual(expected);
  });

  it('keep all digits of an integer and the sign of zero', () => {
    const values = [{ intValue: '9223372036854775807' }, { intValue: '-9223372036854775808' }, { doubleValue: -0 }];
    expect(toJsonLine({ body: { arrayValue: { values } } }, 0)).toBe(
      '{"message":[9223372036854775807,-9223372036854775808,-0]}',
    );
  });

  it('show an integer nobody could have encoded as text', () => {
    expect(toJsonLine({ body: { intValue: '007' } }, 0)).toBe('{"message":"007"}');
  });
});

describe('attributes', () => {
  it('stand under `attributes` when their name is taken, so that neither is lost', () => {
    const line = parsed({
      attributes: attributes({ message: 'mine', log: 'mine too', attributes: 'and this', severity: '3', user: 'u' }),
    });
    expect(line).toMatchObject({ message: 'payment retried', user: 'u' });
    expect(line['attributes']).toStrictEqual({
      message: 'mine',
      log: 'mine too',
      attributes: 'and this',
      severity: '3',
    });
  });

  it('are data, whatever their names mean to JavaScript', () => {
    const line = parsed({ attributes: attributes({ ['__proto__']: 'p', constructor: 'c', '': 'empty' }) });
    expect(Object.getOwnPropertyDescriptor(line, '__proto__')?.value).toBe('p');
    expect(line).toMatchObject({ constructor: 'c', '': 'empty' });
  });

  it('are written once even if they come twice', () => {
    const line = toJsonLine({ attributes: [...attributes({ a: '1' }), ...attributes({ a: '2' })] }, 0);
    expect(line).toBe('{"a":"2"}');
  });
});

describe('a line', () => {
  it('escapes what ends lines or moves cursors', () => {
    const text = '\0\n\r\t\u001b[2J\u007f\u0085\u009b\u2028\u2029\ud800 é 😀';
    const line = toJsonLine({ body: { stringValue: text } }, 0);
    expect(line).toBe('{"message":"\\u0000\\n\\r\\t\\u001b[2J\\u007f\\u0085\\u009b\\u2028\\u2029\\ud800 é 😀"}');
    expect(parse(line)).toStrictEqual({ message: text });
  });

  it('is one parseable object without line feeds, within its limit, for any record whatsoever', () => {
    const options = { scopeOf: () => ({ name: 'scope' }), isFallback: true };
    fc.assert(
      fc.property(anyRecord, fc.constantFrom(4096, 8191, 16_383), (any, maxLineBytes) => {
        const line = createJsonLine({ ...options, maxLineBytes })(any, 0);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes);
        expect(unsafeUnits(line)).toStrictEqual([]);
        expect(parse(line)).toMatchObject({ 'sdk.fallback': true, logger: 'scope' });
      }),
    );
  });

  it('gives back every text it took', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (body, attribute) => {
        const line = parsed({ body: { stringValue: body }, attributes: attributes({ 'a.key': attribute }) });
        expect(line).toMatchObject({ message: body, 'a.key': attribute });
      }),
    );
  });
});

describe('a value nested deeper than any encoder nests', () => {
  const nest = (value: OtlpAnyValue, wrap: (inner: OtlpAnyValue) => OtlpAnyValue) =>
    Array.from({ length: 50_000 }).reduce<OtlpAnyValue>((inner) => wrap(inner), value);

  it('ends in null, and exhausts no stack', () => {
    const arrays = nest({}, (inner) => ({ arrayValue: { values: [inner] } }));
    const maps = nest({}, (inner) => ({ kvlistValue: { values: [{ key: 'k', value: inner }] } }));
    expect(toJsonLine({ body: arrays }, 0)).toBe(`{"message":${'['.repeat(100)}null${']'.repeat(100)}}`);
    expect(toJsonLine({ body: maps }, 0)).toBe(`{"message":${'{"k":'.repeat(100)}null${'}'.repeat(101)}`);
  });
});

describe('a line that would be too long', () => {
  const long = (units: number, unit = 'x') => unit.repeat(units);

  it('stays as it is at exactly 16,383 bytes and is shortened at one more', () => {
    const overhead = toJsonLine({ body: { stringValue: '' } }, 0).length;
    const fitting = toJsonLine({ body: { stringValue: long(16_383 - overhead) } }, 0);
    expect(Buffer.byteLength(fitting)).toBe(16_383);
    expect(parse(fitting)).not.toHaveProperty('truncated');
    const shortened = toJsonLine({ body: { stringValue: long(16_384 - overhead) } }, 0);
    expect(parse(shortened)).toMatchObject({ truncated: true, original_bytes: 16_384 });
  });

  it('uses the room there is', () => {
    const line = toJsonLine({ ...record, body: { stringValue: long(1_000_000) } }, 0);
    expect(Buffer.byteLength(line)).toBeGreaterThan(16_370);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(16_383);
  });

  it('counts bytes, not characters, and cuts no character in half', () => {
    for (const unit of ['é', '€', '😀', '\u0000', '\u2028', 'a😀']) {
      const line = toJsonLine({ body: { stringValue: long(20_000, unit) } }, 0);
      const { message } = parse(line);
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(16_383);
      expect(Buffer.byteLength(line)).toBeGreaterThan(16_300);
      expect(String(message)).toMatch(/[^\ud800-\udbff]…$/);
    }
  });

  it('gives up the ends of body and stack before anything else', () => {
    const line = parsed({
      body: { stringValue: long(9_000) },
      attributes: attributes({ 'exception.stacktrace': long(30_000), 'exception.type': 'E', 'http.url': long(5_000) }),
    });
    expect(line).toMatchObject({ 'exception.type': 'E', 'http.url': long(5_000), truncated: true });
    expect(String(line['message']).length).toBeLessThan(9_000);
    expect(String(line['message']).length).toBeGreaterThan(5_000);
    expect(line).not.toHaveProperty('dropped_attributes_count');
  });

  it('then those of other long strings, nested ones too', () => {
    const nested = { kvlistValue: { values: [{ key: 'deep', value: { stringValue: long(20_000) } }] } };
    const line = parsed({
      attributes: [...attributes({ short: 'kept', url: long(20_000) }), { key: 'map', value: nested }],
    });
    expect(line).toMatchObject({ message: 'payment retried', short: 'kept', truncated: true });
    expect(line['url']).toMatch(/^x{7000,}…$/);
    expect(line['map']).toMatchObject({ deep: line['url'] });
  });

  it('then whole attributes, the largest first, and counts them', () => {
    const many = Array.from({ length: 2_000 }, (_, at) => ({ key: `k${at}`, value: { intValue: '1' } }));
    const large = { key: 'large', value: { arrayValue: { values: many.map(({ value }) => value) } } };
    const huge = { key: 'huge', value: { kvlistValue: { values: many } } };
    const line = parsed({ attributes: [...attributes({ small: 'kept' }), large, huge], droppedAttributesCount: 3 });
    expect(line).toMatchObject({ small: 'kept', truncated: true, dropped_attributes_count: 4 });
    expect(line['large']).toHaveLength(2_000);
    expect(line).not.toHaveProperty('huge');
  });

  it('drops no more than it must, however its characters are escaped', () => {
    const given = Array.from({ length: 300 }, (_, at) => ({
      key: `k${at}`,
      value: { stringValue: '\u2028'.repeat(100) },
    }));
    const line = toJsonLine({ attributes: given }, 0);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(16_383);
    expect(Buffer.byteLength(line)).toBeGreaterThan(16_383 - 1_000);
  });

  it('leaves names whole when dropping attributes was enough, to the byte', () => {
    const logger = 'logger-'.repeat(10);
    const toNamedLine = createJsonLine({ maxLineBytes: 4096, scopeOf: () => ({ name: logger }) });
    for (let units = 0; units < 100; units++) {
      const members = Array.from(
        { length: 80 },
        (_, at) => [`k${at}`, long(60 + (at === 0 ? units % 60 : 0))] as const,
      );
      const line = toNamedLine({ attributes: attributes({ ...Object.fromEntries(members), x: long(units) }) }, 0);
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4096);
      expect(parse(line)).toMatchObject({ logger });
    }
  });

  it('turns a structured body into the beginning of its text when the structure itself is too long', () => {
    const values = Array.from({ length: 9_000 }, () => ({ intValue: '7' }));
    const line = parsed({ body: { arrayValue: { values } }, attributes: attributes({ kept: 'k' }) });
    expect(line['message']).toMatch(/^\[7,7,7.*…$/);
    expect(line).toMatchObject({ kept: 'k', truncated: true });
  });

  it('loses the resource, which is the same on every line, before any attribute', () => {
    const resource = { attributes: Array.from({ length: 3_000 }, (_, at) => ({ key: `r${at}`, value: {} })) };
    const line = parse(
      createJsonLine({ resource, includeResource: true })({ ...record, attributes: attributes({ kept: 'k' }) }, 0),
    );
    expect(line).toMatchObject({ kept: 'k', truncated: true });
    expect(line).not.toHaveProperty('resource');
    expect(line).not.toHaveProperty('dropped_attributes_count');
  });

  it('fits even when the service name is no text', () => {
    const values = Array.from({ length: 9_000 }, () => ({ intValue: '7' }));
    const resource = { attributes: [{ key: 'service.name', value: { arrayValue: { values } } }] };
    const line = createJsonLine({ resource })({ ...record, attributes: attributes({ kept: 'k' }) }, 0);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(16_383);
    expect(parse(line)).toMatchObject({ 'service.name': expect.stringMatching(/^\[7,7,.*…$/), truncated: true });
  });

  it('fits even when every fixed text is absurd', () => {
    const absurd = '\u0000'.repeat(50_000);
    const toShortLine = createJsonLine({
      maxLineBytes: 4096,
      resource: { attributes: attributes({ 'service.name': absurd }) },
      scopeOf: () => ({ name: absurd, version: absurd }),
    });
    const line = toShortLine(
      { severityText: absurd, body: { stringValue: absurd }, traceId: absurd, spanId: absurd, eventName: absurd },
      0,
    );
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4096);
    expect(parse(line)).toMatchObject({ truncated: true });
  });
});

describe('createJsonLine', () => {
  test.each([0, 4095, 5000.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses lines of %d bytes', (maxLineBytes) => {
    expect(() => createJsonLine({ maxLineBytes })).toThrow(
      expect.objectContaining({
        code: 'ERR_LOGFLUME_INVALID_OPTION',
        message: expect.stringContaining(String(maxLineBytes)),
      }),
    );
  });
});
