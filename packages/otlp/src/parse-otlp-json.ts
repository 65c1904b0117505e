import { maxDecodedDepth } from './decode-any-value.ts';
import type { DecodeLimits } from './decode-limits.ts';
import {
  fail,
  type JsonObject,
  parseJsonObject,
  readArray,
  readBase64,
  readBoolean,
  readDouble,
  readEnumNumber,
  readHexId,
  readInt64Text,
  readObject,
  readString,
  readUint32,
  readUint64Text,
} from './json-fields.ts';
import type {
  OtlpAnyValue,
  OtlpKeyValue,
  OtlpLogRecord,
  OtlpLogsRequest,
  OtlpResource,
  OtlpResourceLogs,
  OtlpScope,
  OtlpScopeLogs,
} from './otlp-json.ts';

/**
 * Parses OTLP/JSON, the body of an `application/json` request or a line of an OTLP JSON lines file.
 *
 * As lenient as the mapping asks: 64-bit integers as numbers or text, ids in either case, base64 in either alphabet,
 * null for a missing field, unknown names ignored. What cannot be held without change is refused. The answer is
 * normalised: decimal text, lower-case ids, padded standard base64, fields at their default left out, an id of zeros
 * too. It equals what `decodeLogsRequest` answers for the same request in protobuf.
 *
 * @param text - the JSON text, or its UTF-8 bytes, a byte order mark allowed.
 * @throws OtlpDecodeError with the `path`; the message says what was expected there and what came. Its `kind` tells a
 *   text with more fields than `limits` allow, which is not parsed at all.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @example
 * ```ts
 * parseOtlpJsonRequest('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"abc"}]}]}]}');
 * // OtlpDecodeError: resourceLogs[0].scopeLogs[0].logRecords[0].traceId must be 32 hex digits, got "abc"
 * ```
 */
export function parseOtlpJsonRequest(text: string | Uint8Array, limits: DecodeLimits = {}): OtlpLogsRequest {
  const body = parseJsonObject(text, limits.maxFields);
  return { resourceLogs: readArray(body['resourceLogs'], 'resourceLogs', readResourceLogs) };
}

function readResourceLogs(item: unknown, path: string): OtlpResourceLogs {
  const object = readMessage(item, path);
  const resource = readObject(object['resource'], `${path}.resource`);
  const scopeLogs = readArray(object['scopeLogs'], `${path}.scopeLogs`, readScopeLogs);
  const schemaUrl = readString(object['schemaUrl'], `${path}.schemaUrl`);
  const result: OtlpResourceLogs = {};
  if (resource !== undefined) result.resource = readResource(resource, `${path}.resource`);
  if (scopeLogs.length > 0) result.scopeLogs = scopeLogs;
  if (schemaUrl !== '') result.schemaUrl = schemaUrl;
  return result;
}

function readResource(object: JsonObject, path: string): OtlpResource {
  return addAttributes({}, object, path);
}

function readScopeLogs(item: unknown, path: string): OtlpScopeLogs {
  const object = readMessage(item, path);
  const scope = readObject(object['scope'], `${path}.scope`);
  const logRecords = readArray(object['logRecords'], `${path}.logRecords`, readLogRecord);
  const schemaUrl = readString(object['schemaUrl'], `${path}.schemaUrl`);
  const result: OtlpScopeLogs = {};
  if (scope !== undefined) result.scope = readScope(scope, `${path}.scope`);
  if (logRecords.length > 0) result.logRecords = logRecords;
  if (schemaUrl !== '') result.schemaUrl = schemaUrl;
  return result;
}

function readScope(object: JsonObject, path: string): OtlpScope {
  const name = readString(object['name'], `${path}.name`);
  const version = readString(object['version'], `${path}.version`);
  const scope: OtlpScope = {};
  if (name !== '') scope.name = name;
  if (version !== '') scope.version = version;
  return addAttributes(scope, object, path);
}

