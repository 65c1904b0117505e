import { LogflumeError } from '@logflume/delivery';
import { type EncodedAttributes, encodeAttributes, isError, mergeAttributes, type Scrub } from '@logflume/otlp';
import { ATTRIBUTES_ERROR_KEY, errorAmong, isPlainObject, sortArguments, toAttributes } from './call-shapes.ts';
import {
  expectedLevel,
  type Level,
  type LevelThreshold,
  parseLevel,
  severityOfLevel,
  textOfLevel,
} from './config/parse-levels.ts';
import { showValue } from './config/show-value.ts';
import { activeContext } from './context.ts';
import { type CallContext, captureNow, enqueueHostRecord, type HostRecord, type RecordEmitter } from './emit-record.ts';
import type { LevelCell } from './level-cell.ts';
import type { EventOptions, LevelLogMethod, Logger, LogMethod } from './logger.ts';
import { MAX_DEPTH, type Pipeline, TOO_DEEP, UNREADABLE } from './pipeline.ts';
import { activeTraceContext } from './trace-context.ts';

/** What makes one logger different from the others of its pipeline. */
export interface LoggerIdentity {
  readonly name: string;
  /** Of the scope with that name. Given, as looking it up would be a tenth of the time a child takes. */
  readonly group: number;
  readonly bound: EncodedAttributes | undefined;
  readonly level: LevelCell;
  /** Whether the level is that of another logger. @defaultValue false */
  readonly sharesLevel?: boolean;
}

/**
 * The logger: from a call to a record in the delivery's queue, in one step.
 *
 * The level methods come first and do nothing but compare before they know that the record is wanted. A call of the
 * plain shape `(message, attributes?)` goes straight to `#write`; every other shape is sorted first.
 *
 * Methods are functions of the object, not of its prototype: `promise.catch(log.error)` must log, not throw. That costs
 * 100 ns for each child and nothing for a call.
 */
export class PipelineLogger implements Logger, RecordEmitter {
  readonly #pipeline: Pipeline;
  readonly #name: string;
  readonly #group: number;
  readonly #bound: EncodedAttributes | undefined;
  #level: LevelCell;
  #sharesLevel: boolean;
  readonly flush: Logger['flush'];
  readonly close: Logger['close'];
  readonly stats: Logger['stats'];

  constructor(pipeline: Pipeline, identity: LoggerIdentity) {
    this.#pipeline = pipeline;
    this.#name = identity.name;
    this.#group = identity.group;
    this.#bound = identity.bound;
    this.#level = identity.level;
    this.#sharesLevel = identity.sharesLevel === true;
    this.flush = pipeline.flush;
    this.close = pipeline.close;
    this.stats = pipeline.stats;
  }

