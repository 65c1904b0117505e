import type { EncodedAttributes, LogRecordInput } from '@logflume/otlp';

/** A record with other bound attributes, of the one shape all records have. */
export function withBound(record: LogRecordInput, bound: EncodedAttributes | undefined): LogRecordInput {
  return {
    timeMs: record.timeMs,
    timeNanos: record.timeNanos,
    observedTimeMs: record.observedTimeMs,
    observedTimeNanos: record.observedTimeNanos,
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    body: record.body,
    attributes: record.attributes,
    exception: record.exception,
    bound,
    eventName: record.eventName,
    traceId: record.traceId,
    spanId: record.spanId,
    traceFlags: record.traceFlags,
  };
}
