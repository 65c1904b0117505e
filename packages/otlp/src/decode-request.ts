import { readKeyValueField } from './decode-any-value.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { readLogRecord } from './decode-log-record.ts';
import type {
  OtlpKeyValue,
  OtlpLogRecord,
  OtlpLogsRequest,
  OtlpResource,
  OtlpResourceLogs,
  OtlpScope,
  OtlpScopeLogs,
} from './otlp-json.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/**
 * Decodes an `ExportLogsServiceRequest` (or `LogsData`, which has the same shape) from protobuf.
 *
 * Unknown fields are ignored, as are entity references; of a single field that comes twice the last one counts. What is
 * not UTF-8 in a string becomes U+FFFD. An empty array is the empty request. The answer shares no memory with `bytes`.
 * Time and memory grow with the input alone, never with a length it claims.
 *
 * @throws OtlpDecodeError with the `offset`: more fields than `limits` allow, which its `kind` tells from the rest;
 *   truncated input, a varint of more than ten bytes, groups, values nested deeper than 100, an id of the wrong length.
 * @see https://opentelemetry.io/docs/specs/otlp/#binary-protobuf-encoding
 */
export function decodeLogsRequest(bytes: Uint8Array, limits: DecodeLimits = {}): OtlpLogsRequest {
  const reader = new ProtobufReader(bytes, 0, bytes.length, limits.maxFields);
  const resourceLogs: OtlpResourceLogs[] = [];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) resourceLogs.push(readResourceLogs(reader));
    else reader.skip(tag);
  }
  return { resourceLogs };
}

function readResourceLogs(reader: ProtobufReader): OtlpResourceLogs {
  const outerEnd = reader.enter();
  let resource: OtlpResource | undefined;
  const scopeLogs: OtlpScopeLogs[] = [];
  let schemaUrl = '';
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) resource = readResource(reader);
    else if (tag === 0x12) scopeLogs.push(readScopeLogs(reader));
    else if (tag === 0x1a) schemaUrl = reader.string();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  const result: OtlpResourceLogs = {};
  if (resource !== undefined) result.resource = resource;
  if (scopeLogs.length > 0) result.scopeLogs = scopeLogs;
  if (schemaUrl !== '') result.schemaUrl = schemaUrl;
  return result;
}

function readResource(reader: ProtobufReader): OtlpResource {
  const outerEnd = reader.enter();
  const attributes: OtlpKeyValue[] = [];
  let droppedAttributesCount = 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) attributes.push(readKeyValueField(reader));
    else if (tag === 0x10) droppedAttributesCount = readUint32(reader);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  const resource: OtlpResource = {};
  if (attributes.length > 0) resource.attributes = attributes;
  if (droppedAttributesCount !== 0) resource.droppedAttributesCount = droppedAttributesCount;
  return resource;
}

function readScopeLogs(reader: ProtobufReader): OtlpScopeLogs {
  const outerEnd = reader.enter();
  let scope: OtlpScope | undefined;
  const logRecords: OtlpLogRecord[] = [];
  let schemaUrl = '';
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) scope = readScope(reader);
    else if (tag === 0x12) {
      const scopeLogsEnd = reader.enter();
      logRecords.push(readLogRecord(reader));
      reader.leave(scopeLogsEnd);
    } else if (tag === 0x1a) schemaUrl = reader.string();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  const result: OtlpScopeLogs = {};
  if (scope !== undefined) result.scope = scope;
  if (logRecords.length > 0) result.logRecords = logRecords;
  if (schemaUrl !== '') result.schemaUrl = schemaUrl;
  return result;
}

function readScope(reader: ProtobufReader): OtlpScope {
  const outerEnd = reader.enter();
  let name = '';
  let version = '';
  const attributes: OtlpKeyValue[] = [];
  let droppedAttributesCount = 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) name = reader.string();
    else if (tag === 0x12) version = reader.string();
    else if (tag === 0x1a) attributes.push(readKeyValueField(reader));
    else if (tag === 0x20) droppedAttributesCount = readUint32(reader);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  const scope: OtlpScope = {};
  if (name !== '') scope.name = name;
  if (version !== '') scope.version = version;
  if (attributes.length > 0) scope.attributes = attributes;
  if (droppedAttributesCount !== 0) scope.droppedAttributesCount = droppedAttributesCount;
  return scope;
}

function readUint32(reader: ProtobufReader): number {
  reader.varint();
  return reader.low;
}
