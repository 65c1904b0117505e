import { hostname } from 'node:os';
import { types } from 'node:util';
import type { HostRecord } from 'logflume';
import { parseTime } from './parse-time.ts';
import { type SeverityTable, standardLevelNames } from './severity-table.ts';
import { toThrown } from './to-thrown.ts';
import { traceOfFields } from './trace-of-fields.ts';

/** A record as bunyan hands it to a raw stream. Every field may be anything, as an application may log any of them. */
export type BunyanRecord = Readonly<Record<string, unknown>>;

const ownHostname = hostname();

/**
 * Makes a record of bunyan's. The object is read only: bunyan gives the same one to every raw stream.
 *
 * What the record says elsewhere is not repeated among its attributes: time, level, message, exception, trace context,
 * name of the logger, `v`, and process and host when they are this one's. `src` becomes `code.*`.
 */
export function mapBunyanRecord(record: BunyanRecord, severities: SeverityTable): HostRecord {
  const { name, hostname, pid, level, msg, time, v, src, err, trace_id, span_id, trace_flags, ...rest } = record;
  const { 'otel.event.name': eventName, ...attributes } = rest;
  const severity = severities.of(typeof level === 'number' ? level : Number.NaN, standardLevelNames);
  const recordTime = parseTime(time);
  const trace = traceOfFields({ trace_id, span_id, trace_flags });
  const thrown = thrownOf(err);
  const isEvent = typeof eventName === 'string' && eventName !== '';
  return {
    severityNumber: severity.number,
    severityText: typeof level === 'number' ? severity.text : '',
    body: msg,
    attributes: {
      ...attributes,
      ...(typeof name === 'string' ? undefined : { name }),
      ...(hostname === ownHostname ? undefined : { hostname }),
      ...(pid === process.pid ? undefined : { pid }),
      ...(typeof level === 'number' ? undefined : { level }),
      ...(recordTime === undefined ? { time } : undefined),
      ...(v === 0 ? undefined : { v }),
      // The same object as the exception, which is left out; under its key it is found by who redacts or processes that.
      err: thrown ?? err,
      ...(trace === undefined ? { trace_id, span_id, trace_flags } : undefined),
      ...(isEvent ? undefined : { 'otel.event.name': eventName }),
      ...codeOf(src),
    },
    exception: thrown,
    eventName: isEvent ? eventName : undefined,
    timeMs: recordTime?.timeMs,
    timeNanos: recordTime?.timeNanos,
    trace,
  };
}

/** Without bunyan's serializer an error comes as it is, with it as its fields. */
function thrownOf(err: unknown): unknown {
  return err instanceof Error || types.isNativeError(err) ? err : toThrown(err);
}

/** Where the call stands, as the semantic conventions name it. */
function codeOf(src: unknown): object | undefined {
  if (typeof src !== 'object' || src === null) return src === undefined ? undefined : { src };
  const { file, line, func } = src as Readonly<Record<string, unknown>>;
  return { 'code.file.path': file, 'code.line.number': line, 'code.function.name': func };
}
