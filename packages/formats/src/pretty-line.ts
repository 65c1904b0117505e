import type { OtlpAnyValue, OtlpKeyValue, OtlpLogRecord, OtlpScope } from '@logflume/otlp';
import { cutText } from './cut-text.ts';
import { inspectKey, inspectValue } from './inspect-value.ts';
import { levelNameOf, levelNameOfNumber } from './level-name.ts';
import { createPaint, type Ink, type Paint } from './paint.ts';
import { addErrorLines, exceptionOf, isExceptionKey, nestedErrorOf } from './pretty-error.ts';
import { recordTimeMs } from './record-time.ts';
import { toTerminalLines, toTerminalText } from './terminal-text.ts';

export interface PrettyLineOptions {
  /**
   * Whether parts are coloured. Decide it by the stream: a terminal that can, and no `NO_COLOR`. Without, no escape
   * sequence is written at all.
   * @defaultValue false
   */
  readonly colors?: boolean | undefined;
  /**
   * Width of the terminal in characters. Attributes that would go past it stand on indented lines below instead.
   * Default: the line goes on, and the terminal wraps it.
   */
  readonly columns?: number | undefined;
  /**
   * Whether times are UTC instead of the local time of who reads along.
   * @defaultValue false
   */
  readonly utc?: boolean | undefined;
  /** The scope of a group; its name stands in brackets before the message. Called once per line. Default: no name. */
  readonly scopeOf?: ((group: number) => OtlpScope | undefined) | undefined;
}

/**
 * Says one record for people: one line, and indented lines below it for what needs more. No line feed at the end.
 *
 * @param group - the number its run was enqueued under, handed to `scopeOf`.
 */
export type ToPrettyLine = (record: OtlpLogRecord, group: number) => string;

// Judgements: what a person reads of one record on a terminal.
const MAX_MESSAGE_UNITS = 8_000;
const MAX_MESSAGE_LINES = 50;
const MAX_NAME_UNITS = 60;
const MAX_LEVEL_UNITS = 9;
const MAX_ATTRIBUTES = 100;

const INDENT = '  ';

/**
 * Makes the function that turns records into what a person reads on a terminal while developing.
 *
 * ```text
 * 12:34:56.789 INFO  server started  port=8080
 * 12:34:57.012 ERROR [pay] charge failed  order.id=42 trace_id=5b8aa5a2d2c872e8321cf37308d69df2
 *   CardError: declined  code=E_DECLINED
 *       at charge (file:///app/pay.js:10:5)
 *     cause: Error: connect ECONNREFUSED 127.0.0.1:5432
 *         at …
 * ```
 *
 * What is in a record cannot move the cursor, set a colour, or look like another record: control characters and
 * escape sequences in it are written as text, and every line but the first is indented (a terminal that wraps long
 * lines does not know). Long values are shortened; the ellipsis says where. An unknown time is dashes.
 *
 * The function never throws.
 */
export function createPrettyLine(options: PrettyLineOptions = {}): ToPrettyLine {
  const paint = createPaint(options.colors === true);
  const { columns = Number.POSITIVE_INFINITY, scopeOf } = options;
  const isUtc = options.utc === true;

  return (record, group) => {
    const attributes = record.attributes ?? [];
    const head = headOf(record, scopeOf?.(group)?.name ?? '', isUtc);
    const lines = recordLines(
      { head, message: messageOf(record), members: membersOf(record, attributes), columns },
      paint,
    );
    const exception = exceptionOf(attributes);
    if (exception !== undefined) addErrorLines(lines, exception, INDENT, '', paint);
    for (const { key, value } of attributes) {
      const error = isExceptionKey(key) ? undefined : nestedErrorOf(value);
      if (error !== undefined) addErrorLines(lines, error, INDENT, inspectKey(key), paint);
    }
    return lines.join('\n');
  };
}

/** The columns before the message. */
interface Head {
  readonly time: string;
  readonly level: string;
  readonly ink: Ink | undefined;
  readonly name: string;
}

function headOf(record: OtlpLogRecord, scopeName: string, isUtc: boolean): Head {
  const level = toTerminalText(cutText((levelNameOf(record) ?? '').toUpperCase(), MAX_LEVEL_UNITS));
  const name = toTerminalText(cutText(scopeName, MAX_NAME_UNITS));
  return {
    time: timeText(recordTimeMs(record), isUtc),
    level: level.padEnd(5),
    ink: inkOf(levelNameOfNumber(record.severityNumber) ?? levelNameOf(record)),
    name: name === '' ? '' : `[${name}] `,
  };
}