  readonly trace: LogMethod = (first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void => {
    if (this.#level.minSeverity <= 1) this.#log(1, 'TRACE', first, second, third, rest);
  };

  readonly debug: LogMethod = (first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void => {
    if (this.#level.minSeverity <= 5) this.#log(5, 'DEBUG', first, second, third, rest);
  };

  readonly info: LogMethod = (first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void => {
    if (this.#level.minSeverity <= 9) this.#log(9, 'INFO', first, second, third, rest);
  };

  readonly warn: LogMethod = (first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void => {
    if (this.#level.minSeverity <= 13) this.#log(13, 'WARN', first, second, third, rest);
  };

  readonly error: LogMethod = (first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void => {
    if (this.#level.minSeverity <= 17) this.#log(17, 'ERROR', first, second, third, rest);
  };

  readonly fatal: LogMethod = (first: unknown, second?: unknown, third?: unknown, ...rest: unknown[]): void => {
    if (this.#level.minSeverity <= 21) this.#log(21, 'FATAL', first, second, third, rest);
  };

  readonly log: LevelLogMethod = (
    level: unknown,
    first?: unknown,
    second?: unknown,
    third?: unknown,
    ...rest: unknown[]
  ): void => {
    const known = levelOf(level);
    const severity = severityOfLevel[known ?? 'info'];
    if (this.#level.minSeverity > severity) return;
    if (known !== undefined) this.#log(severity, textOfLevel[known], first, second, third, rest);
    // A level nobody knows must not lose the record, nor be lost: a word is kept as the severity's text, anything else,
    // and a word that is all there is, was meant to be logged.
    else if (typeof level === 'string' && (first ?? second ?? third) !== undefined) {
      this.#log(severity, toName(level), first, second, third, rest);
    } else this.#log(severity, 'INFO', level, first, second, [third, ...rest]);
  };

  readonly event: Logger['event'] = (name, attributes, options): void => {
    const level = levelOf(optionOf(options, 'level')) ?? 'info';
    const severity = severityOfLevel[level];
    if (this.#level.minSeverity > severity) return;
    const pipeline = this.#pipeline;
    if (pipeline.depth >= MAX_DEPTH) return this.#writeBare(severity, textOfLevel[level], name, TOO_DEEP);
    pipeline.depth++;
    try {
      const members = toAttributes(attributes);
      const exception = members === undefined ? undefined : errorAmong(members, pipeline.limits.scrub);
      const timeMs = timestampOf(optionOf(options, 'timestamp'));
      const body = optionOf(options, 'body');
      this.#write(severity, textOfLevel[level], body, members, exception, toName(name), timeMs);
    } catch {
      this.#writeBare(severity, textOfLevel[level], name, UNREADABLE);
    } finally {
      pipeline.depth--;
    }
  };

  readonly child: Logger['child'] = (attributes, options): Logger => {
    const own = encodeAttributes(toAttributes(attributes) ?? {}, this.#pipeline.limits);
    const bound = this.#bound === undefined ? own : mergeAttributes(this.#bound, own);
    const name = options?.name === undefined || options.name === null ? undefined : String(options.name);
    const { scopes, version } = this.#pipeline;
    const level = this.#level.childCell(name, options?.level === undefined ? undefined : checkLevel(options.level));
    return new PipelineLogger(this.#pipeline, {
      name: name ?? this.#name,
      group: name === undefined ? this.#group : scopes.groupOf(name, version),
      bound: bound.ends.length === 0 && bound.dropped === 0 ? undefined : bound,
      level,
      sharesLevel: level === this.#level,
    });
  };

  get level(): LevelThreshold {
    return this.#level.threshold;
  }

  set level(level: LevelThreshold) {
    this.#ownLevel().set(checkLevel(level));
  }

  readonly setLevelFor: Logger['setLevelFor'] = (level, durationMs) =>
    this.#ownLevel().setFor(checkLevel(level), durationMs);

  readonly isLevelEnabled: Logger['isLevelEnabled'] = (level): boolean =>
    this.#level.minSeverity <= severityOfLevel[levelOf(level) ?? 'info'];

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pipeline.dispose();
  }

  /** For adapters, by way of the function of this name. */
  emitRecord(record: HostRecord): void {
    enqueueHostRecord(this.#pipeline, { group: this.#group, bound: this.#bound }, record);
  }

  /** For adapters, by way of the function of this name. */
  captureCall(): CallContext {
    return captureNow(this.#pipeline);
  }

  /** For those who would else print a second time. */
  get isPrinted(): boolean {
    return this.#pipeline.isPrinted === true;
  }

  /** For those who have a limit of their own. */
  get isLimited(): boolean {
    return this.#pipeline.isLimited === true;
  }

  /** For those who make texts of what is redacted elsewhere. */
  get scrub(): Scrub | undefined {
    return this.#pipeline.limits.scrub;
  }

  /** What may be set: a look at one request must not change the level of all the others. */
  #ownLevel(): LevelCell {
    if (this.#sharesLevel) {
      this.#level = this.#level.split();
      this.#sharesLevel = false;
    }
    return this.#level;
  }

  #log(
    severity: number,
    text: string,
    first: unknown,
    second: unknown,
    third: unknown,
    rest: readonly unknown[],
  ): void {
    const pipeline = this.#pipeline;
    if (pipeline.depth >= MAX_DEPTH) return this.#writeBare(severity, text, first, TOO_DEEP);
    const { scrub } = pipeline.limits;
    pipeline.depth++;
    try {
      // The plain shapes: text alone, with a plain object, with an error. Everything else takes the careful way.
      if (typeof first === 'string' && third === undefined && rest.length === 0) {
        if (second === undefined) return this.#write(severity, text, first, undefined, undefined, '', NOW);
        if (isPlainObject(second)) {
          return this.#write(severity, text, first, second, errorAmong(second, scrub), '', NOW);
        }
        if (isError(second)) return this.#write(severity, text, first, undefined, second, '', NOW);
      }
      const { body, attributes, exception } = sortArguments([first, second, third, ...rest], scrub);
      this.#write(severity, text, body, attributes, exception, '', NOW);
    } catch {
      this.#writeBare(severity, text, first, UNREADABLE);
    } finally {
      pipeline.depth--;
    }
  }

  /** Logs what can be logged without reading any argument: its text, and why there is no more. */
  #writeBare(severity: number, text: string, first: unknown, reason: string): void {
    this.#pipeline.depth++;
    try {
      const body = typeof first === 'string' ? first : reason;
      this.#write(severity, text, body, { [ATTRIBUTES_ERROR_KEY]: reason }, undefined, '', NOW);
    } catch {
      // A full stack, where nothing can be called any more. The application meets it itself at its next call.
    } finally {
      this.#pipeline.depth--;
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
    const { clock, delivery, limits, depth } = this.#pipeline;
    // Reading the context's attributes may log too: too deep inside, it is left alone.
    const context = depth > MAX_DEPTH ? undefined : activeContext();
    const trace = activeTraceContext() ?? context?.trace;
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

/** UTF-16 units of an event's name and of a level nobody knows: the encoder cuts values to fit, but not names. */
const MAX_NAME_UNITS = 1024;

/** @throws what the `toString` of an object throws. */
function toName(name: unknown): string {
  const text = String(name);
  return text.length > MAX_NAME_UNITS ? text.slice(0, MAX_NAME_UNITS) : text;
}

/** Stands for the clock's time where a timestamp can be given. */
const NOW = -1;

function timestampOf(timestamp: unknown): number {
  const ms = timestamp instanceof Date ? timestamp.getTime() : timestamp;
  return typeof ms === 'number' && ms >= 0 && ms <= 8.64e15 ? Math.floor(ms) : NOW;
}

/** Reads an option of an event; its options may be hostile, or not be there. */
function optionOf(options: unknown, name: keyof EventOptions): unknown {
  try {
    return options === undefined || options === null ? undefined : Reflect.get(Object(options), name);
  } catch {
    return undefined; // The event is worth more than the option that throws.
  }
}

/** The level a word means; `undefined` for one that means none. */
function levelOf(level: unknown): Level | undefined {
  const threshold = typeof level === 'string' ? parseLevel(level) : undefined;
  return threshold === 'off' ? undefined : threshold;
}

function checkLevel(level: unknown): LevelThreshold {
  const threshold = typeof level === 'string' ? parseLevel(level) : undefined;
  if (threshold !== undefined) return threshold;
  const got = showValue(level);
  throw new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', `level must be ${expectedLevel}, got ${got}`, {
    details: { option: 'level', expected: expectedLevel, got },
  });
}
