import type { OtlpAnyValue, OtlpLogRecord } from '@logflume/otlp';
import { createFittedLine, type LineOrigin, plainText, textIn } from './fit-record.ts';
import { escapeUnsafe } from './json-text.ts';
import { levelNameOf } from './level-name.ts';
import { attributesByKey, resourceText } from './line-members.ts';
import type { LineOptions, ToLine } from './line-options.ts';
import { recordTimeMs } from './record-time.ts';

/** Keys that are the line's own: an attribute of such a name gets `attributes.` before it. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  ...['time', 'level', 'msg', 'logger', 'logger_version', 'event_name', 'trace_id', 'span_id', 'trace_flags'],
  ...['service.name', 'dropped_attributes_count'],
]);

/** What a key may not hold: it would end there. */
const UNSAFE_IN_KEY = /[\s="\\\ufffd]|\p{Cc}|\p{Cs}/gu;

/** A value of these alone needs no quotes. */
const BARE_VALUE = /^[\w.:/+@,;%&?!*()[\]~^|<>#$-]+$/;

/**
 * Makes the function that says records as logfmt: `time=… level=… msg="…" key=value`, as Loki and Heroku read it.
 *
 * A value with anything but plain characters is quoted and escaped as in JSON; a list or map is JSON text. A character
 * a key may not hold becomes `_`, and one more ends a key that is there already. An empty value is `""`, so every pair
 * has both parts.
 *
 * @see https://brandur.org/logfmt
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `maxLineBytes` that cannot work.
 */
export function createLogfmtLine(options: LineOptions = {}): ToLine {
  return createFittedLine(toLogfmtLine, options);
}

function toLogfmtLine(record: OtlpLogRecord, { scope, resource }: LineOrigin): string {
  const timeMs = recordTimeMs(record);
  let line = pair('time', timeMs === undefined ? undefined : new Date(timeMs).toISOString());
  line += pair('level', levelNameOf(record));
  line += pair('msg', textIn(record.body));
  line += attributePairs(attributesByKey(record.attributes));
  if (record.traceId !== undefined) {
    line += pair('trace_id', record.traceId) + pair('span_id', record.spanId);
    line += pair('trace_flags', ((record.flags ?? 0) & 0xff).toString(16).padStart(2, '0'));
  }
  line += pair('logger', scope?.name);
  line += pair('logger_version', scope?.version);
  line += pair('event_name', record.eventName);
  line += pair('service.name', resourceText(resource, 'service.name'));
  const dropped = record.droppedAttributesCount ?? 0;
  if (dropped > 0) line += pair('dropped_attributes_count', String(dropped));
  return line.slice(1);
}

function pair(key: string, text: string | undefined): string {
  return text === undefined || text === '' ? '' : ` ${key}=${valueText(text)}`;
}

function attributePairs(attributes: ReadonlyMap<string, OtlpAnyValue>): string {
  const taken = new Set<string>();
  let pairs = '';
  for (const [key, value] of attributes) {
    let safe = key.replace(UNSAFE_IN_KEY, '_');
    if (OWN_KEYS.has(safe)) safe = `attributes.${safe}`;
    while (taken.has(safe) || safe === '') safe += '_';
    taken.add(safe);
    pairs += ` ${safe}=${valueText(plainText(value))}`;
  }
  return pairs;
}

function valueText(text: string): string {
  return BARE_VALUE.test(text) ? text : escapeUnsafe(JSON.stringify(text));
}
