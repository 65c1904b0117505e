import type { OtlpLogRecord } from '@logflume/otlp';
import { createFittedLine, type LineOrigin, textIn } from './fit-record.ts';
import { escapeUnsafe } from './json-text.ts';
import { levelNameOf, levelNameOfNumber } from './level-name.ts';
import { attributeMembers, attributesByKey, ownLevelOf, resourceText, takeText, textMember } from './line-members.ts';
import type { LineOptions, ToLine } from './line-options.ts';
import { recordTimeMs } from './record-time.ts';

/** Names Datadog's default pipeline takes time, status, message, host, service and trace from, and the line's own. */
const RESERVED_KEYS: ReadonlySet<string> = new Set([
  ...['@timestamp', 'timestamp', '_timestamp', 'Timestamp', 'eventTime', 'date', 'published_date', 'syslog.timestamp'],
  ...['status', 'severity', 'level', 'syslog.severity', 'message', 'msg', 'log', 'host', 'hostname', 'syslog.hostname'],
  ...['service', 'syslog.appname', 'dd', 'trace_id', 'span_id', 'ddsource', 'ddtags', 'source', 'error', 'logger'],
  ...['event_name', 'dropped_attributes_count', 'attributes', 'stream', 'kubernetes', 'logtag', '_p'],
]);
const RESERVED_PREFIX = /^(?:dd|error|logger)\./;

/**
 * Makes the function that says records as lines for the Datadog agent.
 *
 * `timestamp`, `status`, `message` and `service` are its reserved attributes; `dd.*` joins logs with traces and with
 * the version and environment they ran in, the ids as Datadog's tracers write them; exceptions are `error.kind`,
 * `error.message` and `error.stack`. The trace flags are left out.
 *
 * @see https://docs.datadoghq.com/logs/log_configuration/attributes_naming_convention/
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `maxLineBytes` that cannot work.
 */
export function createDatadogLine(options: LineOptions = {}): ToLine {
  return createFittedLine(toDatadogLine, options);
}

function toDatadogLine(record: OtlpLogRecord, { scope, resource }: LineOrigin): string {
  const attributes = attributesByKey(record.attributes);
  const timeMs = recordTimeMs(record);
  const service = resourceText(resource, 'service.name');
  let line = textMember('timestamp', timeMs === undefined ? undefined : new Date(timeMs).toISOString());
  line += textMember('status', levelNameOfNumber(record.severityNumber) ?? levelNameOf(record));
  line += textMember('message', textIn(record.body));
  line += textMember('service', service);
  line += ',"ddsource":"nodejs"';
  line += textMember('dd.service', service);
  line += textMember('dd.version', resourceText(resource, 'service.version'));
  line += textMember('dd.env', resourceText(resource, 'deployment.environment.name'));
  line += textMember('dd.trace_id', toTracerTraceId(record.traceId));
  line += textMember('dd.span_id', toTracerId(record.spanId));
  line += textMember('error.kind', takeText(attributes, 'exception.type'));
  line += textMember('error.message', takeText(attributes, 'exception.message'));
  line += textMember('error.stack', takeText(attributes, 'exception.stacktrace'));
  line += attributeMembers(attributes, (key) => RESERVED_KEYS.has(key) || RESERVED_PREFIX.test(key));
  line += textMember('level', ownLevelOf(record));
  line += textMember('logger.name', scope?.name);
  line += textMember('logger.version', scope?.version);
  line += textMember('event_name', record.eventName);
  const dropped = record.droppedAttributesCount ?? 0;
  if (dropped > 0) line += `,"dropped_attributes_count":${dropped}`;
  return escapeUnsafe(`{${line.replace(/^,/, '')}}`);
}

/**
 * Trace ids of 128 bits are hexadecimal, those that fit 64 bits decimal.
 *
 * @see https://docs.datadoghq.com/tracing/guide/span_and_trace_id_format/
 */
function toTracerTraceId(traceId: string | undefined): string | undefined {
  return traceId?.startsWith('0000000000000000') === true ? toTracerId(traceId) : traceId;
}

/** Ids of 64 bits are decimal. */
function toTracerId(id: string | undefined): string | undefined {
  return id !== undefined && /^[0-9a-f]{1,32}$/i.test(id) ? BigInt(`0x${id}`).toString() : id;
}
