import { describe, expect, it } from 'vitest';
import { encodeLogRecord } from '../../src/encode-log-record.ts';
import { encodeResource, encodeScope } from '../../src/encode-resource.ts';
import { frameLogsRequest } from '../../src/frame-request.ts';

/** Made by another implementation and read back with protobufjs against the official .proto files; never by our encoder. */
const GOLDEN =
  '0a7a0a150a130a0c736572766963652e6e616d6512030a016112610a030a0173125a09010000000000000010091a04696e666f2a040a0268693210' +
  '0a016e120b18ffffffffffffffffff0132050a017a120045010000004a10000102030405060708090a0b0c0d0e0f52080001020304050607590200000000000000';

describe('the golden request', () => {
  it('comes out of the encoder byte for byte', () => {
    const bytes = Buffer.alloc(256);
    const end = encodeLogRecord(bytes, 0, {
      timeMs: 0,
      timeNanos: 1,
      observedTimeMs: 0,
      observedTimeNanos: 2,
      severityNumber: 9,
      severityText: 'info',
      body: 'hi',
      attributes: { n: -1, z: null },
      exception: undefined,
      bound: undefined,
      eventName: '',
      traceId: '000102030405060708090a0b0c0d0e0f',
      spanId: '0001020304050607',
      traceFlags: 1,
    });
    const request = frameLogsRequest(encodeResource({ 'service.name': 'a' }), [
      { scope: encodeScope('s'), runs: [bytes.subarray(0, end)] },
    ]);
    expect(request.toString('hex')).toBe(GOLDEN);
  });
});
