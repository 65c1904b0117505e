import { type DeliveryReport, type DeliveryStats, LogflumeError } from '@logflume/delivery';
import { type EncodedAttributes, encodeAttributes, mergeAttributes } from '@logflume/otlp';
import { errorAmong, resolveLazily, sortArguments } from './call-shapes.ts';
import type { Attributes } from './config/logger-options.ts';
import {
  expectedLevel,
  type Level,
  type LevelThreshold,
  minSeverityOf,
  parseLevel,
  severityOfLevel,
  thresholdFor,
} from './config/parse-levels.ts';
import { activeContext } from './context.ts';
import type { ChildOptions, EventOptions, LazyAttributes, Logger } from './logger.ts';
import type { Pipeline } from './pipeline.ts';
import { activeTraceContext } from './trace-context.ts';

/** A level that a logger and those of its children without one of their own read and change together. */
export interface LevelCell {
  threshold: LevelThreshold;
  /** The lowest severity number that passes: what a log call compares. */
  minSeverity: number;
}

export function createLevelCell(threshold: LevelThreshold): LevelCell {
  return { threshold, minSeverity: minSeverityOf(threshold) };
}

/** What makes one logger different from the others of its pipeline. */
export interface LoggerIdentity {
  readonly name: string;
  readonly bound: EncodedAttributes | undefined;
  readonly level: LevelCell;
}

/**
 * The logger: from a call to a record in the delivery's queue, in one step.
 *
 * The level methods come first and do nothing but compare before they know that the record is wanted. A call of the
 * plain shape `(message, attributes?)` goes straight to `#write`; every other shape is sorted first.
 */
export class PipelineLogger implements Logger {
  readonly #pipeline: Pipeline;
  readonly #name: string;
  readonly #group: number;
  readonly #bound: EncodedAttributes | undefined;
  readonly #level: LevelCell;

  constructor(pipeline: Pipeline, identity: LoggerIdentity) {
    this.#pipeline = pipeline;
    this.#name = identity.name;
    this.#group = pipeline.scopes.groupOf(identity.name, pipeline.version);
    this.#bound = identity.bound;
    this.#level = identity.level;
  }

