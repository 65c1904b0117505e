import { describeError, type EncodedAttributes, isError, type Scrub, toldException } from '@logflume/otlp';
import { ATTRIBUTES_ERROR_KEY } from './call-shapes.ts';
import { activeContext, type ContextFrame, runInFrame, runningTrace } from './context.ts';
import { withDropped } from './intake/with-dropped.ts';
import type { Logger } from './logger.ts';
import { MAX_DEPTH, type Pipeline, TOO_DEEP, UNREADABLE } from './pipeline.ts';
import type { SharedAttributes } from './shared-attributes.ts';
import { activeTraceContext, type TraceContext } from './trace-context.ts';

/**
 * The time and asynchronous context of a log call, for a host that hands its records on later, from another context.
 * Made by {@link captureCall}; what is inside is for {@link emitRecord} alone.
 */
export interface CallContext {
  readonly timeMs: number;
  readonly timeNanos: number;
  readonly trace: TraceContext | undefined;
  readonly frame: ContextFrame | undefined;
}

/** Stands for a time nobody gave. */
const NO_TIME = -1;

/** For a record that was not logged in the running context: it gets no span and nothing of `withContext` from it. */
export const noCall: CallContext = Object.freeze({
  timeMs: NO_TIME,
  timeNanos: 0,
  trace: undefined,
  frame: undefined,
});

/** A record as another logger, the host, made it. What is left out is taken from the call or the running context. */
export interface HostRecord {
  /** 1 … 24; anything else is unspecified. */
  readonly severityNumber: number;
  /** The host's own name of the level, uncoloured. */
  readonly severityText: string;
  /** Any value. */
  readonly body?: unknown;
  /** Read before the call returns, and not changed. */
  readonly attributes?: object | undefined;
  /**
   * Attributes many of its records have in common, the same object each time. They win over those bound to the logger, and
   * lose to `attributes`.
   */
  readonly shared?: SharedAttributes | undefined;
  /** What was thrown, any value: becomes `exception.*`. An attribute that holds the same is left out. */
  readonly exception?: unknown;
  /** Name of the event, OTLP's `event_name`. @defaultValue none */
  readonly eventName?: string | undefined;
  /** When it happened: milliseconds since the epoch ≥ 0. @defaultValue when it was logged */
  readonly timeMs?: number | undefined;
  /** Nanoseconds within that millisecond, integer 0 … 999999; only with `timeMs`. @defaultValue 0 */
  readonly timeNanos?: number | undefined;
  /** When the host saw it: milliseconds since the epoch ≥ 0. @defaultValue now */
  readonly observedTimeMs?: number | undefined;
  /** Nanoseconds within that millisecond; only with `observedTimeMs`. @defaultValue 0 */
  readonly observedTimeNanos?: number | undefined;
  /** The span it belongs to; empty ids mean none. @defaultValue the span active in `call`, or now */
  readonly trace?: TraceContext | undefined;
  /** Instrumentation scope. @defaultValue that of the logger */
  readonly scope?:
    | { readonly name: string; readonly version?: string | undefined; readonly schemaUrl?: string | undefined }
    | undefined;
  /** Attributes of `scope`: read at the first record that has them, so the same object each time, and never changed. */
  readonly scopeAttributes?: object | undefined;
  /** How many attributes the host left out already, integer ≥ 0: OTLP's `dropped_attributes_count`. @defaultValue 0 */
  readonly droppedAttributesCount?: number | undefined;
  /** Schema URL of the resource of all records of this logger: that of the last record that has one is sent. */
  readonly resourceSchemaUrl?: string | undefined;
  /** Where and when it was logged; {@link noCall} for a record that comes from elsewhere. @defaultValue here and now */
  readonly call?: CallContext | undefined;
}

/**
 * Notes the asynchronous context of now and no time: a record emitted with it later is of that later moment.
 *
 * For whoever hears of the end of something (a response that closes) in another context than it began in.
 */
export function captureContext(): CallContext {
  const frame = activeContext(); // Asked for once: it costs more than all the rest of this.
  return { timeMs: NO_TIME, timeNanos: 0, trace: activeTraceContext() ?? frame?.trace, frame };
}

