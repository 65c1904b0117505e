import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryLogsRequest } from '../test/arbitraries.ts';
import { encodeWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { decodeLogsRequest } from './decode-request.ts';
import { OtlpDecodeError } from './otlp-decode-error.ts';
import { toOtlpJsonText } from './otlp-json-text.ts';
import { parseOtlpJsonRequest } from './parse-otlp-json.ts';

const recordPath = 'resourceLogs[0].scopeLogs[0].logRecords[0]';

describe('parseOtlpJsonRequest', () => {
  it('reads any request that toOtlpJsonText wrote, from text and from bytes', () => {
    fc.assert(
      fc.property(arbitraryLogsRequest, (request) => {
        const text = toOtlpJsonText(request);
        expect(parseOtlpJsonRequest(text)).toStrictEqual(request);
        expect(parseOtlpJsonRequest(Buffer.from(text))).toStrictEqual(request);
      }),
      { numRuns: 300 },
    );
  });

  it('answers what decodeLogsRequest answers for the same request in protobuf', () => {
    fc.assert(
      fc.property(arbitraryLogsRequest, (request) => {
        const fromProtobuf = decodeLogsRequest(encodeWithProtobufjs(request));
        expect(parseOtlpJsonRequest(toOtlpJsonText(request))).toStrictEqual(fromProtobuf);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['{}', '{"resourceLogs":null}', '{"resourceLogs":[]}', '\ufeff{"other":1}'])('takes %s for empty', (text) => {
    expect(parseOtlpJsonRequest(Buffer.from(text))).toStrictEqual({ resourceLogs: [] });
  });

  it('leaves out fields at their default and names it does not know', () => {
    const record =
      '{"timeUnixNano":"0","observedTimeUnixNano":0,"severityNumber":0,"severityText":"","body":null,"attributes":[],' +
      '"droppedAttributesCount":0,"flags":0,"traceId":"","spanId":"0000000000000000","eventName":null,"severity_text":"x"}';
    expect(parseRecord(record)).toStrictEqual({});
    const scopes =
      '{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{"name":""},"schemaUrl":""}],"schemaUrl":""}]}';
    expect(parseOtlpJsonRequest(scopes)).toStrictEqual({
      resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {} }] }],
    });
  });

  it('reads integers as numbers or text, ids in either case', () => {
    const record =
      '{"timeUnixNano":1000,"observedTimeUnixNano":"018446744073709551615","severityNumber":9,' +
      '"droppedAttributesCount":"4294967295","flags":1,"traceId":"0AF7651916CD43DD8448EB211C80319C",' +
      '"spanId":"B7AD6B7169203331"}';
    expect(parseRecord(record)).toStrictEqual({
      timeUnixNano: '1000',
      observedTimeUnixNano: '18446744073709551615',
      severityNumber: 9,
      droppedAttributesCount: 4_294_967_295,
      flags: 1,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
    });
  });

  it.each([
    ['{}', {}],
    ['{"stringValue":null}', {}],
    ['{"somethingNew":1}', {}],
    ['{"stringValue":""}', { stringValue: '' }],
    ['{"boolValue":false}', { boolValue: false }],
    ['{"intValue":42}', { intValue: '42' }],
    ['{"intValue":-42.0}', { intValue: '-42' }],
    ['{"intValue":1e3}', { intValue: '1000' }],
    ['{"intValue":-0}', { intValue: '0' }],
    ['{"intValue":"-9223372036854775808"}', { intValue: '-9223372036854775808' }],
    ['{"intValue":"9223372036854775807"}', { intValue: '9223372036854775807' }],
    ['{"intValue":-9223372036854775808}', { intValue: '-9223372036854775808' }],
    ['{"intValue":"-007"}', { intValue: '-7' }],
    ['{"doubleValue":0.5}', { doubleValue: 0.5 }],
    ['{"doubleValue":-0}', { doubleValue: -0 }],
    ['{"doubleValue":"1.5e3"}', { doubleValue: 1500 }],
    ['{"doubleValue":"NaN"}', { doubleValue: 'NaN' }],
    ['{"doubleValue":"-Infinity"}', { doubleValue: '-Infinity' }],
    ['{"arrayValue":{}}', { arrayValue: { values: [] } }],
    ['{"arrayValue":{"values":[null,{},{"intValue":1}]}}', { arrayValue: { values: [{}, {}, { intValue: '1' }] } }],
    ['{"kvlistValue":{"values":null}}', { kvlistValue: { values: [] } }],
    ['{"kvlistValue":{"values":[{}]}}', { kvlistValue: { values: [{ key: '', value: {} }] } }],
    ['{"bytesValue":"+/8A"}', { bytesValue: '+/8A' }],
    ['{"bytesValue":"-_8A"}', { bytesValue: '+/8A' }],
    ['{"bytesValue":"-w"}', { bytesValue: '+w==' }],
    ['{"bytesValue":""}', { bytesValue: '' }],
  ])('reads the value %s', (json, value) => {
    expect(parseRecord(`{"body":${json}}`)).toStrictEqual({ body: value });
  });

  it.each([
    ['{"traceId":"abc"}', 'traceId', '32 hex digits, got "abc"'],
    [
      '{"traceId":"0af7651916cd43dd8448eb211c80319g"}',
      'traceId',
      '32 hex digits, got "0af7651916cd43dd8448eb211c80319g"',
    ],
    ['{"traceId":"CvdlGRbNQ92ESOshHIAxnA=="}', 'traceId', '32 hex digits, got "CvdlGRbNQ92ESOshHIAxnA=="'],
    ['{"spanId":7}', 'spanId', 'a string, got 7'],
    ['{"timeUnixNano":"-1"}', 'timeUnixNano', 'an integer in 0 … 2^64 − 1, got "-1"'],
    ['{"timeUnixNano":1.5}', 'timeUnixNano', 'an integer in 0 … 2^64 − 1, got 1.5'],
    [
      '{"timeUnixNano":"18446744073709551616"}',
      'timeUnixNano',
      'an integer in 0 … 2^64 − 1, got "18446744073709551616"',
    ],
    ['{"timeUnixNano":"2026-01-01"}', 'timeUnixNano', 'an integer in 0 … 2^64 − 1, got "2026-01-01"'],
    ['{"timeUnixNano":""}', 'timeUnixNano', 'an integer in 0 … 2^64 − 1, got ""'],
    ['{"flags":4294967296}', 'flags', 'an integer in 0 … 2^32 − 1, got 4294967296'],
    [
      '{"severityNumber":"SEVERITY_NUMBER_INFO"}',
      'severityNumber',
      'the integer of an enum, not its name, got "SEVERITY_NUMBER_INFO"',
    ],
    ['{"severityNumber":9.5}', 'severityNumber', 'the integer of an enum, not its name, got 9.5'],
    ['{"severityText":9}', 'severityText', 'a string, got 9'],
    ['{"body":"hi"}', 'body', 'an object, got "hi"'],
    ['{"body":[]}', 'body', 'an object, got an array'],
    ['{"body":{"stringValue":{}}}', 'body.stringValue', 'a string, got an object'],
    ['{"body":{"boolValue":"true"}}', 'body.boolValue', 'true or false, got "true"'],
    ['{"body":{"intValue":1e21}}', 'body.intValue', 'an integer in −2^63 … 2^63 − 1, got 1e+21'],
    [
      '{"body":{"intValue":"9223372036854775808"}}',
      'body.intValue',
      'an integer in −2^63 … 2^63 − 1, got "9223372036854775808"',
    ],
    ['{"body":{"doubleValue":1e999}}', 'body.doubleValue', 'a number, "NaN", "Infinity" or "-Infinity", got Infinity'],
    ['{"body":{"doubleValue":"nan"}}', 'body.doubleValue', 'a number, "NaN", "Infinity" or "-Infinity", got "nan"'],
    ['{"body":{"doubleValue":"1e999"}}', 'body.doubleValue', 'a number, "NaN", "Infinity" or "-Infinity", got "1e999"'],
    ['{"body":{"bytesValue":"a"}}', 'body.bytesValue', 'base64 text, got "a"'],
    ['{"body":{"bytesValue":"a b="}}', 'body.bytesValue', 'base64 text, got "a b="'],
    ['{"body":{"arrayValue":[]}}', 'body.arrayValue', 'an object, got an array'],
    ['{"body":{"stringValue":"a","intValue":1}}', 'body', 'a value with one member only, got an object'],
    ['{"attributes":{"a":1}}', 'attributes', 'an array, got an object'],
    ['{"attributes":[null]}', 'attributes[0]', 'an object, got null'],
    ['{"attributes":[{},{"key":1}]}', 'attributes[1].key', 'a string, got 1'],
    [
      '{"attributes":[{"value":{"kvlistValue":{"values":[{"value":1}]}}}]}',
      'attributes[0].value.kvlistValue.values[0].value',
      'an object, got 1',
    ],
  ])('refuses the record %s and names the path', (record, path, expectation) => {
    const error = catchError(() => parseRecord(record));
    expect(error).toBeInstanceOf(OtlpDecodeError);
    expect(error).toMatchObject({
      path: `${recordPath}.${path}`,
      offset: undefined,
      message: `${recordPath}.${path} must be ${expectation}`,
    });
  });

  it.each([
    ['', 'the body is not JSON'],
    ['{"resourceLogs":[', 'the body is not JSON'],
    ['[]', 'the body must be an object, got an array'],
    ['null', 'the body must be an object, got null'],
    ['"x"', 'the body must be an object, got "x"'],
  ])('refuses the document %s', (text, message) => {
    const error = catchError(() => parseOtlpJsonRequest(text));
    expect(error).toBeInstanceOf(OtlpDecodeError);
    expect(error).toMatchObject({ path: '', message: expect.stringContaining(message) });
  });

  it.each([
    ['{"resourceLogs":[{},{}]}', 5],
    ['{"other":{"a":[1,2],"b":"[{\\",,"},"resourceLogs":[]}', 7],
    ['[[[', 3],
  ])('refuses %s where fewer fields are allowed, before it is parsed', (text, fields) => {
    const error = catchError(() => parseOtlpJsonRequest(text, { maxFields: fields - 1 }));
    const message = `the body has more than ${fields - 1} fields`;
    expect(error).toBeInstanceOf(OtlpDecodeError);
    expect(error).toMatchObject({ kind: 'tooManyFields', path: '', message });
    expect(catchError(() => parseOtlpJsonRequest(text, { maxFields: fields }))).not.toMatchObject({
      kind: 'tooManyFields',
    });
  });

  it('shows no more than the first 40 characters of what came', () => {
    const error = catchError(() => parseRecord(`{"traceId":"${'x'.repeat(1_000)}"}`));
    expect(error).toMatchObject({
      message: `${recordPath}.traceId must be 32 hex digits, got "${'x'.repeat(40)}" and 960 characters more`,
    });
  });

  it('shows nothing of a text that is not JSON', () => {
    const error = catchError(() => parseOtlpJsonRequest('{"password": secret}'));
    expect(error).toBeInstanceOf(OtlpDecodeError);
    expect(String(error)).not.toContain('secret');
  });

  it('refuses digits by the thousand before it makes a number of them', () => {
    expect(() => parseRecord(`{"flags":"${'0'.repeat(1_000)}7"}`)).toThrow(OtlpDecodeError);
  });

  it.each([
    ['arrays', '{"arrayValue":{"values":[', ']}}'],
    ['maps', '{"kvlistValue":{"values":[{"value":', '}]}}'],
  ])('reads %s 100 levels deep and refuses deeper ones, however deep', (_what, open, close) => {
    const nested = (levels: number): string => `{"body":${open.repeat(levels)}{}${close.repeat(levels)}}`;
    expect(() => parseRecord(nested(99))).not.toThrow();
    expect(() => parseRecord(nested(100))).toThrow('must be nested at most 100 values deep');
    expect(() => parseRecord(nested(100_000))).toThrow(OtlpDecodeError);
  });

  it('either answers or throws OtlpDecodeError, whatever the JSON', () => {
    const names = [
      ...[
        'resourceLogs',
        'scopeLogs',
        'logRecords',
        'resource',
        'scope',
        'attributes',
        'key',
        'value',
        'values',
        'body',
      ],
      ...['traceId', 'flags', 'severityNumber', 'timeUnixNano', '__proto__', 'constructor', 'stringValue', 'intValue'],
      ...['doubleValue', 'bytesValue', 'arrayValue', 'kvlistValue'],
    ];
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 8 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 4 }),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.oneof(
          tree.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        (text) => {
          const error = catchError(() => parseOtlpJsonRequest(text));
          if (error !== undefined) expect(error).toBeInstanceOf(OtlpDecodeError);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

function parseRecord(record: string): unknown {
  const request = parseOtlpJsonRequest(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`);
  return request.resourceLogs[0]?.scopeLogs?.[0]?.logRecords?.[0];
}

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
