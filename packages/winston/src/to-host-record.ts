import { describeError, isError, mayTellHttp, toSafeErrorText } from '@logflume/otlp';
import type { HostRecord, TraceContext } from 'logflume';
import type { NotedCall } from './call-stamps.ts';
import { crashAttributes, crashBody, crashOf } from './crash-record.ts';
import { findException, ownError } from './find-exception.ts';
import { type HostInfo, SPLAT, withoutColours } from './host.ts';
import { logstashPartsOf } from './logstash-parts.ts';
import { leaveOut, type Members, readMember, readMembers } from './members.ts';
import { isFirstCopied, readArguments } from './message-arguments.ts';
import { isMomentOfCall, type Moment } from './record-time.ts';
import { SPAN_MEMBERS, spanOfContext, spanOfMembers } from './span-of-info.ts';

/** What is known of a record beside its members. */
export interface RecordFacts {
  readonly severityText: string;
  readonly severityNumber: number;
  /** The call, where it was noted; the record is written right inside it otherwise. */
  readonly call: NotedCall | undefined;
  /** When the running call began, milliseconds since the epoch; infinite when that is not known. */
  readonly startedMs: () => number;
  /** The message of the running call before any format; `undefined` when that is not known. */
  readonly message: () => string | undefined;
  /** Whether the formats write arguments into messages, as `format.splat()` does. Costs a run of theirs, once. */
  readonly writesArguments: (info: HostInfo) => boolean;
  readonly parseTimestamp: (timestamp: unknown) => Moment | undefined;
}

/** What of a record is no attribute. */
const PARTS: readonly string[] = ['level', 'message'];

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
  const moment = timestamp === undefined ? undefined : facts.parseTimestamp(timestamp);
  // A copy in one step is several times cheaper than one by name, as long as it gets no name the record lacks; the
  // encoder skips what is undefined.
  const attributes: Members =
    moment === undefined
      ? { ...info, level: undefined, message: undefined }
      : { ...info, level: undefined, message: undefined, timestamp: undefined };
  const time = moment === undefined ? undefined : unlessOfCall(timestamp, moment, facts);
  return hostRecord(facts, time, spanOfContext(info), {
    body: toSafeErrorText(withoutColours(message)),
    attributes,
    exception: errorOf(info),
  });
}

/** What a record says, without when and where. */
interface RecordContent {
  readonly body: unknown;
  readonly attributes: object;
  readonly exception: unknown;
}

/**
 * The only place where host records are made: with a spread, or in two shapes, reading one takes over a microsecond
 * more (packages/bench, `winston-cost`).
 */
function hostRecord(
  { severityNumber, severityText, call }: RecordFacts,
  time: Moment | undefined,
  trace: TraceContext | undefined,
  { body, attributes, exception }: RecordContent,
): HostRecord {
  return {
    severityNumber,
    severityText,
    body,
    attributes,
    exception,
    timeMs: time === undefined ? undefined : time.ms,
    timeNanos: time === undefined ? undefined : time.nanos,
    trace,
    call: call?.context,
  };
}

/** The error in `err` or `error`, where people put one. */
function errorOf({ err, error }: HostInfo): unknown {
  if (typeof err === 'object' && isError(err)) return err;
  return typeof error === 'object' && isError(error) ? error : undefined;
}

/** Says whether a record with a text is nothing but that text, attributes and an error among them. */
function isSimple(info: HostInfo, message: string): boolean {
  const splat = info[SPLAT];
  // A finished message may have an object in it; most have no brace, which is quicker to see.
  if (
    splat !== undefined &&
    (!isSimpleSplat(splat, message, info) || (message.includes('{') && mayTellHttp(message)))
  ) {
    return false;
  }
  return (
    info['stack'] === undefined &&
    info['exception'] === undefined &&
    info['rejection'] === undefined &&
    info['trace_id'] === undefined &&
    Object.getPrototypeOf(info) === Object.prototype
  );
}

