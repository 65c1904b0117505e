import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAnyValue, maxDecodedDepth } from './decode-any-value.ts';
import { OtlpDecodeError } from './otlp-decode-error.ts';

describe('decodeAnyValue', () => {
  it.each([
    ['nothing', '', {}],
    ['an empty string', '0a00', { stringValue: '' }],
    ['a string that opens with a byte order mark', '0a04 efbbbf 61', { stringValue: '\ufeffa' }],
    ['true', '1001', { boolValue: true }],
    ['true of more than 32 bits', '10808080808001', { boolValue: true }],
    ['false', '1000', { boolValue: false }],
    ['0', '1800', { intValue: '0' }],
    ['2^53 + 1', '1881808080808080 10', { intValue: '9007199254740993' }],
    ['the largest int64', '18ffffffffffffffff7f', { intValue: '9223372036854775807' }],
    ['the smallest int64', '1880808080808080808001', { intValue: '-9223372036854775808' }],
    ['0.5', '21000000000000e03f', { doubleValue: 0.5 }],
    ['−0', '210000000000000080', { doubleValue: -0 }],
    ['NaN', '21000000000000f87f', { doubleValue: 'NaN' }],
    ['Infinity', '21000000000000f07f', { doubleValue: 'Infinity' }],
    ['−Infinity', '21000000000000f0ff', { doubleValue: '-Infinity' }],
    ['bytes', '3a03 fbff00', { bytesValue: '+/8A' }],
    ['no bytes', '3a00', { bytesValue: '' }],
    [
      'an array with empty values in place',
      '2a08 0a00 0a021801 0a00',
      { arrayValue: { values: [{}, { intValue: '1' }, {}] } },
    ],
    ['an empty array', '2a00', { arrayValue: { values: [] } }],
    ['an empty map', '3200', { kvlistValue: { values: [] } }],
    [
      'a map, its keys as they come',
      '3212 0a07 0a016b 12021001 0a07 0a016b 12021000',
      {
        kvlistValue: {
          values: [
            { key: 'k', value: { boolValue: true } },
            { key: 'k', value: { boolValue: false } },
          ],
        },
      },
    ],
    ['an entry without key and value', '3202 0a00', { kvlistValue: { values: [{ key: '', value: {} }] } }],
    ['the last of two members', '0a0161 1801', { intValue: '1' }],
  ])('reads %s', (_what, bytes, value) => {
    expect(decodeAnyValue(hex(bytes))).toStrictEqual(value);
  });

  it('decodes strings as TextDecoder does, damage becoming U+FFFD', () => {
    const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const field = Uint8Array.of(0x0a, bytes.length, ...bytes);
        expect(decodeAnyValue(field)).toStrictEqual({ stringValue: lenient.decode(bytes) });
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads only the bytes between start and end', () => {
    expect(decodeAnyValue(hex('ffff 1801 ffff'), 2, 4)).toStrictEqual({ intValue: '1' });
    expect(() => decodeAnyValue(hex('1880 01'), 0, 2)).toThrow('truncated at offset 2');
    expect(() => decodeAnyValue(hex('0a02 61'), 0, 4)).toThrow('bytes 0 to 4 do not lie within the 3 given');
    expect(() => decodeAnyValue(hex('1801'), 2, 1)).toThrow('bytes 2 to 1 do not lie within the 2 given');
  });

  it('reads values up to the depth limit and refuses deeper ones, however deep', () => {
    const arrays = (times: number): Uint8Array => nest(times, [0x0a, 0x2a]);
    const maps = (times: number): Uint8Array => nest(times, [0x12, 0x0a, 0x32]);
    for (const nested of [arrays, maps]) {
      expect(depthOf(decodeAnyValue(nested(maxDecodedDepth - 1)))).toBe(maxDecodedDepth);
      expect(() => decodeAnyValue(nested(maxDecodedDepth))).toThrow('values nest deeper than 100 at offset');
      expect(() => decodeAnyValue(nested(5_000))).toThrow(OtlpDecodeError);
    }
  });
});

function hex(text: string): Uint8Array {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

/** The empty value, wrapped `times` over in length-delimited fields of these tags, innermost first. */
function nest(times: number, tags: readonly number[]): Uint8Array {
  const prefixes: Uint8Array[] = [];
  let byteCount = 0;
  for (let round = 0; round < times; round += 1) {
    for (const tag of tags) {
      const prefix = Uint8Array.of(tag, ...toVarint(byteCount));
      byteCount += prefix.length;
      prefixes.push(prefix);
    }
  }
  return Buffer.concat(prefixes.reverse());
}

function toVarint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return bytes;
}

function depthOf(value: ReturnType<typeof decodeAnyValue>): number {
  const inner = value.arrayValue?.values[0] ?? value.kvlistValue?.values[0]?.value;
  return inner === undefined ? 1 : 1 + depthOf(inner);
}
