import type { PlainValue } from '@logflume/otlp';
import { type OtlpKeyValue, type OtlpLogRecord, type OtlpResource, type OtlpScope, toPlainValue } from '@logflume/otlp';

export type PlainAttributes = Readonly<Record<string, PlainValue>>;

export interface ReceivedResource {
  readonly attributes: PlainAttributes;
  readonly droppedAttributesCount: number;
  /** Absent when the sender gave none. */
  readonly schemaUrl?: string;
}

export interface ReceivedScope extends ReceivedResource {
  /** `''` when the sender gave none. */
  readonly name: string;
  readonly version: string;
}

/** One log record as it arrived, with plain values. Of attributes that share a key the last one shows. */
export interface ReceivedRecord {
  /** 1 for the first record this backend accepted; grows by one and is never used again. */
  readonly sequence: number;
  /** 1 for the first request to a logs path. */
  readonly requestNumber: number;
  readonly receivedAtUnixMs: number;
  /** The request header `idempotency-key`. */
  readonly idempotencyKey: string | undefined;
  /** True if a request with the same idempotency key was accepted in full before. */
  readonly duplicate: boolean;
  /** Decimal nanoseconds since the epoch; `undefined` when unknown. */
  readonly timeUnixNano: string | undefined;
  readonly observedTimeUnixNano: string | undefined;
  /** 1 … 24; 0 when unspecified. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: PlainValue;
  readonly attributes: PlainAttributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly eventName: string | undefined;
  readonly resource: ReceivedResource;
  readonly scope: ReceivedScope;
  /** The record as decoded, for what plain values cannot tell apart: 1 and 1.0, bytes and text, repeated keys. */
  readonly otlp: OtlpLogRecord;
}

/** A record as it is kept: the decoded form and where it came from. Plain values are made when somebody looks. */
export interface StoredRecord {
  readonly sequence: number;
  readonly requestNumber: number;
  readonly receivedAtUnixMs: number;
  readonly idempotencyKey: string | undefined;
  readonly duplicate: boolean;
  /** One object for all records of a block. */
  readonly resource: ReceivedResource;
  readonly scope: ReceivedScope;
  readonly otlp: OtlpLogRecord;
  /** The record's share of the memory of its request: the bytes of its body and the objects decoded from it. */
  readonly costBytes: number;
  /** Filled by the first look at this record. */
  plain: ReceivedRecord | undefined;
}

/** The plain form of a stored record, made once and then remembered with it. */
export function toReceivedRecord(stored: StoredRecord): ReceivedRecord {
  stored.plain ??= {
    sequence: stored.sequence,
    requestNumber: stored.requestNumber,
    receivedAtUnixMs: stored.receivedAtUnixMs,
    idempotencyKey: stored.idempotencyKey,
    duplicate: stored.duplicate,
    timeUnixNano: stored.otlp.timeUnixNano,
    observedTimeUnixNano: stored.otlp.observedTimeUnixNano,
    severityNumber: stored.otlp.severityNumber ?? 0,
    severityText: stored.otlp.severityText ?? '',
    body: toPlainValue(stored.otlp.body ?? {}),
    attributes: toPlainAttributes(stored.otlp.attributes),
    droppedAttributesCount: stored.otlp.droppedAttributesCount ?? 0,
    flags: stored.otlp.flags ?? 0,
    traceId: stored.otlp.traceId,
    spanId: stored.otlp.spanId,
    eventName: stored.otlp.eventName,
    resource: stored.resource,
    scope: stored.scope,
    otlp: stored.otlp,
  };
  return stored.plain;
}

export function toReceivedResource(resource: OtlpResource | undefined, schemaUrl?: string): ReceivedResource {
  return {
    attributes: toPlainAttributes(resource?.attributes),
    droppedAttributesCount: resource?.droppedAttributesCount ?? 0,
    ...(schemaUrl === undefined ? {} : { schemaUrl }),
  };
}

export function toReceivedScope(scope: OtlpScope | undefined, schemaUrl?: string): ReceivedScope {
  return { name: scope?.name ?? '', version: scope?.version ?? '', ...toReceivedResource(scope, schemaUrl) };
}

/** `fromEntries` defines own properties, so a key such as `__proto__` is a key like any other. */
function toPlainAttributes(attributes: readonly OtlpKeyValue[] | undefined): PlainAttributes {
  return Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, toPlainValue(value)]));
}
