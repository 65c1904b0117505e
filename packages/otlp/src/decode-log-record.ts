import { readAnyValueField, readKeyValueField } from './decode-any-value.ts';
import { toUint64Text } from './int64-text.ts';
import { OtlpDecodeError } from './otlp-decode-error.ts';
import type { OtlpAnyValue, OtlpKeyValue, OtlpLogRecord } from './otlp-json.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/**
 * Decodes the content of one LogRecord message.
 *
 * Fields at their default are left out, unknown ones ignored; of a field that comes twice the last one counts. An id of
 * zeros is no id. Severity numbers outside 1 … 24 are answered as they are.
 *
 * @param start - offset of the first content byte, after tag and length.
 * @param end - offset after the last content byte.
 * @throws OtlpDecodeError if the bytes are truncated or malformed, values nest deeper than 100, or an id has not 16
 *   (trace) or 8 (span) bytes: the Collector refuses such a request as a whole.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto
 */
export function decodeLogRecord(bytes: Uint8Array, start = 0, end: number = bytes.length): OtlpLogRecord {
  return readLogRecord(new ProtobufReader(bytes, start, end));
}

export function readLogRecord(reader: ProtobufReader): OtlpLogRecord {
  let timeUnixNano = '0';
  let observedTimeUnixNano = '0';
  let severityNumber = 0;
  let severityText = '';
  let body: OtlpAnyValue | undefined;
  const attributes: OtlpKeyValue[] = [];
  let droppedAttributesCount = 0;
  let flags = 0;
  let traceId = '';
  let spanId = '';
  let eventName = '';
  while (reader.at < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 0x09:
        timeUnixNano = readFixed64Text(reader);
        break;
      case 0x10:
        reader.varint();
        severityNumber = reader.low | 0;
        break;
      case 0x1a:
        severityText = reader.string();
        break;
      case 0x2a:
        body = readAnyValueField(reader);
        break;
      case 0x32:
        attributes.push(readKeyValueField(reader));
        break;
      case 0x38:
        reader.varint();
        droppedAttributesCount = reader.low;
        break;
      case 0x45:
        flags = reader.fixed32();
        break;
      case 0x4a:
        traceId = readId(reader, 'trace_id', 16);
        break;
      case 0x52:
        spanId = readId(reader, 'span_id', 8);
        break;
      case 0x59:
        observedTimeUnixNano = readFixed64Text(reader);
        break;
      case 0x62:
        eventName = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  const record: OtlpLogRecord = {};
  if (timeUnixNano !== '0') record.timeUnixNano = timeUnixNano;
  if (observedTimeUnixNano !== '0') record.observedTimeUnixNano = observedTimeUnixNano;
  if (severityNumber !== 0) record.severityNumber = severityNumber;
  if (severityText !== '') record.severityText = severityText;
  if (body !== undefined) record.body = body;
  if (attributes.length > 0) record.attributes = attributes;
  if (droppedAttributesCount !== 0) record.droppedAttributesCount = droppedAttributesCount;
  if (flags !== 0) record.flags = flags;
  if (traceId !== '') record.traceId = traceId;
  if (spanId !== '') record.spanId = spanId;
  if (eventName !== '') record.eventName = eventName;
  return record;
}

function readFixed64Text(reader: ProtobufReader): string {
  reader.fixed64();
  return toUint64Text(reader.high, reader.low);
}

function readId(reader: ProtobufReader, field: string, byteCount: number): string {
  const offset = reader.at;
  const id = reader.encodedBytes('hex');
  if (id.length !== 0 && id.length !== byteCount * 2) {
    const message = `${field} at offset ${offset} must have ${byteCount} bytes, got ${id.length / 2}`;
    throw new OtlpDecodeError(message, { offset });
  }
  return /[^0]/.test(id) ? id : '';
}
