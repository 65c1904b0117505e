/**
 * The OTLP/JSON shapes: what the decoder answers, what `application/json` carries, what a JSON line holds.
 *
 * One model serves all three, so a record has a single decoded form. Int64 and fixed64 fields are decimal strings,
 * ids lower-case hex, bytes standard base64, and NaN and the infinities strings: JSON can carry them without loss.
 * A field at its default value is left out.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

/** Exactly one member is set; none at all is the empty value (null). */
export interface OtlpAnyValue {
  stringValue?: string;
  boolValue?: boolean;
  /** Decimal text in −2^63 … 2^63 − 1. */
  intValue?: string;
  doubleValue?: number | 'NaN' | 'Infinity' | '-Infinity';
  arrayValue?: { values: OtlpAnyValue[] };
  kvlistValue?: { values: OtlpKeyValue[] };
  /** Standard base64 with padding. */
  bytesValue?: string;
}

export interface OtlpKeyValue {
  key: string;
  value: OtlpAnyValue;
}

export interface OtlpLogRecord {
  /** Decimal nanoseconds since the epoch; absent when unknown. */
  timeUnixNano?: string;
  observedTimeUnixNano?: string;
  /** 1 … 24; absent when unspecified. */
  severityNumber?: number;
  severityText?: string;
  body?: OtlpAnyValue;
  attributes?: OtlpKeyValue[];
  droppedAttributesCount?: number;
  /** W3C trace flags in bits 0–7. */
  flags?: number;
  /** 32 lower-case hex digits. */
  traceId?: string;
  /** 16 lower-case hex digits. */
  spanId?: string;
  eventName?: string;
}

export interface OtlpResource {
  attributes?: OtlpKeyValue[];
  droppedAttributesCount?: number;
}

export interface OtlpScope {
  name?: string;
  version?: string;
  attributes?: OtlpKeyValue[];
  droppedAttributesCount?: number;
}

export interface OtlpScopeLogs {
  scope?: OtlpScope;
  logRecords?: OtlpLogRecord[];
  schemaUrl?: string;
}

export interface OtlpResourceLogs {
  resource?: OtlpResource;
  scopeLogs?: OtlpScopeLogs[];
  schemaUrl?: string;
}

/** `ExportLogsServiceRequest`, and one line of an OTLP JSON lines file. */
export interface OtlpLogsRequest {
  resourceLogs: OtlpResourceLogs[];
}

/** `ExportLogsServiceResponse` as one value. */
export interface OtlpLogsResponse {
  /** Records the server refused, as it said it: not yet held against what was sent. Integer, may be negative. */
  rejectedLogRecords: number;
  /** The server's own words, `''` if it had none. */
  errorMessage: string;
}
