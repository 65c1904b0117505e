import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLogRecord } from './decode-log-record.ts';
import { decodeLogsRequest } from './decode-request.ts';
import { OtlpDecodeError } from './otlp-decode-error.ts';

// Made by protobufjs from the published .proto files; the one fixed vector both halves of the codec are held against.
const golden = hex(
  '0a7a0a150a130a0c736572766963652e6e616d6512030a016112610a030a0173125a09010000000000000010091a04696e666f2a040a026869' +
    '32100a016e120b18ffffffffffffffffff0132050a017a120045010000004a10000102030405060708090a0b0c0d0e0f5208000102030405' +
    '0607590200000000000000',
);

describe('decodeLogsRequest', () => {
  it('reads every field of the golden request', () => {
    expect(decodeLogsRequest(golden)).toStrictEqual({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] },
          scopeLogs: [
            {
              scope: { name: 's' },
              logRecords: [
                {
                  timeUnixNano: '1',
                  observedTimeUnixNano: '2',
                  severityNumber: 9,
                  severityText: 'info',
                  body: { stringValue: 'hi' },
                  attributes: [
                    { key: 'n', value: { intValue: '-1' } },
                    { key: 'z', value: {} },
                  ],
                  flags: 1,
                  traceId: '000102030405060708090a0b0c0d0e0f',
                  spanId: '0001020304050607',
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('takes an empty array for the empty request', () => {
    expect(decodeLogsRequest(new Uint8Array())).toStrictEqual({ resourceLogs: [] });
  });

  it('keeps a message that is there but empty, and leaves out fields at their default', () => {
    expect(decodeLogsRequest(hex('0a08 0a00 1202 0a00 1a00'))).toStrictEqual({
      resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {} }] }],
    });
    expect(decodeLogRecord(hex('09 0000000000000000 1000 1a00 3800 45 00000000 4a00'))).toStrictEqual({});
  });

  it('reads scope, schema URLs and dropped counts', () => {
    const scope = '0a01 6e 1201 76 1a05 0a0161 1200 20 ffffffff0f';
    const scopeLogs = `0a13 ${scope} 1a01 73`;
    const resourceLogs = `0a02 1007 1218 ${scopeLogs} 1a01 72`;
    expect(decodeLogsRequest(hex(`0a21 ${resourceLogs}`))).toStrictEqual({
      resourceLogs: [
        {
          resource: { droppedAttributesCount: 7 },
          scopeLogs: [
            {
              scope: {
                name: 'n',
                version: 'v',
                attributes: [{ key: 'a', value: {} }],
                droppedAttributesCount: 4_294_967_295,
              },
              schemaUrl: 's',
            },
          ],
          schemaUrl: 'r',
        },
      ],
    });
  });

  it('reads bytes that are a window into a larger buffer', () => {
    const around = Buffer.concat([hex('ffff'), golden, hex('ffff')]);
    expect(decodeLogsRequest(around.subarray(2, 2 + golden.length))).toStrictEqual(decodeLogsRequest(golden));
  });

  it('answers text that no longer depends on the bytes', () => {
    const bytes = Uint8Array.from(golden);
    const request = decodeLogsRequest(bytes);
    bytes.fill(0);
    expect(request).toStrictEqual(decodeLogsRequest(golden));
  });

  it('passes over unknown fields of every wire type it may meet', () => {
    const unknown = 'f80101 f9010102030405060708 fa0103aabbcc fd0101020304';
    const entityRef = '1a03 0a01 75';
    expect(decodeLogsRequest(hex(`${unknown} 0a19 ${unknown}`))).toStrictEqual({ resourceLogs: [{}] });
    expect(decodeLogsRequest(hex(`0a07 0a05 ${entityRef}`))).toStrictEqual({ resourceLogs: [{ resource: {} }] });
  });

  it('passes over a known field with a foreign wire type', () => {
    expect(decodeLogRecord(hex('0801 1201 78 3d01020304 1011'))).toStrictEqual({ severityNumber: 17 });
  });

  it.each([
    ['a group', '0b 0c', 'wire type 3 is not supported, before offset 1', 1],
    ['the end of a group', '0c', 'wire type 4 is not supported, before offset 1', 1],
    ['an undefined wire type', '0f', 'wire type 7 is not supported, before offset 1', 1],
    ['field number 0', '0200', 'invalid field number at offset 0', 0],
    ['a field number above 2^29 − 1', '8a8080808002', 'invalid field number at offset 0', 0],
    ['a varint of eleven bytes', '1880808080808080808080 01', 'varint longer than 10 bytes, before offset 11', 11],
    ['a varint cut short', '1880', 'truncated at offset 2: 1 bytes expected, 0 left', 2],
    ['a length beyond the end', '0a05 0a00', 'truncated at offset 2: 5 bytes expected, 2 left', 2],
    ['a length of 4 GiB', '0affffffff0f', 'truncated at offset 6: 4294967295 bytes expected, 0 left', 6],
    ['a length above 2^32', '0a8080808010', 'truncated at offset 6: 4294967296 bytes expected, 0 left', 6],
    ['a field that leaves its message', '0a02 0a01 00', 'truncated at offset 4: 1 bytes expected, 0 left', 4],
    ['eight bytes cut short', '09010203', 'truncated at offset 1: 8 bytes expected, 3 left', 1],
    ['four bytes cut short', '0d0102', 'truncated at offset 1: 4 bytes expected, 2 left', 1],
    ['a trace id of 15 bytes', '0a17 1215 1213 4a0f 000102030405060708090a0b0c0d0e 1000', 'trace_id at offset 7', 7],
    ['a span id of 9 bytes', '0a0f 120d 120b 5209 000102030405060708', 'span_id at offset 7', 7],
  ])('refuses %s and says where', (_what, bytes, message, offset) => {
    const error = catchError(() => decodeLogsRequest(hex(bytes)));
    expect(error).toBeInstanceOf(OtlpDecodeError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), offset, path: undefined });
  });

  it('refuses a request of more fields than allowed, before it has made anything of them', () => {
    expect(decodeLogsRequest(golden, { maxFields: 26 })).toStrictEqual(decodeLogsRequest(golden));
    const error = catchError(() => decodeLogsRequest(golden, { maxFields: 25 }));
    expect(error).toBeInstanceOf(OtlpDecodeError);
    expect(error).toMatchObject({ kind: 'tooManyFields', message: 'more than 25 fields, at offset 115', offset: 115 });
    expect(catchError(() => decodeLogsRequest(hex('0c')))).toMatchObject({ kind: 'malformed' });
  });

  it('takes an id of zeros for no id', () => {
    const record = hex(`4a10 ${'00'.repeat(16)} 5208 ${'00'.repeat(8)}`);
    expect(decodeLogRecord(record)).toStrictEqual({});
  });

  it('reads epoch nanoseconds to the last digit', () => {
    expect(decodeLogRecord(hex('09 15cd5b0710b5f215 59 ffffffffffffffff'))).toStrictEqual({
      timeUnixNano: String(0x15f2b510075bcd15n),
      observedTimeUnixNano: '18446744073709551615',
    });
  });

  it('either answers or throws OtlpDecodeError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expectOnlyDecodeErrors(() => decodeLogsRequest(bytes));
        expectOnlyDecodeErrors(() => decodeLogRecord(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('either answers or throws OtlpDecodeError when a good request is damaged or cut', () => {
    const position = fc.nat({ max: golden.length - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(position, fc.nat({ max: 255 })), { maxLength: 4 }), position, (damage, cut) => {
        const bytes = Uint8Array.from(golden);
        for (const [at, byte] of damage) bytes[at] = byte;
        expectOnlyDecodeErrors(() => decodeLogsRequest(bytes));
        expectOnlyDecodeErrors(() => decodeLogsRequest(bytes.subarray(0, cut)));
      }),
      { numRuns: 2_000 },
    );
  });
});

function hex(text: string): Uint8Array {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

function expectOnlyDecodeErrors(run: () => unknown): void {
  const error = catchError(run);
  if (error !== undefined) expect(error).toBeInstanceOf(OtlpDecodeError);
}
