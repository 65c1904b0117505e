import type { OtlpLogRecord, OtlpResource } from '@logflume/otlp';
import { createFittedLine, type LineOrigin } from './fit-record.ts';
import { escapeUnsafe } from './json-text.ts';
import {
  attributeMembers,
  attributesByKey,
  ownLevelOf,
  resourceText,
  takeText,
  textMember,
  valueMember,
} from './line-members.ts';
import type { LineOptions, ToLine } from './line-options.ts';
import { recordTimeMs } from './record-time.ts';

/** By severity number, as Google's own exporter of OpenTelemetry logs maps them. */
const SEVERITIES: readonly string[] = [
  'DEFAULT',
  ...Array<string>(8).fill('DEBUG'),
  ...Array<string>(2).fill('INFO'),
  ...Array<string>(2).fill('NOTICE'),
  ...Array<string>(4).fill('WARNING'),
  ...Array<string>(4).fill('ERROR'),
  ...Array<string>(2).fill('CRITICAL'),
  'ALERT',
  'EMERGENCY',
];

/** What Cloud Logging and its agent take out of a line, and what the line says itself. */
const RESERVED_KEYS: ReadonlySet<string> = new Set([
  ...['severity', 'message', 'time', 'timestamp', 'timestampSeconds', 'timestampNanos', 'httpRequest', 'textPayload'],
  ...['log', 'stream', 'kubernetes', 'logtag', '_p'],
  ...['level', 'stack_trace', 'exception', 'serviceContext', 'logger', 'logger_version', 'event_name', 'service'],
  ...['dropped_attributes_count', 'attributes'],
]);
const SPECIAL_PREFIX = 'logging.googleapis.com/';

/**
 * Makes the function that says records as lines of Google Cloud Logging: what GKE, Cloud Run and the Ops Agent read
 * from stdout.
 *
 * `severity` and `time` (with nanoseconds, which keep the order) become those of the entry, trace and span link it to
 * Cloud Trace, code attributes become its source location, `log.record.uid` its insert id, by which repeats are
 * removed. A stack trace stands in `stack_trace` with the service in `serviceContext`: Error Reporting reads both. The
 * trace has its full name where the resource says the project (`cloud.account.id`), else its id alone.
 *
 * @see https://cloud.google.com/logging/docs/structured-logging#special-payload-fields
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `maxLineBytes` that cannot work.
 */
export function createGcpLine(options: LineOptions = {}): ToLine {
  return createFittedLine(toGcpLine, options);
}

function toGcpLine(record: OtlpLogRecord, { scope, resource }: LineOrigin): string {
  const attributes = attributesByKey(record.attributes);
  let line = `"severity":"${SEVERITIES[record.severityNumber ?? 0] ?? 'DEFAULT'}"`;
  line += textMember('time', timeText(record));
  line += valueMember('message', record.body);
  const stack = takeText(attributes, 'exception.stacktrace');
  line += textMember('stack_trace', stack);
  if (stack !== undefined) line += serviceContext(resource);
  line += textMember(`${SPECIAL_PREFIX}insertId`, takeText(attributes, 'log.record.uid'));
  line += traceMembers(record, resource);
  line += sourceLocation(attributes);
  line += attributeMembers(attributes, (key) => RESERVED_KEYS.has(key) || key.startsWith(SPECIAL_PREFIX));
  line += textMember('level', ownLevelOf(record));
  line += textMember('logger', scope?.name);
  line += textMember('logger_version', scope?.version);
  line += textMember('event_name', record.eventName);
  line += textMember('service', resourceText(resource, 'service.name'));
  const dropped = record.droppedAttributesCount ?? 0;
  if (dropped > 0) line += `,"dropped_attributes_count":${dropped}`;
  return escapeUnsafe(`{${line}}`);
}

/** Cloud Logging sorts by time alone; below the millisecond our records count on. */
function timeText(record: OtlpLogRecord): string | undefined {
  const timeMs = recordTimeMs(record);
  if (timeMs === undefined) return undefined;
  const nanos = (record.timeUnixNano ?? record.observedTimeUnixNano ?? '').slice(-6).padStart(6, '0');
  return /^\d{6}$/.test(nanos) ? new Date(timeMs).toISOString().replace('Z', `${nanos}Z`) : undefined;
}

function serviceContext(resource: OtlpResource | undefined): string {
  const members =
    textMember('service', resourceText(resource, 'service.name')) +
    textMember('version', resourceText(resource, 'service.version'));
  return members === '' ? '' : `,"serviceContext":{${members.slice(1)}}`;
}

function traceMembers(record: OtlpLogRecord, resource: OtlpResource | undefined): string {
  const { traceId = '', spanId, flags } = record;
  if (traceId === '') return '';
  const project = resourceText(resource, 'cloud.account.id');
  const trace = project === undefined ? traceId : `projects/${project}/traces/${traceId}`;
  const isSampled = flags === undefined ? '' : `,"${SPECIAL_PREFIX}trace_sampled":${(flags & 1) === 1}`;
  return `${textMember(`${SPECIAL_PREFIX}trace`, trace)}${textMember(`${SPECIAL_PREFIX}spanId`, spanId)}${isSampled}`;
}

function sourceLocation(attributes: Parameters<typeof takeText>[0]): string {
  const members =
    textMember('file', takeText(attributes, 'code.file.path')) +
    textMember('line', takeText(attributes, 'code.line.number')) +
    textMember('function', takeText(attributes, 'code.function.name'));
  return members === '' ? '' : `,"${SPECIAL_PREFIX}sourceLocation":{${members.slice(1)}}`;
}
