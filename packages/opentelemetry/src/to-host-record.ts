import { type CallContext, type HostRecord, noTrace } from 'logflume';
import type { HrTime, SdkLogRecord } from './host.ts';

const NANOS_PER_MS = 1e6;

/**
 * Makes a record of the SDK's. Pure; changes nothing and keeps nothing of it.
 *
 * @param call - of the log call; `undefined` while it runs.
 * @param resource - attributes of its resource that go with the record, as no logger has them. The record's own win.
 */
export function toHostRecord(
  record: SdkLogRecord,
  call: CallContext | undefined,
  resource: object | undefined,
): HostRecord {
  const { hrTime, hrTimeObserved, spanContext } = record;
  return {
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    body: record.body,
    attributes: resource === undefined ? record.attributes : { ...resource, ...record.attributes },
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
    // A resource whose attributes go with the record is not that of the logger.
    resourceSchemaUrl: resource === undefined ? record.resource.schemaUrl : undefined,
    call,
  };
}

function toMs([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + Math.floor(nanoseconds / NANOS_PER_MS);
}