function timeText(timeMs: number | undefined, isUtc: boolean): string {
  if (timeMs === undefined) return '--:--:--.---';
  const time = new Date(timeMs);
  // Shifted by its own offset, the UTC text of a time is its local text.
  const shown = isUtc ? time : new Date(timeMs - time.getTimezoneOffset() * 60_000);
  return shown.toISOString().slice(-13, -1);
}

function inkOf(level: string | undefined): Ink | undefined {
  switch (level) {
    case 'trace':
    case 'debug':
    case 'info':
    case 'warn':
    case 'error':
    case 'fatal':
      return level;
    default:
      return undefined;
  }
}

/** The message in lines; an event without one says its name. */
function messageOf(record: OtlpLogRecord): string[] {
  const text = bodyText(record.body) ?? record.eventName ?? '';
  const left = text.length - MAX_MESSAGE_UNITS;
  const lines = toTerminalLines(cutText(text, MAX_MESSAGE_UNITS));
  if (lines.length <= MAX_MESSAGE_LINES && left <= 0) return lines;
  const shown = lines.slice(0, MAX_MESSAGE_LINES);
  const more = left > 0 ? `… ${left} more characters` : `… ${lines.length - MAX_MESSAGE_LINES} more lines`;
  return [...shown, more];
}

function bodyText(body: OtlpAnyValue | undefined): string | undefined {
  if (body === undefined) return undefined;
  if (body.stringValue !== undefined) return body.stringValue;
  const text = inspectValue(body);
  return text === 'null' ? undefined : text;
}

/** A key with its value as text, both safe on a terminal. */
interface Member {
  readonly key: string;
  readonly text: string;
}

function membersOf(record: OtlpLogRecord, attributes: readonly OtlpKeyValue[]): Member[] {
  const members: Member[] = [];
  let left = record.droppedAttributesCount ?? 0;
  for (const { key, value } of attributes) {
    if (isExceptionKey(key) || nestedErrorOf(value) !== undefined) continue;
    if (members.length === MAX_ATTRIBUTES) left++;
    else members.push({ key: inspectKey(key), text: inspectValue(value) });
  }
  const { eventName, traceId } = record;
  if (eventName !== undefined && bodyText(record.body) !== undefined) {
    members.push({ key: 'event_name', text: inspectValue({ stringValue: eventName }) });
  }
  if (traceId !== undefined) members.push({ key: 'trace_id', text: toTerminalText(cutText(traceId, MAX_NAME_UNITS)) });
  if (left > 0) members.push({ key: 'dropped_attributes_count', text: String(left) });
  return members;
}

interface RecordText {
  readonly head: Head;
  readonly message: readonly string[];
  readonly members: readonly Member[];
  readonly columns: number;
}

/**
 * One line, or several when the message has lines or the attributes would go past the last column: then the rest of
 * the message, then the attributes.
 */
function recordLines({ head, message, members, columns }: RecordText, paint: Paint): string[] {
  const { time, level, ink, name } = head;
  const [first = '', ...rest] = message;
  const isSerious = ink === 'warn' || ink === 'error' || ink === 'fatal';
  const before = `${paint('faint', time)} ${ink === undefined ? level : paintLevel(ink, level, paint)} `;
  const start = `${before}${paint('faint', name)}${isSerious ? paint('strong', first) : first}`;
  const texts = members.map(({ key, text }) => `${paint('faint', `${key}=`)}${text}`);
  const widths = members.map(({ key, text }) => key.length + 1 + text.length);
  const used = time.length + 1 + level.length + 1 + name.length + first.length + 1;
  if (rest.length === 0 && used + widths.reduce((sum, width) => sum + 1 + width, 0) <= columns) {
    return [texts.length === 0 ? start : `${start}  ${texts.join(' ')}`];
  }
  const lines = [start, ...rest.map((line) => `${INDENT}${paint('faint', '│')} ${line}`)];
  if (texts.length > 0) addWrapped(lines, texts, widths, columns);
  return lines;
}

/** The padding of a level stands outside its ink: a background colour would show it. */
function paintLevel(ink: Ink, level: string, paint: Paint): string {
  const word = level.trimEnd();
  return paint(ink, word) + level.slice(word.length);
}

function addWrapped(lines: string[], texts: readonly string[], widths: readonly number[], columns: number): void {
  let line = '';
  let used = 0;
  texts.forEach((text, at) => {
    const width = widths[at] ?? 0;
    if (line !== '' && used + 1 + width > columns) {
      lines.push(line);
      line = '';
    }
    used = line === '' ? INDENT.length * 2 + width : used + 1 + width;
    line = line === '' ? `${INDENT}${INDENT}${text}` : `${line} ${text}`;
  });
  lines.push(line);
}
