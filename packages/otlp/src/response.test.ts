import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessageWithProtobufjs, encodeMessageWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { isOtlpContentType } from './content-type.ts';
import { encodeLogsResponse, parseLogsResponse } from './response.ts';

const protobufType = 'application/x-protobuf';
const jsonType = 'application/json';

describe('isOtlpContentType', () => {
  it.each([
    [protobufType, true],
    ['Application/X-Protobuf', true],
    ['application/json; charset=utf-8', true],
    ['application/json ;charset=utf-8', true],
    ['text/html', false],
    ['application/jsonp', false],
    ['application/problem+json', false],
    ['', false],
    [undefined, false],
  ])('answers for %s: %s', (contentType, expected) => {
    expect(isOtlpContentType(contentType)).toBe(expected);
  });
});

describe('parseLogsResponse', () => {
  it.each([undefined, protobufType, jsonType, 'text/html'])('takes an empty body of type %s for success', (type) => {
    expect(parseLogsResponse(type, new Uint8Array())).toStrictEqual({ rejectedLogRecords: 0, errorMessage: '' });
  });

  it.each([
    ['no partial success', '', 0, ''],
    ['an empty partial success', '0a00', 0, ''],
    ['a rejection', '0a07 0803 1203 626164', 3, 'bad'],
    ['a warning', '0a05 1203 626164', 0, 'bad'],
    ['a count below zero', '0a0b 08ffffffffffffffffff01', -1, ''],
    ['unknown fields around and inside', '1001 0a07 1801 0805 2201 61', 5, ''],
  ])('reads a protobuf body with %s', (_what, hex, rejectedLogRecords, errorMessage) => {
    const body = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(parseLogsResponse(protobufType, body)).toStrictEqual({ rejectedLogRecords, errorMessage });
  });

  it.each([
    ['nothing', '{}', 0, ''],
    ['null', '{"partialSuccess":null}', 0, ''],
    ['an empty partial success', '{"partialSuccess":{}}', 0, ''],
    ['a count as text', '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"bad"}}', 3, 'bad'],
    ['a count as number', '{"partialSuccess":{"rejectedLogRecords":3}}', 3, ''],
    ['names of somebody else', '{"status":"success","partialSuccess":{"retry":true}}', 0, ''],
  ])('reads a JSON body with %s', (_what, json, rejectedLogRecords, errorMessage) => {
    const response = parseLogsResponse('application/json; charset=utf-8', Buffer.from(json));
    expect(response).toStrictEqual({ rejectedLogRecords, errorMessage });
  });

  it.each([
    ['a login page', 'text/html', '<html>'],
    ['a body without a type', undefined, '{}'],
    ['truncated protobuf', protobufType, '\n\u0005'],
    ['truncated JSON', jsonType, '{"partialSuccess":'],
    ['a JSON array', jsonType, '[]'],
    ['a JSON string', jsonType, '"ok"'],
    ['a count that is no integer', jsonType, '{"partialSuccess":{"rejectedLogRecords":"some"}}'],
    ['a message that is no text', jsonType, '{"partialSuccess":{"errorMessage":1}}'],
  ])('answers undefined for %s', (_what, contentType, body) => {
    expect(parseLogsResponse(contentType, Buffer.from(body))).toBeUndefined();
  });

  it('never throws, whatever the body', () => {
    fc.assert(
      fc.property(fc.constantFrom(protobufType, jsonType), fc.uint8Array({ maxLength: 40 }), (type, body) => {
        parseLogsResponse(type, body);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('encodeLogsResponse', () => {
  const arbitraryResponse = fc.record(
    { rejectedLogRecords: fc.maxSafeInteger(), errorMessage: fc.string({ unit: 'binary', maxLength: 200 }) },
    { noNullPrototype: true },
  );

  it('writes nothing at all, or {}, when everything was accepted', () => {
    const accepted = { rejectedLogRecords: 0, errorMessage: '' };
    expect(encodeLogsResponse(accepted, protobufType)).toHaveLength(0);
    expect(Buffer.from(encodeLogsResponse(accepted, jsonType)).toString()).toBe('{}');
  });

  it('writes the count as text in JSON', () => {
    const response = { rejectedLogRecords: 3, errorMessage: 'too old' };
    expect(Buffer.from(encodeLogsResponse(response, jsonType)).toString()).toBe(
      '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}',
    );
  });

  it('is read back in both encodings, and by protobufjs', () => {
    fc.assert(
      fc.property(arbitraryResponse, (response) => {
        const protobuf = encodeLogsResponse(response, protobufType);
        expect(parseLogsResponse(protobufType, protobuf)).toStrictEqual(response);
        expect(parseLogsResponse(jsonType, encodeLogsResponse(response, jsonType))).toStrictEqual(response);
        const { rejectedLogRecords, errorMessage } = response;
        const partialSuccess = {
          ...(rejectedLogRecords === 0 ? {} : { rejectedLogRecords: String(rejectedLogRecords) }),
          ...(errorMessage === '' ? {} : { errorMessage }),
        };
        const expected = Object.keys(partialSuccess).length === 0 ? {} : { partialSuccess };
        expect(decodeMessageWithProtobufjs('ExportLogsServiceResponse', protobuf)).toStrictEqual(expected);
        const theirs = encodeMessageWithProtobufjs('ExportLogsServiceResponse', { partialSuccess });
        expect(parseLogsResponse(protobufType, theirs)).toStrictEqual(response);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a count that is no integer', () => {
    expect(() => encodeLogsResponse({ rejectedLogRecords: 0.5, errorMessage: '' }, protobufType)).toThrow(RangeError);
  });
});
