import { hostname } from 'node:os';
import type { HostRecord } from 'logflume';
import { isFields, type LineFields } from './parse-line.ts';
import { parseTime, type RecordTime } from './parse-time.ts';
import type { PinoSettings } from './pino-settings.ts';
import { safeBody } from './safe-body.ts';
import type { LevelNames, Severity, SeverityTable } from './severity-table.ts';
import { toThrown } from './to-thrown.ts';
import { traceOfFields } from './trace-of-fields.ts';

/** What is known of a line beside its text. */
export interface LineOrigin {
  readonly settings: PinoSettings;
  readonly names: LevelNames;
  /** Level number of the call; `undefined` when only the line tells it. */
  readonly level: number | undefined;
  /**
   * The time's value as it stands in the line, such as `1795000000000` or `"2026-11-22T…Z"`; `''` is none, `undefined`
   * when only the line tells it.
   */
  readonly time: string | undefined;
  /** Under which a line has its time, where only the line tells it. */
  readonly timeKey: string;
  readonly severities: SeverityTable;
}

/** What stands in a record whose line was none. */
const LINE_ERROR_KEY = 'logflume.line_error';

/** How an existing logger carries the name of an event (semantic conventions, `otel.event.name`). */
const EVENT_NAME_KEY = 'otel.event.name';

/**
 * Makes a record of a parsed line.
 *
 * What the record says elsewhere is taken out of its attributes: time, level, message, exception, trace context, name
 * of the logger, and the process and host when they are this one's, as the resource tells those. A field that only has
 * the same name, such as a `level` or `time` that the application logged, stays.
 *
 * @param fields - becomes the record's attributes: members are set to `undefined`, so it is nobody else's any more.
 */
export function mapPinoLine(fields: LineFields, origin: LineOrigin): HostRecord {
  const { settings } = origin;
  const severity = takeSeverity(fields, origin);
  const time = takeTime(fields, origin);
  const body = safeBody(take(fields, settings.messageKey));
  takeOwnProcess(fields);
  if (settings.name !== '' && fields['name'] === settings.name) fields['name'] = undefined;
  const nested = settings.nestedKey === '' ? undefined : fields[settings.nestedKey];
  const inner = isFields(nested) ? nested : undefined;
  return {
    severityNumber: severity.number,
    severityText: severity.text,
    body,
    attributes: fields,
    exception: takeThrown(fields, settings.errorKey) ?? (inner && takeThrown(inner, settings.errorKey)),
    eventName: takeEventName(fields) ?? (inner && takeEventName(inner)),
    timeMs: time?.timeMs,
    timeNanos: time?.timeNanos,
    observedTimeMs: undefined,
    observedTimeNanos: undefined,
    trace: takeTrace(fields) ?? (inner && takeTrace(inner)),
    scope: undefined,
    call: undefined,
  };
}

/** Makes a record of a line that is no JSON object: its text, and that it was none. */
export function mapBrokenLine(text: string, { level, names, severities }: LineOrigin): HostRecord {
  const severity = level === undefined ? UNKNOWN : severities.of(level, names);
  return {
    severityNumber: severity.number,
    severityText: severity.text,
    body: safeBody(text),
    attributes: { [LINE_ERROR_KEY]: 'not a JSON object' },
  };
}

const UNKNOWN: Severity = Object.freeze({ number: 0, text: '' });

/** `undefined` instead of `delete`: it is left out of the record all the same, and the object keeps its shape. */
function take(fields: LineFields, key: string): unknown {
  if (!Object.hasOwn(fields, key)) return undefined;
  const value = fields[key];
  fields[key] = undefined;
  return value;
}

function takeSeverity(fields: LineFields, { level, names, severities }: LineOrigin): Severity {
  const written = fields['level'];
  if (level !== undefined) {
    const severity = severities.of(level, names);
    const isOwn = written === level || (typeof written === 'string' && sameName(written, severity.text));
    if (isOwn) fields['level'] = undefined;
    return severity;
  }
  if (typeof written === 'number') {
    fields['level'] = undefined;
    return severities.of(written, names);
  }
  if (typeof written === 'string') {
    fields['level'] = undefined;
    return severities.ofName(written, names);
  }
  return written === undefined ? takeRenamedSeverity(fields, severities, names) : UNKNOWN;
}

/** As `formatters.level` names the level for Google Cloud: `{ severity: 'WARNING' }`. */
function takeRenamedSeverity(fields: LineFields, severities: SeverityTable, names: LevelNames): Severity {
  const { severity: written } = fields;
  if (typeof written !== 'string') return UNKNOWN;
  const severity = severities.ofName(written, names);
  if (severity.number === 0) return UNKNOWN;
  fields['severity'] = undefined;
  return severity;
}

function sameName(written: string, name: string): boolean {
  return written === name || written.toLowerCase() === name.toLowerCase();
}

/** A time nobody can read stays an attribute, and the record has the time of the call. */
function takeTime(fields: LineFields, { time: text, timeKey }: LineOrigin): RecordTime | undefined {
  if (text === '') return undefined;
  if (text === undefined) {
    const written = parseTime(fields[timeKey]);
    if (written !== undefined) fields[timeKey] = undefined;
    return written;
  }
  const value = text.startsWith('"') ? text.slice(1, -1) : text;
  const time = parseTime(value);
  if (time === undefined) return undefined;
  if (isWritten(fields['time'], value)) fields['time'] = undefined;
  else {
    // A timestamp function of the application's own may use any key. It stands before all that the application logs;
    // when `time` comes first, that is where it stood, and the application has written over it.
    const key = Object.keys(fields).find((each) => each === 'time' || isWritten(fields[each], value));
    if (key !== undefined && key !== 'time') fields[key] = undefined;
  }
  return time;
}

function isWritten(field: unknown, text: string): boolean {
  if (typeof field === 'number') return field === Number(text);
  return (typeof field === 'string' || typeof field === 'bigint') && String(field) === text;
}

const ownHostname = hostname();

/** Fields of another process, such as one whose lines are piped in, stay: the resource does not tell those. */
function takeOwnProcess(fields: LineFields): void {
  if (fields['pid'] === process.pid) fields['pid'] = undefined;
  if (fields['hostname'] === ownHostname) fields['hostname'] = undefined;
}

/** Under the key the logger has for errors first, then where people put them. */
function takeThrown(fields: LineFields, errorKey: string): object | undefined {
  return takeThrownAt(fields, errorKey) ?? takeThrownAt(fields, 'err') ?? takeThrownAt(fields, 'error');
}

function takeThrownAt(fields: LineFields, key: string): object | undefined {
  if (!Object.hasOwn(fields, key)) return undefined;
  const thrown = toThrown(fields[key]);
  // The same object as the exception, which is left out; under its key it is found by who redacts or processes that.
  if (thrown !== undefined) fields[key] = thrown;
  return thrown;
}

function takeEventName(fields: LineFields): string | undefined {
  const name = fields[EVENT_NAME_KEY];
  if (typeof name !== 'string' || name === '') return undefined;
  fields[EVENT_NAME_KEY] = undefined;
  return name;
}

function takeTrace(fields: LineFields): HostRecord['trace'] {
  if (fields['trace_id'] === undefined) return undefined;
  const trace = traceOfFields(fields);
  if (trace === undefined) return undefined;
  fields['trace_id'] = undefined;
  if (trace.spanId !== '') fields['span_id'] = undefined;
  fields['trace_flags'] = undefined;
  return trace;
}