function readLogRecord(item: unknown, path: string): OtlpLogRecord {
  const object = readMessage(item, path);
  const timeUnixNano = readUint64Text(object['timeUnixNano'], `${path}.timeUnixNano`);
  const observedTimeUnixNano = readUint64Text(object['observedTimeUnixNano'], `${path}.observedTimeUnixNano`);
  const severityNumber = readEnumNumber(object['severityNumber'], `${path}.severityNumber`);
  const severityText = readString(object['severityText'], `${path}.severityText`);
  const body = object['body'];
  const flags = readUint32(object['flags'], `${path}.flags`);
  const traceId = readHexId(object['traceId'], `${path}.traceId`, 32);
  const spanId = readHexId(object['spanId'], `${path}.spanId`, 16);
  const eventName = readString(object['eventName'], `${path}.eventName`);
  const record: OtlpLogRecord = {};
  if (timeUnixNano !== '0') record.timeUnixNano = timeUnixNano;
  if (observedTimeUnixNano !== '0') record.observedTimeUnixNano = observedTimeUnixNano;
  if (severityNumber !== 0) record.severityNumber = severityNumber;
  if (severityText !== '') record.severityText = severityText;
  if (body !== undefined && body !== null) record.body = readAnyValue(body, `${path}.body`, 1);
  addAttributes(record, object, path);
  if (flags !== 0) record.flags = flags;
  if (traceId !== '') record.traceId = traceId;
  if (spanId !== '') record.spanId = spanId;
  if (eventName !== '') record.eventName = eventName;
  return record;
}

function addAttributes<T extends OtlpResource>(target: T, object: JsonObject, path: string): T {
  const attributes = readKeyValues(object['attributes'], `${path}.attributes`, 1);
  const dropped = readUint32(object['droppedAttributesCount'], `${path}.droppedAttributesCount`);
  if (attributes.length > 0) target.attributes = attributes;
  if (dropped !== 0) target.droppedAttributesCount = dropped;
  return target;
}

function readKeyValues(value: unknown, path: string, depth: number): OtlpKeyValue[] {
  return readArray(value, path, (item, itemPath) => {
    const object = readMessage(item, itemPath);
    return {
      key: readString(object['key'], `${itemPath}.key`),
      value: readAnyValue(object['value'], `${itemPath}.value`, depth),
    };
  });
}

/** The members of an AnyValue and how each is read; the order is that of the protobuf definition. */
const anyValueReaders: Readonly<Record<string, (value: unknown, path: string, depth: number) => OtlpAnyValue>> = {
  stringValue: (value, path) => ({ stringValue: readString(value, path) }),
  boolValue: (value, path) => ({ boolValue: readBoolean(value, path) }),
  intValue: (value, path) => ({ intValue: readInt64Text(value, path) }),
  doubleValue: (value, path) => ({ doubleValue: readDouble(value, path) }),
  arrayValue: (value, path, depth) => {
    const values = readMessage(value, path)['values'];
    const readItem = (item: unknown, itemPath: string): OtlpAnyValue => readAnyValue(item, itemPath, depth + 1);
    return { arrayValue: { values: readArray(values, `${path}.values`, readItem) } };
  },
  kvlistValue: (value, path, depth) => {
    const values = readMessage(value, path)['values'];
    return { kvlistValue: { values: readKeyValues(values, `${path}.values`, depth + 1) } };
  },
  bytesValue: (value, path) => ({ bytesValue: readBase64(value, path) }),
};

const anyValueMembers = Object.keys(anyValueReaders);

function readAnyValue(value: unknown, path: string, depth: number): OtlpAnyValue {
  if (depth > maxDecodedDepth) return fail(path, `nested at most ${maxDecodedDepth} values deep`, value);
  const object = readObject(value, path) ?? {};
  let result: OtlpAnyValue | undefined;
  for (const member of anyValueMembers) {
    const content = object[member];
    if (content === undefined || content === null) continue;
    if (result !== undefined) return fail(path, 'a value with one member only', value);
    result = anyValueReaders[member]?.(content, `${path}.${member}`, depth);
  }
  return result ?? {};
}

/** Reads an item of a repeated message: the mapping knows no null there. */
function readMessage(value: unknown, path: string): JsonObject {
  return readObject(value, path) ?? fail(path, 'an object', value);
}