  trace(first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void {
    if (this.#level.minSeverity <= 1) this.#log(1, 'TRACE', first, second, third, rest);
  }

  debug(first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void {
    if (this.#level.minSeverity <= 5) this.#log(5, 'DEBUG', first, second, third, rest);
  }

  info(first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void {
    if (this.#level.minSeverity <= 9) this.#log(9, 'INFO', first, second, third, rest);
  }

  warn(first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void {
    if (this.#level.minSeverity <= 13) this.#log(13, 'WARN', first, second, third, rest);
  }

  error(first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void {
    if (this.#level.minSeverity <= 17) this.#log(17, 'ERROR', first, second, third, rest);
  }

  fatal(first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void {
    if (this.#level.minSeverity <= 21) this.#log(21, 'FATAL', first, second, third, rest);
  }

  log(level: Level, first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void {
    const known = knownLevel(level);
    const severity = severityOfLevel[known];
    if (this.#level.minSeverity > severity) return;
    // A word that is no level must not lose the record: it goes out as INFO under the word it came with.
    const text = known === level || typeof level !== 'string' ? known.toUpperCase() : level;
    this.#log(severity, text, first, second, third, rest);
  }

  event(name: string, attributes?: LazyAttributes, options: EventOptions = {}): void {
    const level = knownLevel(options.level ?? 'info');
    const severity = severityOfLevel[level];
    if (this.#level.minSeverity > severity) return;
    const own: unknown = typeof attributes === 'function' ? resolveLazily(attributes) : attributes;
    const members = typeof own === 'object' && own !== null ? own : undefined;
    const exception = members === undefined ? undefined : errorAmong(members);
    const timeMs = timestampOf(options.timestamp);
    this.#write(severity, level.toUpperCase(), options.body, members, exception, String(name), timeMs);
  }

  child(attributes: Attributes, options: ChildOptions = {}): Logger {
    const { limits, levels } = this.#pipeline;
    const own = encodeAttributes(attributes ?? {}, limits);
    const bound = this.#bound === undefined ? own : mergeAttributes(this.#bound, own);
    const name = options.name ?? this.#name;
    return new PipelineLogger(this.#pipeline, {
      name,
      bound: bound.ends.length === 0 && bound.dropped === 0 ? undefined : bound,
      level: this.#childLevel(options, levels),
    });
  }

  get level(): LevelThreshold {
    return this.#level.threshold;
  }

  set level(level: LevelThreshold) {
    this.#level.threshold = checkLevel(level);
    this.#level.minSeverity = minSeverityOf(this.#level.threshold);
  }

  isLevelEnabled(level: Level): boolean {
    return this.#level.minSeverity <= severityOfLevel[knownLevel(level)];
  }

  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<DeliveryReport> {
    return this.#pipeline.delivery.flush(options);
  }

  close(options?: { readonly timeoutMs?: number | undefined }): Promise<DeliveryReport> {
    return this.#pipeline.delivery.close(options);
  }

  stats(): DeliveryStats {
    return this.#pipeline.delivery.stats();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A named child has the level of its name; any other follows its parent. */
  #childLevel(options: ChildOptions, levels: Pipeline['levels']): LevelCell {
    if (options.level !== undefined) return createLevelCell(checkLevel(options.level));
    if (options.name === undefined || levels.byName.size === 0) return this.#level;
    const named = thresholdFor(levels, options.name);
    return named === levels.default ? this.#level : createLevelCell(named);
  }

  #log(
    severity: number,
    text: string,
    first: unknown,
    second: unknown,
    third: unknown,
    rest: readonly unknown[],
  ): void {
    try {
      // The two plain shapes: text alone, and text with a plain object. Everything else takes the careful way.
      if (typeof first === 'string' && third === undefined && rest.length === 0) {
        if (second === undefined) return this.#write(severity, text, first, undefined, undefined, '', NOW);
        if (isPlainObject(second)) return this.#write(severity, text, first, second, errorAmong(second), '', NOW);
      }
      const { body, attributes, exception } = sortArguments(first, second, third, rest);
      this.#write(severity, text, body, attributes, exception, '', NOW);
    } catch {
      // A proxy whose traps throw when merely asked what it is. The record says so instead of not being there.
      const body = typeof first === 'string' ? first : UNREADABLE;
      this.#write(severity, text, body, { 'logflume.attributes_error': UNREADABLE }, undefined, '', NOW);
    }
  }

  // Positional, as an object of these would be garbage on every call (packages/bench, call-cost).
  #write(
    severity: number,
    severityText: string,
    body: unknown,
    attributes: object | undefined,
    exception: unknown,
    eventName: string,
    timestampMs: number,
  ): void {
    const { clock, delivery, limits } = this.#pipeline;
    const trace = activeTraceContext();
    const context = activeContext();
    clock.tick();
    const { timeMs, timeNanos } = clock;
    const isNow = timestampMs === NOW;
    const record = {
      timeMs: isNow ? timeMs : timestampMs,
      timeNanos: isNow ? timeNanos : 0,
      observedTimeMs: timeMs,
      observedTimeNanos: timeNanos,
      severityNumber: severity,
      severityText,
      body,
      attributes,
      exception,
      bound: context === undefined ? this.#bound : context.boundFor(this.#bound, limits),
      eventName,
      traceId: trace === undefined ? '' : trace.traceId,
      spanId: trace === undefined ? '' : trace.spanId,
      traceFlags: trace === undefined ? 0 : trace.traceFlags,
    };
    delivery.enqueue(record, severity, this.#group);
  }
}

const UNREADABLE = '[unreadable argument]';

/** Stands for the clock's time where a timestamp can be given. */
const NOW = -1;

function timestampOf(timestamp: unknown): number {
  const ms = timestamp instanceof Date ? timestamp.getTime() : timestamp;
  return typeof ms === 'number' && ms >= 0 && ms <= 8.64e15 ? Math.floor(ms) : NOW;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function knownLevel(level: unknown): Level {
  const threshold = typeof level === 'string' ? parseLevel(level) : undefined;
  return threshold === undefined || threshold === 'off' ? 'info' : threshold;
}

function checkLevel(level: unknown): LevelThreshold {
  const threshold = typeof level === 'string' ? parseLevel(level) : undefined;
  if (threshold !== undefined) return threshold;
  throw new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', `level must be ${expectedLevel}, got ${String(level)}`, {
    details: { option: 'level', expected: expectedLevel, got: String(level) },
  });
}