/**
 * Runs a function in the context of a call: for hosts that lose it, as a parser does whose events belong to a socket.
 * An OpenTelemetry span is not made active.
 *
 * @returns what `run` returns.
 */
export function runInContext<T>(call: CallContext, run: () => T): T {
  return runInFrame(call.frame, run);
}

/** What {@link emitRecord} needs of a logger; every one that `createLogger` made has it. */
export interface RecordEmitter {
  emitRecord(record: HostRecord): void;
  captureCall(): CallContext;
  /** Whether its records are printed on the console of the process. */
  readonly isPrinted: boolean;
  /** Whether code, environment or a file says how many attributes a record may have. */
  readonly isLimited: boolean;
  /** What takes secrets out of its records. */
  readonly scrub: Scrub | undefined;
}

/**
 * Writes a record of another logger through a logger's delivery: for adapters. The host has decided that the record is
 * wanted, so no level is compared. Never throws, never blocks; the attributes bound to the logger and those of the
 * running `withContext` are added.
 *
 * @param logger - from `createLogger`, or its child. Another implementation of the interface gets the record through
 *   its `log` method, at the nearest level.
 */
export function emitRecord(logger: Logger, record: HostRecord): void {
  if (isEmitter(logger)) return logger.emitRecord(record);
  const level = LEVELS[(clampSeverity(record.severityNumber) + 3) >> 2] ?? 'info';
  const attributes = { ...record.attributes };
  logger.log(level, String(record.body ?? ''), record.exception, record.shared?.under(attributes) ?? attributes);
}

/** Notes the time and asynchronous context of a log call, to be given to {@link emitRecord} later. */
export function captureCall(logger: Logger): CallContext | undefined {
  return isEmitter(logger) ? logger.captureCall() : undefined;
}

/** Whether a logger prints its records on the console of the process; `false` for one that is not ours. */
export function isPrinted(logger: Logger): boolean {
  return isEmitter(logger) && logger.isPrinted === true;
}

/**
 * Whether it was said, anywhere, how many attributes a record of a logger may have, and is no default; `false` for a logger
 * that is not ours.
 */
export function isLimited(logger: Logger): boolean {
  return isEmitter(logger) && logger.isLimited === true;
}

/** What takes secrets out of the records of a logger; `undefined` where nothing does, or for one that is not ours. */
export function scrubOf(logger: Logger): Scrub | undefined {
  return isEmitter(logger) ? logger.scrub : undefined;
}