/** One attributes object, which winston copied into the record as it is. */
function isSimpleSplat(splat: unknown, message: string, info: HostInfo): boolean {
  if (!Array.isArray(splat) || splat.length !== 1 || message.includes('%')) return false;
  const meta: unknown = splat[0];
  if (typeof meta !== 'object' || meta === null || Object.getPrototypeOf(meta) !== Object.prototype) return false;
  const { message: ownMessage, level }: { message?: unknown; level?: unknown } = meta;
  return ownMessage === undefined && level === undefined && isFirstMemberIn(meta, info);
}

/** One member tells: winston copies all, or none where the object belongs to a token that a format took out since. */
function isFirstMemberIn(meta: object, info: HostInfo): boolean {
  for (const key in meta) return info[key] === (meta as Members)[key];
  return true;
}

/** Reads a record of any shape. Never throws. */
export function readWithCare(info: HostInfo, facts: RecordFacts): HostRecord {
  const members = readMembers(info);
  const left = readMember(info, 'message');
  // Of an error that is the record the message is taken, too: then that of its class is left.
  const parts = left === undefined || (isError(info) && left === '') ? logstashPartsOf(info) : undefined;
  const painted = parts?.message ?? left;
  const message = typeof painted === 'string' ? withoutColours(painted) : painted;
  if (parts?.timestamp !== undefined) members['timestamp'] = parts.timestamp;
  const raw = readMember(info, SPLAT);
  const splat: readonly unknown[] = Array.isArray(raw) ? raw : [];
  const { timestamp } = members;
  const moment = facts.parseTimestamp(timestamp);
  const time = moment === undefined ? undefined : unlessOfCall(timestamp, moment, facts);
  const named = spanOfMembers(members);
  const trace = named ?? spanOfContext(info);
  if (moment !== undefined) members['timestamp'] = undefined;
  if (named !== undefined) leaveOut(members, SPAN_MEMBERS);
  const crash = crashOf(info);
  if (crash !== undefined) {
    const body = crashBody({ ...members, message });
    const attributes = crashAttributes(members, crash);
    return hostRecord(facts, time, trace, { body, attributes, exception: members['error'] });
  }
  const text = isError(message) ? textOf(message) : message;
  const said = facts.call?.message ?? facts.message() ?? text;
  const { exception, described, copied } = findException(info, message, splat, members, isFirstCopied(said, splat));
  const read = readArguments(text, said, splat, members, () => facts.writesArguments(info));
  leaveOut(members, PARTS);
  leaveOut(members, copied);
  leaveOut(members, read.copied);
  let attributes: Members = members;
  // By a spread: `Object.assign` would take a member `__proto__` for the prototype.
  for (const extra of read.extra) attributes = { ...attributes, ...readMembers(extra) };
  if (described !== undefined) addDefined(attributes, described);
  if (read.args.length > 0) attributes[attributes[ARGS_KEY] === undefined ? ARGS_KEY : SPARE_ARGS_KEY] = read.args;
  const body = isError(info)
    ? textOf(ownError(info, message))
    : typeof read.body === 'string'
      ? toSafeErrorText(withoutColours(read.body))
      : read.body;
  return hostRecord(facts, time, trace, { body, attributes, exception });
}

/** The time a record names, unless that is the moment of the call, of which more is known. */
function unlessOfCall(timestamp: unknown, moment: Moment, { call, startedMs }: RecordFacts): Moment | undefined {
  const calledMs = call?.context === undefined ? startedMs() : call.context.timeMs;
  return isMomentOfCall(timestamp, moment, calledMs, Date.now()) ? undefined : moment;
}

/** An error's message, or its name where it has none. */
function textOf(error: object): string {
  const { message, type } = describeError(error);
  return message === '' ? type : message;
}

function addDefined(members: Members, more: Members): void {
  for (const key of Object.keys(more)) if (more[key] !== undefined) members[key] = more[key];
}
