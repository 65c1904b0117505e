import { type CallContext, type HostRecord, noTrace } from 'logflume';
import { copyValue } from './copy-value.ts';
import type { HrTime, SdkLogRecord } from './host.ts';

const NANOS_PER_MS = 1e6;

/**
 * Makes a record of the SDK's. Pure; changes nothing of it, and keeps nothing but body, attributes and scope.
 *
 * @param call - of the log call; `undefined` while it runs.
 * @throws TypeError for what is no record.
 */
export function toHostRecord(record: SdkLogRecord, call: CallContext | undefined): HostRecord {
  const { hrTime, hrTimeObserved, spanContext } = record;
  return {
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    body: record.body,
    attributes: record.attributes,
    droppedAttributesCount: record.droppedAttributesCount,
    exception: undefined,
    eventName: record.eventName,
    timeMs: toMs(hrTime),
    timeNanos: hrTime[1] % NANOS_PER_MS,
    observedTimeMs: toMs(hrTimeObserved),
    observedTimeNanos: hrTimeObserved[1] % NANOS_PER_MS,
    trace: spanContext ?? noTrace, // The SDK says where a record has no span.
    scope: record.instrumentationScope,
    scopeAttributes: record.instrumentationScope.attributes,
    resourceSchemaUrl: record.resource.schemaUrl,
    call,
  };
}

/** A record that may be kept: whoever has its body or attributes may change them, and that does not reach it. Pure. */
export function toLasting(record: HostRecord): HostRecord {
  return { ...record, body: copyValue(record.body), attributes: copyValue(record.attributes) };
}

/**
 * A record for a logger of another resource: the attributes of its own go with it, and lose to those of the record. Pure.
 */
export function withResource(record: HostRecord, resource: object): HostRecord {
  return { ...record, attributes: joined(resource, record.attributes), resourceSchemaUrl: undefined };
}

function joined(resource: object, attributes: object | undefined): object | undefined {
  try {
    return { ...resource, ...attributes };
  } catch {
    return attributes; // A getter threw; the encoder says which. What the record says is worth more than its resource.
  }
}

function toMs([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + Math.floor(nanoseconds / NANOS_PER_MS);
}
