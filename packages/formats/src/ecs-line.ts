import type { OtlpAnyValue, OtlpLogRecord } from '@logflume/otlp';
import { createFittedLine, type LineOrigin, textIn } from './fit-record.ts';
import { escapeUnsafe, toJsonText } from './json-text.ts';
import { levelNameOf } from './level-name.ts';
import { attributesByKey, resourceText, takeText, textMember } from './line-members.ts';
import type { LineOptions, ToLine } from './line-options.ts';
import { recordTimeMs } from './record-time.ts';

/** The version of the schema whose fields are used; all of them are in every later one. */
const ECS_VERSION = '8.10.0';

/**
 * Makes the function that says records as lines in the Elastic Common Schema, which Filebeat and the Elastic Agent
 * read with their `ndjson` parser.
 *
 * Attributes stand under `labels`, whose values are scalars and whose names have no dots: `_` stands for each, and
 * again at the end where two names would meet; a list or map is JSON text. Exceptions are `error.*`, trace and span
 * `trace.id` and `span.id`. The trace flags have no field and are left out.
 *
 * @see https://github.com/elastic/ecs-logging/blob/main/spec/spec.json
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `maxLineBytes` that cannot work.
 */
export function createEcsLine(options: LineOptions = {}): ToLine {
  return createFittedLine(toEcsLine, options);
}

function toEcsLine(record: OtlpLogRecord, { scope, resource }: LineOrigin): string {
  const attributes = attributesByKey(record.attributes);
  const timeMs = recordTimeMs(record);
  let line = textMember('@timestamp', timeMs === undefined ? undefined : new Date(timeMs).toISOString());
  line += textMember('log.level', levelNameOf(record));
  line += `,"message":${JSON.stringify(messageOf(record))}`;
  line += `,"ecs.version":"${ECS_VERSION}"`;
  line += textMember('service.name', resourceText(resource, 'service.name'));
  line += textMember('service.version', resourceText(resource, 'service.version'));
  line += textMember('service.environment', resourceText(resource, 'deployment.environment.name'));
  line += textMember('service.node.name', resourceText(resource, 'service.instance.id'));
  line += textMember('log.logger', scope?.name);
  line += textMember('event.action', record.eventName);
  line += textMember('trace.id', record.traceId);
  line += textMember('span.id', record.spanId);
  line += textMember('error.type', takeText(attributes, 'exception.type'));
  line += textMember('error.message', takeText(attributes, 'exception.message'));
  line += textMember('error.stack_trace', takeText(attributes, 'exception.stacktrace'));
  const own = new Map<string, OtlpAnyValue>();
  if (scope?.version !== undefined) own.set('logger_version', { stringValue: scope.version });
  const dropped = record.droppedAttributesCount ?? 0;
  if (dropped > 0) own.set('dropped_attributes_count', { intValue: String(dropped) });
  return escapeUnsafe(`{${(line + labels(attributes, own)).slice(1)}}`);
}

/** The schema asks for a text in every line; an event without a body is told by its name. */
function messageOf({ body, eventName = '' }: OtlpLogRecord): string {
  return textIn(body) || eventName;
}

/** @param own - what the line itself says there: an attribute of such a name gives way. */
function labels(attributes: ReadonlyMap<string, OtlpAnyValue>, own: ReadonlyMap<string, OtlpAnyValue>): string {
  const taken = new Set(own.keys());
  let members = '';
  for (const [key, value] of attributes) {
    let label = key.replaceAll(/[.*"\s]/g, '_');
    while (taken.has(label) || label === '') label += '_';
    taken.add(label);
    members += labelMember(label, value);
  }
  for (const [label, value] of own) members += labelMember(label, value);
  return members === '' ? '' : `,"labels":{${members.slice(1)}}`;
}

function labelMember(label: string, value: OtlpAnyValue): string {
  const isNested = value.arrayValue !== undefined || value.kvlistValue !== undefined;
  const json = toJsonText(value, Number.POSITIVE_INFINITY);
  return `,${JSON.stringify(label)}:${isNested ? JSON.stringify(json) : json}`;
}
