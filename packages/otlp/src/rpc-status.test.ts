import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessageWithProtobufjs, encodeMessageWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { encodeRpcStatus, parseRpcStatus } from './rpc-status.ts';

const protobufType = 'application/x-protobuf';
const jsonType = 'application/json';

describe('parseRpcStatus', () => {
  it('reads a status that protobufjs has encoded, details ignored', () => {
    const details = [{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo', value: 'CgA=' }];
    const body = encodeMessageWithProtobufjs('Status', { code: 3, message: 'too large', details });
    expect(parseRpcStatus(protobufType, body)).toStrictEqual({ code: 3, message: 'too large' });
  });

  it.each([
    ['code and message', '{"code":16,"message":"no token","details":[]}', { code: 16, message: 'no token' }],
    ['a message alone', '{"message":"no token"}', { code: 0, message: 'no token' }],
    ['a code alone', '{"code":16}', { code: 16, message: '' }],
  ])('reads JSON with %s', (_what, json, status) => {
    expect(parseRpcStatus('application/json; charset=utf-8', Buffer.from(json))).toStrictEqual(status);
  });

  it.each([
    ['an empty body', protobufType, ''],
    ['a body of another type', 'text/plain', 'no'],
    ['a body without a type', undefined, '{"message":"no"}'],
    ['malformed protobuf', protobufType, '\u0012\u0009a'],
    ['malformed JSON', jsonType, '{'],
    ['the error object of somebody else', jsonType, '{"error":"no token"}'],
    ['a code that is a name', jsonType, '{"code":"unauthenticated","message":"no token"}'],
  ])('answers undefined for %s', (_what, contentType, body) => {
    expect(parseRpcStatus(contentType, Buffer.from(body))).toBeUndefined();
  });
});

describe('encodeRpcStatus', () => {
  it('is read back in both encodings, and by protobufjs', () => {
    const arbitraryStatus = fc.record(
      { code: fc.integer({ min: 1 }), message: fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }) },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(arbitraryStatus, (status) => {
        const protobuf = encodeRpcStatus(status, protobufType);
        expect(decodeMessageWithProtobufjs('Status', protobuf)).toStrictEqual(status);
        expect(parseRpcStatus(protobufType, protobuf)).toStrictEqual(status);
        expect(parseRpcStatus(jsonType, encodeRpcStatus(status, jsonType))).toStrictEqual(status);
      }),
      { numRuns: 300 },
    );
  });

  it('writes a negative code as an int32 is written, in ten bytes', () => {
    expect(Buffer.from(encodeRpcStatus({ code: -1, message: '' }, protobufType)).toString('hex')).toBe(
      '08ffffffffffffffffff01',
    );
  });
});
