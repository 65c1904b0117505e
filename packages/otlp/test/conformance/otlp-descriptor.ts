import { Buffer } from 'node:buffer';
import protobuf from 'protobufjs';
import type {
  OtlpAnyValue,
  OtlpKeyValue,
  OtlpLogRecord,
  OtlpLogsRequest,
  OtlpResource,
  OtlpResourceLogs,
  OtlpScope,
  OtlpScopeLogs,
} from '../../src/otlp-json.ts';

// The messages of opentelemetry-proto 1.11.0 (logs.proto, common.proto, resource.proto, logs_service.proto) and
// google/rpc/status.proto, written down a second time, from the published definitions and not from our codec. Names are
// those of the JSON mapping; the one enum is declared int32, which is the same on the wire.
const root = protobuf.Root.fromJSON({
  nested: {
    ExportLogsServiceRequest: message({ resourceLogs: many(1, 'ResourceLogs') }),
    ResourceLogs: message({
      resource: one(1, 'Resource'),
      scopeLogs: many(2, 'ScopeLogs'),
      schemaUrl: one(3, 'string'),
    }),
    ScopeLogs: message({
      scope: one(1, 'InstrumentationScope'),
      logRecords: many(2, 'LogRecord'),
      schemaUrl: one(3, 'string'),
    }),
    LogRecord: message({
      timeUnixNano: one(1, 'fixed64'),
      severityNumber: one(2, 'int32'),
      severityText: one(3, 'string'),
      body: one(5, 'AnyValue'),
      attributes: many(6, 'KeyValue'),
      droppedAttributesCount: one(7, 'uint32'),
      flags: one(8, 'fixed32'),
      traceId: one(9, 'bytes'),
      spanId: one(10, 'bytes'),
      observedTimeUnixNano: one(11, 'fixed64'),
      eventName: one(12, 'string'),
    }),
    Resource: message({
      attributes: many(1, 'KeyValue'),
      droppedAttributesCount: one(2, 'uint32'),
      entityRefs: many(3, 'EntityRef'),
    }),
    EntityRef: message({
      schemaUrl: one(1, 'string'),
      type: one(2, 'string'),
      idKeys: many(3, 'string'),
      descriptionKeys: many(4, 'string'),
    }),
    InstrumentationScope: message({
      name: one(1, 'string'),
      version: one(2, 'string'),
      attributes: many(3, 'KeyValue'),
      droppedAttributesCount: one(4, 'uint32'),
    }),
    KeyValue: message({ key: one(1, 'string'), value: one(2, 'AnyValue'), keyStrindex: one(3, 'int32') }),
    AnyValue: {
      oneofs: {
        value: {
          oneof: [
            'stringValue',
            'boolValue',
            'intValue',
            'doubleValue',
            'arrayValue',
            'kvlistValue',
            'bytesValue',
            'stringValueStrindex',
          ],
        },
      },
      ...message({
        stringValue: one(1, 'string'),
        boolValue: one(2, 'bool'),
        intValue: one(3, 'int64'),
        doubleValue: one(4, 'double'),
        arrayValue: one(5, 'ArrayValue'),
        kvlistValue: one(6, 'KeyValueList'),
        bytesValue: one(7, 'bytes'),
        stringValueStrindex: one(8, 'int32'),
      }),
    },
    ArrayValue: message({ values: many(1, 'AnyValue') }),
    KeyValueList: message({ values: many(1, 'KeyValue') }),
    ExportLogsServiceResponse: message({ partialSuccess: one(1, 'ExportLogsPartialSuccess') }),
    ExportLogsPartialSuccess: message({ rejectedLogRecords: one(1, 'int64'), errorMessage: one(2, 'string') }),
    Status: message({ code: one(1, 'int32'), message: one(2, 'string'), details: many(3, 'Any') }),
    Any: message({ typeUrl: one(1, 'string'), value: one(2, 'bytes') }),
  },
});

/** Encodes a request with protobufjs: an encoder that shares no line and no author with ours. */
export function encodeWithProtobufjs(request: OtlpLogsRequest): Uint8Array {
  return encodeMessageWithProtobufjs(
    'ExportLogsServiceRequest',
    JSON.parse(JSON.stringify(request, toProtobufjsField)),
  );
}

/** Decodes a request with protobufjs into our model: fields at their default left out, ids in hex. */
export function decodeWithProtobufjs(bytes: Uint8Array): OtlpLogsRequest {
  return {
    resourceLogs: decodeMany(
      decodeMessageWithProtobufjs('ExportLogsServiceRequest', bytes),
      'resourceLogs',
      toResourceLogs,
    ),
  };
}

