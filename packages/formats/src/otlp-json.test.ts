import { Buffer } from 'node:buffer';
import { decodeLogsRequest, OtlpDecodeError } from '@logflume/otlp';
import { describe, expect, it } from 'vitest';
import { checkoutHeaders, encodeRun, fullRecord } from '../test/encoded-runs.ts';
import { createOtlpJsonFormat } from './otlp-json.ts';
import { createOtlpProtobufFormat } from './otlp-protobuf.ts';

const format = createOtlpJsonFormat(checkoutHeaders);

describe('createOtlpJsonFormat', () => {
  it('names itself as OTLP asks for', () => {
    expect(format).toMatchObject({ name: 'otlp-json', contentType: 'application/json' });
  });

  it('says in JSON exactly what the protobuf format says', () => {
    const runs = [encodeRun(2, [fullRecord, fullRecord]), encodeRun(1, [fullRecord]), encodeRun(2, [fullRecord])];
    const protobuf = createOtlpProtobufFormat(checkoutHeaders).frame(runs);
    expect(JSON.parse(Buffer.from(format.frame(runs)).toString())).toStrictEqual(decodeLogsRequest(protobuf));
  });

  it('follows the JSON mapping of OTLP', () => {
    const text = Buffer.from(format.frame([encodeRun(0, [fullRecord])])).toString();
    for (const expected of [
      '"timeUnixNano":"1795376462123000007"',
      '"severityNumber":13',
      '"traceId":"5b8aa5a2d2c872e8321cf37308d69df2"',
      '"spanId":"051581bf3cb55c13"',
      '"flags":1',
      '{"key":"order.id","value":{"intValue":"42"}}',
      '{"key":"big","value":{"intValue":"1152921504606846976"}}',
      '{"key":"bytes","value":{"bytesValue":"AP8="}}',
      '{"arrayValue":{"values":[{"intValue":"1"},{},{"stringValue":"é"}]}}',
      '"scope":{"name":"scope-0","version":"1.2.3"}',
    ]) {
      expect(text).toContain(expected);
    }
  });

  it('throws what is wrong with bytes that are no records, instead of sending half of them', () => {
    const bytes = Uint8Array.of(0x12, 0x7f, 0x01);
    expect(() => format.frame([{ group: 0, bytes, records: 1 }])).toThrow(OtlpDecodeError);
  });
});
