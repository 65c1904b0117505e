import { toInt64Text } from './int64-text.ts';
import { OtlpDecodeError } from './otlp-decode-error.ts';
import type { OtlpAnyValue, OtlpKeyValue } from './otlp-json.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/**
 * Deepest value decoded, the outermost counting 1. The data model stops at 64 (AttributeValueDepthLimit); 100 is the
 * nesting at which protobuf decoders give up, here counted in values and not in messages.
 */
export const maxDecodedDepth = 100;

/**
 * Decodes the content of one AnyValue message.
 *
 * No member set is the empty value `{}`; of several, the last one counts. A member's bytes are copied, so the answer
 * outlives `bytes`.
 *
 * @param start - offset of the first content byte, after tag and length.
 * @param end - offset after the last content byte.
 * @throws OtlpDecodeError if the bytes are truncated or malformed, or values nest deeper than 100.
 */
export function decodeAnyValue(bytes: Uint8Array, start = 0, end: number = bytes.length): OtlpAnyValue {
  return readAnyValue(new ProtobufReader(bytes, start, end));
}

export function readAnyValue(reader: ProtobufReader): OtlpAnyValue {
  if (reader.depth >= maxDecodedDepth) {
    const offset = reader.at;
    throw new OtlpDecodeError(`values nest deeper than ${maxDecodedDepth} at offset ${offset}`, { offset });
  }
  reader.depth += 1;
  let value: OtlpAnyValue = {};
  while (reader.at < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 0x0a:
        value = { stringValue: reader.string() };
        break;
      case 0x10:
        reader.varint();
        value = { boolValue: reader.low !== 0 || reader.high !== 0 };
        break;
      case 0x18:
        reader.varint();
        value = { intValue: toInt64Text(reader.high, reader.low) };
        break;
      case 0x21:
        value = { doubleValue: toJsonDouble(reader.double()) };
        break;
      case 0x2a:
        value = { arrayValue: { values: readValues(reader, readAnyValueField) } };
        break;
      case 0x32:
        value = { kvlistValue: { values: readValues(reader, readKeyValueField) } };
        break;
      case 0x3a:
        value = { bytesValue: reader.encodedBytes('base64') };
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.depth -= 1;
  return value;
}

/** Reads a length-delimited KeyValue: an attribute, or an entry of a map. A value left out is the empty value. */
export function readKeyValueField(reader: ProtobufReader): OtlpKeyValue {
  const outerEnd = reader.enter();
  let key = '';
  let value: OtlpAnyValue = {};
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) key = reader.string();
    else if (tag === 0x12) value = readAnyValueField(reader);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { key, value };
}

/** Reads a length-delimited AnyValue. */
export function readAnyValueField(reader: ProtobufReader): OtlpAnyValue {
  const outerEnd = reader.enter();
  const value = readAnyValue(reader);
  reader.leave(outerEnd);
  return value;
}

/** Reads an ArrayValue or a KeyValueList: both have their entries in field 1. */
function readValues<T>(reader: ProtobufReader, readValue: (reader: ProtobufReader) => T): T[] {
  const values: T[] = [];
  const outerEnd = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) values.push(readValue(reader));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return values;
}

function toJsonDouble(double: number): number | 'NaN' | 'Infinity' | '-Infinity' {
  if (Number.isFinite(double)) return double;
  if (Number.isNaN(double)) return 'NaN';
  return double > 0 ? 'Infinity' : '-Infinity';
}