/** Decodes one LogRecord message (without tag and length) with protobufjs into our model. */
export function decodeLogRecordWithProtobufjs(bytes: Uint8Array): OtlpLogRecord {
  return toLogRecord(decodeMessageWithProtobufjs('LogRecord', bytes));
}

/** Encodes any message of the table from its JSON mapping; bytes fields as base64 text or bytes. */
export function encodeMessageWithProtobufjs(typeName: string, fields: object): Uint8Array {
  const type = root.lookupType(typeName);
  return type.encode(type.fromObject({ ...fields })).finish();
}

/** Decodes any message of the table: 64-bit integers as text, bytes as base64, absent fields left out. */
export function decodeMessageWithProtobufjs(typeName: string, bytes: Uint8Array): Fields {
  const type = root.lookupType(typeName);
  return type.toObject(type.decode(bytes), { longs: String, bytes: String, json: true });
}

/** What protobufjs writes of what it reads: fields in ascending order, lengths and varints as short as can be. */
export function reencodeWithProtobufjs(typeName: string, bytes: Uint8Array): Uint8Array {
  const type = root.lookupType(typeName);
  return type.encode(type.decode(bytes)).finish();
}

type Fields = Readonly<Record<string, unknown>>;

interface FieldDescriptor {
  readonly id: number;
  readonly type: string;
  readonly rule?: 'repeated';
}

function message(fields: Record<string, FieldDescriptor>): { fields: Record<string, FieldDescriptor> } {
  return { fields };
}

function one(id: number, type: string): FieldDescriptor {
  return { id, type };
}

function many(id: number, type: string): FieldDescriptor {
  return { id, type, rule: 'repeated' };
}

function toResourceLogs(fields: Fields): OtlpResourceLogs {
  return withoutDefaults({
    resource: decodeOne(fields, 'resource', toResource),
    scopeLogs: decodeMany(fields, 'scopeLogs', toScopeLogs),
    schemaUrl: fields['schemaUrl'],
  });
}

function toResource(fields: Fields): OtlpResource {
  return withoutDefaults({
    attributes: decodeMany(fields, 'attributes', toKeyValue),
    droppedAttributesCount: fields['droppedAttributesCount'],
  });
}

function toScopeLogs(fields: Fields): OtlpScopeLogs {
  return withoutDefaults({
    scope: decodeOne(fields, 'scope', toScope),
    logRecords: decodeMany(fields, 'logRecords', toLogRecord),
    schemaUrl: fields['schemaUrl'],
  });
}

function toScope(fields: Fields): OtlpScope {
  return withoutDefaults({ ...fields, attributes: decodeMany(fields, 'attributes', toKeyValue) });
}

function toLogRecord(fields: Fields): OtlpLogRecord {
  return withoutDefaults({
    ...fields,
    body: decodeOne(fields, 'body', toAnyValue),
    attributes: decodeMany(fields, 'attributes', toKeyValue),
    traceId: toHex(fields['traceId']),
    spanId: toHex(fields['spanId']),
  });
}

function toKeyValue(fields: Fields): OtlpKeyValue {
  return { key: String(fields['key'] ?? ''), value: decodeOne(fields, 'value', toAnyValue) ?? {} };
}

function toAnyValue(fields: Fields): OtlpAnyValue {
  const array = fields['arrayValue'];
  if (isFields(array)) return { arrayValue: { values: decodeMany(array, 'values', toAnyValue) } };
  const map = fields['kvlistValue'];
  if (isFields(map)) return { kvlistValue: { values: decodeMany(map, 'values', toKeyValue) } };
  return fields;
}

function toHex(base64: unknown): string {
  return Buffer.from(String(base64 ?? ''), 'base64').toString('hex');
}

function decodeOne<T>(fields: Fields, name: string, decode: (fields: Fields) => T): T | undefined {
  const field = fields[name];
  return isFields(field) ? decode(field) : undefined;
}

function decodeMany<T>(fields: Fields, name: string, decode: (fields: Fields) => T): T[] {
  const field = fields[name];
  return Array.isArray(field) ? field.filter(isFields).map(decode) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** The parse border of this oracle: protobufjs answers untyped objects of the shape the table above declares. */
function withoutDefaults<T extends object>(fields: Fields): T {
  const isSet = (value: unknown): boolean =>
    Array.isArray(value) ? value.length > 0 : value !== undefined && value !== '' && value !== 0 && value !== '0';
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSet(value))) as T;
}

/** protobufjs takes bytes as base64, where OTLP wants ids in hex; JSON would take the sign of −0. */
function toProtobufjsField(name: string, value: unknown): unknown {
  if (name === 'traceId' || name === 'spanId') return Buffer.from(String(value), 'hex').toString('base64');
  return Object.is(value, -0) ? '-0' : value;
}
