import { Buffer } from 'node:buffer';
import type { OtlpAnyValue, OtlpKeyValue, OtlpLogRecord, OtlpScope } from '@logflume/otlp';
import { cutText } from './cut-text.ts';
import { escapeUnsafe, toJsonText } from './json-text.ts';
import { levelNameOf } from './level-name.ts';
import { checkedLineBytes, type LineOptions, type ToLine } from './line-options.ts';
import { recordTimeMs } from './record-time.ts';
import { type LineBudget, shortenLine, wholeLine } from './shorten-line.ts';

/** Of the resource a line says `service.name`, unless all of it is asked for. */
export interface JsonLineOptions extends LineOptions {
  /**
   * Whether lines carry all resource attributes, as an object under `resource`. Useful where no agent adds the pod's
   * identity; it costs its length on every line.
   * @defaultValue false
   */
  readonly includeResource?: boolean | undefined;
  /**
   * Marks lines with `"sdk.fallback":true`: written because a backend could not be reached, and maybe delivered again.
   * @defaultValue false
   */
  readonly isFallback?: boolean | undefined;
}

/** Keys that are the line's own: an attribute of such a name stands under `attributes`. */
const OWN_KEYS = [
  'time',
  'level',
  'message',
  'attributes',
  'trace_id',
  'span_id',
  'trace_flags',
  'logger',
  'logger_version',
  'event_name',
  'dropped_attributes_count',
  'service.name',
  'resource',
  'truncated',
  'original_bytes',
  'sdk.fallback',
];

/**
 * Keys that node agents and Cloud Logging take for their own when they merge a line into the entry: an attribute there
 * would replace the container's text or the time of the entry, or break the index mapping.
 */
const READER_KEYS = ['severity', 'timestamp', '@timestamp', 'log', 'stream', 'kubernetes', 'logtag', '_p'];

const RESERVED_KEYS: ReadonlySet<string> = new Set([...OWN_KEYS, ...READER_KEYS]);

/**
 * Makes the function that turns records into lines for a console, a file or the fallback stream.
 *
 * Fields in order: `time` (UTC, milliseconds), `level`, `message` (a structured body as JSON), the attributes,
 * `trace_id`, `span_id`, `trace_flags` (two hex digits), `logger`, `logger_version`, `event_name`,
 * `dropped_attributes_count`, `service.name`, `resource`. What a record does not have is left out.
 *
 * Attributes stand at the top level. One whose name is a field above, or a name node agents claim (`severity`,
 * `timestamp`, `@timestamp`, `log`, `stream`, `kubernetes`, `logtag`, `_p`), stands under `attributes` instead, so
 * neither is lost. Of attributes with equal keys, which OTLP forbids, the last counts.
 *
 * A line over `maxLineBytes` is shortened, never cut: body and `exception.*` texts first, then other long strings,
 * then whole attributes, the largest first, added to `dropped_attributes_count`. It then says `"truncated":true` and
 * in `original_bytes` how long it was.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `maxLineBytes` that cannot work. The function itself never
 *   throws.
 * @example
 * ```ts
 * const toJsonLine = createJsonLine({ scopeOf: () => ({ name: 'pay' }) });
 * toJsonLine({ timeUnixNano: '1795376462123000000', severityNumber: 13, body: { stringValue: 'retried' } }, 0);
 * // {"time":"2026-11-22T19:41:02.123Z","level":"warn","message":"retried","logger":"pay"}
 * ```
 */
export function createJsonLine(options: JsonLineOptions = {}): ToLine {
  const maxLineBytes = checkedLineBytes(options.maxLineBytes);
  const fixed: LineContext = {
    serviceName: options.resource?.attributes?.find(({ key }) => key === 'service.name')?.value,
    resource: options.includeResource === true ? options.resource?.attributes : undefined,
    isFallback: options.isFallback === true,
  };
  const { scopeOf } = options;

  return (record, group) => {
    const scope = scopeOf?.(group);
    const line = renderLine(record, scope, fixed, wholeLine);
    // A UTF-16 unit is three bytes of UTF-8 at most, so most lines need not be measured.
    if (line.length * 3 <= maxLineBytes) return line;
    const bytes = Buffer.byteLength(line);
    if (bytes <= maxLineBytes) return line;
    const shortenable = {
      render: (budget: LineBudget) => renderLine(record, scope, fixed, budget),
      attributeBytes: (budget: LineBudget) => attributeBytes(record, budget),
    };
    return shortenLine(shortenable, maxLineBytes, bytes);
  };
}