/** By OTLP's ranges of four numbers; unspecified first. */
const LEVELS = ['info', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

// Asked by its shape: an application may hold two copies of this package, which `instanceof` would tell apart.
function isEmitter(logger: Logger): logger is Logger & RecordEmitter {
  return 'emitRecord' in logger && typeof logger.emitRecord === 'function';
}

/** The call as it is now. */
export function captureNow({ clock }: Pipeline): CallContext {
  clock.tick();
  return { timeMs: clock.timeMs, timeNanos: clock.timeNanos, trace: runningTrace(), frame: activeContext() };
}

/** The logger a host's record goes through. */
interface LoggerPart {
  readonly group: number;
  readonly bound: EncodedAttributes | undefined;
}

/** Puts a host's record into the delivery of a pipeline; what cannot be read of it is replaced by text that says so. */
export function enqueueHostRecord(pipeline: Pipeline, logger: LoggerPart, host: HostRecord): void {
  if (pipeline.depth >= MAX_DEPTH) return enqueueBare(pipeline, logger, host, TOO_DEEP);
  pipeline.depth++;
  try {
    enqueue(pipeline, logger, host);
  } catch {
    enqueueBare(pipeline, logger, host, UNREADABLE);
  } finally {
    pipeline.depth--;
  }
}

function enqueueBare(pipeline: Pipeline, logger: LoggerPart, host: HostRecord, reason: string): void {
  const body = typeof host.body === 'string' ? host.body : reason;
  const call = host.call ?? noCall;
  pipeline.depth++;
  try {
    enqueue(pipeline, logger, {
      ...host,
      body,
      attributes: { [ATTRIBUTES_ERROR_KEY]: reason },
      shared: undefined,
      exception: undefined,
      // Reading the context's attributes may be what failed, or log too.
      call: { ...call, frame: undefined },
    });
  } catch {
    // A full stack, where nothing can be called any more. The application meets it itself at its next call.
  } finally {
    pipeline.depth--;
  }
}

function enqueue({ clock, delivery, limits, scopes }: Pipeline, logger: LoggerPart, host: HostRecord): void {
  const { call, scope, shared } = host;
  assertReadable(host.attributes);
  assertReadable(host.exception);
  const trace = host.trace ?? (call === undefined ? runningTrace() : call.trace);
  const frame = call === undefined ? activeContext() : call.frame;
  const bound = frame === undefined ? logger.bound : frame.boundFor(logger.bound, limits);
  const severityNumber = clampSeverity(host.severityNumber);
  clock.tick();
  const { timeMs, timeNanos } = clock;
  const madeMs = toTimeMs(host.timeMs);
  const seenMs = toTimeMs(host.observedTimeMs);
  const loggedMs = call === undefined || call.timeMs === NO_TIME ? timeMs : call.timeMs;
  const loggedNanos = call === undefined || call.timeMs === NO_TIME ? timeNanos : call.timeNanos;
  const record = {
    timeMs: madeMs === NO_TIME ? loggedMs : madeMs,
    timeNanos: madeMs === NO_TIME ? loggedNanos : toNanos(host.timeNanos),
    observedTimeMs: seenMs === NO_TIME ? timeMs : seenMs,
    observedTimeNanos: seenMs === NO_TIME ? timeNanos : toNanos(host.observedTimeNanos),
    severityNumber,
    severityText: cutName(host.severityText),
    body: limits.scrub === undefined ? host.body : toldBody(host, limits.scrub),
    attributes: host.attributes,
    exception: host.exception,
    bound: withDropped(shared === undefined ? bound : shared.over(bound, limits), host.droppedAttributesCount),
    eventName: cutName(host.eventName ?? ''),
    traceId: trace === undefined ? '' : trace.traceId,
    spanId: trace === undefined ? '' : trace.spanId,
    traceFlags: trace === undefined ? 0 : trace.traceFlags & 0xff,
  };
  const group =
    scope === undefined
      ? logger.group
      : scopes.groupOf(scope.name, scope.version ?? '', host.scopeAttributes, toUrl(scope.schemaUrl));
  if (host.resourceSchemaUrl !== undefined) scopes.resourceSchemaUrl = toUrl(host.resourceSchemaUrl);
  delivery.enqueue(record, severityNumber, group);
}

/** Hosts make the message of an error the text of a record that has none: it says no more than the exception does. */
function toldBody(host: HostRecord, scrub: Scrub): unknown {
  const { body, exception } = host;
  if (typeof body !== 'string' || !isError(exception) || body !== describeError(exception).message) return body;
  return toldException(host, scrub) === undefined ? undefined : (scrub.replacementOf('exception.message') ?? body);
}

/** UTF-16 units of a level's or event's name: the encoder cuts values to fit, but not names. */
const MAX_NAME_UNITS = 1024;

function cutName(name: string): string {
  return name.length > MAX_NAME_UNITS ? name.slice(0, MAX_NAME_UNITS) : name;
}

/** Hosts may be plain JavaScript. */
function toUrl(value: unknown): string {
  return typeof value === 'string' ? cutName(value) : '';
}

/** @throws what a proxy throws that is not even to be asked what it is: a record without it is better than none. */
function assertReadable(value: unknown): void {
  if (typeof value === 'object' && value !== null) Object.getPrototypeOf(value);
}

/** One byte on the wire, so what is no severity must not get there. */
function clampSeverity(severityNumber: number): number {
  return severityNumber >= 1 && severityNumber <= 24 ? Math.floor(severityNumber) : 0;
}

function toTimeMs(timeMs: number | undefined): number {
  return timeMs !== undefined && timeMs >= 0 && timeMs <= 8.64e15 ? Math.floor(timeMs) : NO_TIME;
}

function toNanos(nanos: number | undefined): number {
  return nanos !== undefined && nanos >= 0 && nanos < 1e6 ? Math.floor(nanos) : 0;
}
