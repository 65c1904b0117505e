import { describe, expect, it } from 'vitest';
import type { OtlpAnyValue, OtlpLogsRequest } from './otlp-json.ts';
import { toOtlpJsonLine, toOtlpJsonText } from './otlp-json-text.ts';

describe('toOtlpJsonText', () => {
  it('writes the names, numbers and texts of the mapping', () => {
    const request: OtlpLogsRequest = {
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] },
          scopeLogs: [
            {
              scope: { name: 's' },
              logRecords: [
                {
                  timeUnixNano: '1581452773000000789',
                  severityNumber: 9,
                  body: { intValue: '42' },
                  flags: 1,
                  traceId: '000102030405060708090a0b0c0d0e0f',
                },
              ],
            },
          ],
        },
      ],
    };
    expect(toOtlpJsonText(request)).toBe(
      '{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},' +
        '"scopeLogs":[{"scope":{"name":"s"},"logRecords":[{"timeUnixNano":"1581452773000000789","severityNumber":9,' +
        '"body":{"intValue":"42"},"flags":1,"traceId":"000102030405060708090a0b0c0d0e0f"}]}]}]}',
    );
  });

  it('keeps the sign of −0, and text that looks like it as it is', () => {
    const lookalike = '"doubleValue":0}"doubleValue":"-0"';
    const values = [{ doubleValue: -0 }, { doubleValue: 0 }, { doubleValue: -0.5 }, { stringValue: lookalike }];
    const text = toOtlpJsonText(withBody({ arrayValue: { values } }));
    expect(text).toContain('[{"doubleValue":-0},{"doubleValue":0},{"doubleValue":-0.5},');
    expect(text).toContain(`{"stringValue":${JSON.stringify(lookalike)}}`);
    expect(JSON.parse(text)).toStrictEqual(withBody({ arrayValue: { values } }));
  });
});

describe('toOtlpJsonLine', () => {
  it('stays on one line whatever the strings hold', () => {
    const line = toOtlpJsonLine(withBody({ stringValue: 'a\nb\r\nc' }));
    expect(line).toBe('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a\\nb\\r\\nc"}}]}]}]}');
  });
});

function withBody(body: OtlpAnyValue): OtlpLogsRequest {
  return { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }] }] }] };
}
