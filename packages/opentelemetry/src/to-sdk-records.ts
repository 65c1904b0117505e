import type { OtlpAnyValue, OtlpKeyValue, OtlpLogRecord, OtlpLogsRequest } from '@logflume/otlp';
import type { HrTime, SdkLogRecord, SdkResource, SdkScope } from './host.ts';

/**
 * Makes records of the SDK of a decoded request, for an exporter. All records of a resource or scope have one object for
 * it, as exporters group by identity. Pure.
 */
export function toSdkRecords({ resourceLogs }: OtlpLogsRequest): SdkLogRecord[] {
  return resourceLogs.flatMap(({ resource, scopeLogs = [], schemaUrl }) => {
    const shared = createResource(toAttributes(resource?.attributes), schemaUrl);
    return scopeLogs.flatMap(({ scope, logRecords = [], schemaUrl: scopeSchemaUrl }) => {
      const instrumentationScope: SdkScope = {
        name: scope?.name ?? '',
        version: scope?.version,
        schemaUrl: scopeSchemaUrl,
        attributes: toAttributes(scope?.attributes),
      };
      return logRecords.map((record) => toSdkRecord(record, shared, instrumentationScope));
    });
  });
}

function createResource(attributes: object, schemaUrl: string | undefined): SdkResource {
  const resource = {
    attributes,
    schemaUrl,
    asyncAttributesPending: false,
    waitForAsyncAttributes: () => Promise.resolve(),
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}

function toSdkRecord(record: OtlpLogRecord, resource: SdkResource, instrumentationScope: SdkScope): SdkLogRecord {
  const { traceId, spanId = '', flags = 0, timeUnixNano, observedTimeUnixNano } = record;
  return {
    hrTime: toHrTime(timeUnixNano),
    hrTimeObserved: toHrTime(observedTimeUnixNano),
    ...(traceId === undefined ? {} : { spanContext: { traceId, spanId, traceFlags: flags & 0xff } }),
    severityText: record.severityText,
    severityNumber: record.severityNumber,
    body: record.body === undefined ? undefined : toValue(record.body),
    eventName: record.eventName,
    resource,
    instrumentationScope,
    attributes: toAttributes(record.attributes),
    droppedAttributesCount: record.droppedAttributesCount ?? 0,
  };
}

function toHrTime(unixNano: string | undefined): HrTime {
  const digits = (unixNano ?? '0').padStart(10, '0');
  return [Number(digits.slice(0, -9)), Number(digits.slice(-9))];
}

function toAttributes(pairs: readonly OtlpKeyValue[] = []): Readonly<Record<string, unknown>> {
  // `fromEntries` defines own properties: `__proto__` is a key like any other.
  return Object.fromEntries(pairs.map(({ key, value }) => [key, toValue(value)]));
}

/** Integers that a number cannot hold stay decimal text: stock exporters round them. */
function toValue(value: OtlpAnyValue): unknown {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.bytesValue !== undefined) return new Uint8Array(Buffer.from(value.bytesValue, 'base64'));
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(toValue);
  if (value.kvlistValue !== undefined) return toAttributes(value.kvlistValue.values);
  if (value.intValue === undefined) return null;
  const number = Number(value.intValue);
  return Number.isSafeInteger(number) ? number : value.intValue;
}