/** What is the same for every line. */
interface LineContext {
  readonly serviceName: OtlpAnyValue | undefined;
  readonly resource: OtlpKeyValue[] | undefined;
  readonly isFallback: boolean;
}

// Four positional parameters: an options object per line would be garbage on the console's path.
function renderLine(
  record: OtlpLogRecord,
  scope: OtlpScope | undefined,
  context: LineContext,
  budget: LineBudget,
): string {
  const { fixedUnits } = budget;
  const timeMs = recordTimeMs(record);
  let line = timeMs === undefined ? '' : `,"time":"${new Date(timeMs).toISOString()}"`;
  line += textField('level', levelNameOf(record), fixedUnits);
  line += bodyField(record.body, budget.storyUnits);
  line += attributeFields(record.attributes, budget);
  line += traceFields(record, fixedUnits);
  line += textField('logger', scope?.name, fixedUnits);
  line += textField('logger_version', scope?.version, fixedUnits);
  line += textField('event_name', record.eventName, fixedUnits);
  const dropped = (record.droppedAttributesCount ?? 0) + budget.left.size;
  if (dropped > 0) line += `,"dropped_attributes_count":${dropped}`;
  if (context.serviceName !== undefined) line += `,"service.name":${fixedText(context.serviceName, fixedUnits)}`;
  if (budget.hasResource && context.resource !== undefined) {
    const values = context.resource;
    line += `,"resource":${toJsonText({ kvlistValue: { values } }, budget.valueUnits)}`;
  }
  if (budget.originalBytes !== undefined) line += `,"truncated":true,"original_bytes":${budget.originalBytes}`;
  if (context.isFallback) line += ',"sdk.fallback":true';
  return escapeUnsafe(`{${line.slice(1)}}`);
}

function textField(key: string, text: string | undefined, maxUnits: number): string {
  return text === undefined || text === '' ? '' : `,"${key}":${JSON.stringify(cutText(text, maxUnits))}`;
}

/** A structured body keeps its structure unless that alone is too long; then the beginning of its JSON is the text. */
function bodyField(body: OtlpAnyValue | undefined, maxUnits: number): string {
  if (body === undefined) return '';
  const json = toJsonText(body, maxUnits);
  if (json === 'null') return '';
  const isWhole = body.stringValue !== undefined || json.length <= maxUnits * 2;
  return `,"message":${isWhole ? json : JSON.stringify(cutText(json, maxUnits))}`;
}

function attributeFields(attributes: readonly OtlpKeyValue[] | undefined, budget: LineBudget): string {
  if (attributes === undefined) return '';
  let fields = '';
  let reserved = '';
  for (const [key, member] of attributeMembers(attributes, budget)) {
    if (budget.left.has(key)) continue;
    if (RESERVED_KEYS.has(key)) reserved += `,${member}`;
    else fields += `,${member}`;
  }
  return reserved === '' ? fields : `${fields},"attributes":{${reserved.slice(1)}}`;
}

/** Each attribute as a JSON member, by key: written once even if it came twice. */
function attributeMembers(attributes: readonly OtlpKeyValue[], budget: LineBudget): Map<string, string> {
  const members = new Map<string, string>();
  for (const { key, value } of attributes) {
    const maxUnits = key.startsWith('exception.') ? budget.storyUnits : budget.valueUnits;
    members.set(key, `${JSON.stringify(key)}:${toJsonText(value, maxUnits)}`);
  }
  return members;
}

function attributeBytes(record: OtlpLogRecord, budget: LineBudget): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const [key, member] of attributeMembers(record.attributes ?? [], budget)) {
    bytes.set(key, Buffer.byteLength(escapeUnsafe(member)) + 1);
  }
  return bytes;
}

/** @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
function traceFields(record: OtlpLogRecord, maxUnits: number): string {
  const { traceId, flags } = record;
  if (traceId === undefined && flags === undefined) return '';
  const digits = ((flags ?? 0) & 0xff).toString(16).padStart(2, '0');
  return `${textField('trace_id', traceId, maxUnits)}${textField('span_id', record.spanId, maxUnits)},"trace_flags":"${digits}"`;
}

function fixedText(value: OtlpAnyValue, maxUnits: number): string {
  return value.stringValue === undefined && maxUnits !== Number.POSITIVE_INFINITY
    ? JSON.stringify(cutText(toJsonText(value, maxUnits), maxUnits))
    : toJsonText(value, maxUnits);
}
