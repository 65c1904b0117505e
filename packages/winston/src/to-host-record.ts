import { isError } from '@logflume/otlp';
import type { CallContext, HostRecord } from 'logflume';
import { crashAttributes, crashBody, crashOf } from './crash-record.ts';
import { findException } from './find-exception.ts';
import { type HostInfo, SPLAT } from './host.ts';
import { emptyMembers, type Members, readMember, readMembers } from './members.ts';
import { readArguments } from './message-arguments.ts';
import { isMomentOfCall, type Moment, parseTimestamp } from './record-time.ts';
import { SPAN_MEMBERS, spanOfContext, spanOfMembers } from './span-of-info.ts';

/** What is known of a record beside its members. */
export interface RecordFacts {
  readonly severityText: string;
  readonly severityNumber: number;
  /** The call, where it was noted; the record is written right inside it otherwise. */
  readonly call: CallContext | undefined;
  /** When the call began, milliseconds since the epoch; infinite when that is not known. */
  readonly calledMs: number;
}

/** Where arguments go that have no name. */
const ARGS_KEY = 'args';

/** The same, where a record has an attribute of that name. */
const SPARE_ARGS_KEY = 'log.arguments';

/**
 * Makes a record of what winston hands to a transport. Changes nothing of it and keeps nothing of it.
 *
 * Most records are a text with attributes and are made in one step; whatever has an error, arguments, a time or a span
 * is read with care.
 *
 * @throws what a getter of the record throws, on the quick way alone; {@link readWithCare} never does.
 */
export function toHostRecord(info: HostInfo, facts: RecordFacts): HostRecord {
  const { message, timestamp } = info;
  if (typeof message !== 'string' || !isSimple(info, message)) return readWithCare(info, facts);
  const moment = timestamp === undefined ? undefined : parseTimestamp(timestamp);
  const time = moment === undefined ? undefined : unlessOfCall(timestamp, moment, facts);
  return {
    severityNumber: facts.severityNumber,
    severityText: facts.severityText,
    body: message,
    // A copy in one step is several times cheaper than one by name, as long as it gets no name the record lacks; the
    // encoder skips what is undefined.
    attributes:
      moment === undefined
        ? { ...info, level: undefined, message: undefined }
        : { ...info, level: undefined, message: undefined, timestamp: undefined },
    exception: undefined,
    timeMs: time?.ms,
    timeNanos: time?.nanos,
    trace: spanOfContext(info),
    call: facts.call,
  };
}

/** Says whether a record with a text is nothing but that text and attributes. */
function isSimple(info: HostInfo, message: string): boolean {
  const splat = info[SPLAT];
  if (splat !== undefined && !isSimpleSplat(splat, message)) return false;
  return (
    info['err'] === undefined &&
    info['error'] === undefined &&
    info['stack'] === undefined &&
    info['exception'] === undefined &&
    info['rejection'] === undefined &&
    info['trace_id'] === undefined &&
    Object.getPrototypeOf(info) === Object.prototype
  );
}

/** One attributes object, which winston copied into the record as it is. */
function isSimpleSplat(splat: unknown, message: string): boolean {
  if (!Array.isArray(splat) || splat.length !== 1 || message.includes('%')) return false;
  const meta: unknown = splat[0];
  if (typeof meta !== 'object' || meta === null || Object.getPrototypeOf(meta) !== Object.prototype) return false;
  const { message: ownMessage, level }: { message?: unknown; level?: unknown } = meta;
  return ownMessage === undefined && level === undefined;
}

/** Reads a record of any shape. Never throws. */
export function readWithCare(info: HostInfo, facts: RecordFacts): HostRecord {
  const members = readMembers(info);
  const message = readMember(info, 'message');
  const raw = readMember(info, SPLAT);
  const splat: readonly unknown[] = Array.isArray(raw) ? raw : [];
  const { timestamp } = members;
  const moment = parseTimestamp(timestamp);
  const time = moment === undefined ? undefined : unlessOfCall(timestamp, moment, facts);
  const named = spanOfMembers(members);
  const record = {
    severityNumber: facts.severityNumber,
    severityText: facts.severityText,
    timeMs: time?.ms,
    timeNanos: time?.nanos,
    trace: named ?? spanOfContext(info),
    call: facts.call,
  };
  const used = new Set(['level', 'message']);
  if (moment !== undefined) used.add('timestamp');
  if (named !== undefined) for (const key of SPAN_MEMBERS) used.add(key);
  const crash = crashOf(info);
  if (crash !== undefined) {
    const attributes = without(crashAttributes(members, crash), used);
    return { ...record, body: crashBody({ ...members, message }), attributes, exception: members['error'] };
  }
  const { exception, described, copied } = findException(info, message, splat, members);
  const read = readArguments(isError(message) ? textOf(message) : message, splat, members);
  for (const key of [...copied, ...read.copied]) used.add(key);
  const attributes = Object.assign(without(members, used), ...read.extra.map(readMembers), described);
  if (read.args.length > 0) attributes[ARGS_KEY in attributes ? SPARE_ARGS_KEY : ARGS_KEY] = read.args;
  const body = isError(info) ? textOf(info) : read.body;
  return { ...record, body, attributes, exception };
}

/** The time a record names, unless that is the moment of the call, of which more is known. */
function unlessOfCall(timestamp: unknown, moment: Moment, { calledMs }: RecordFacts): Moment | undefined {
  return isMomentOfCall(timestamp, moment, calledMs, Date.now()) ? undefined : moment;
}

/** An error's message, or its name where it has none. */
function textOf(error: Error): unknown {
  const message = readMember(error, 'message');
  return message === '' || message === undefined ? readMember(error, 'name') : message;
}

function without(members: Members, names: ReadonlySet<string>): Members {
  const rest = emptyMembers();
  for (const key of Object.keys(members)) if (!names.has(key)) rest[key] = members[key];
  return rest;
}
