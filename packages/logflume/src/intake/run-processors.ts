import { types } from 'node:util';
import { describeError, type LogRecordInput } from '@logflume/otlp';
import { errorAmong, isPlainObject } from '../call-shapes.ts';
import { addAttributes, countAttributes, ownAttributesOf } from './own-attributes.ts';
import type { ProcessedRecord, Processor } from './processor.ts';
import { withBound } from './with-bound.ts';
import { withDropped } from './with-dropped.ts';

/** What went wrong with a processor. */
export interface ProcessorProblem {
  /** `processors[1]`, with the name of the function where it has one. */
  readonly processor: string;
  /** `failed`: it threw, or had not finished. `unusable`: it answered what means nothing. */
  readonly kind: 'failed' | 'unusable';
  /** Name of the error, or the kind of the answer; never a text of either. */
  readonly what: string;
}

export interface ProcessorParts {
  /** Name of the scope of a group. */
  readonly nameOf: (group: number) => string;
  /** Told inside the log call: must not throw, log or do I/O. */
  readonly onProblem: (problem: ProcessorProblem) => void;
}

/** UTF-16 units of a name that is told: an error may call itself anything. */
const MAX_NAME_UNITS = 100;

/** Written for a body that is not text, or has that of the exception, where a processor may not have seen all of it. */
const WITHHELD = '[withheld: a processor failed]';

/** Runs processors over records, one after the other. */
export class ProcessorChain {
  readonly #steps: readonly { readonly name: string; readonly run: Processor }[];
  readonly #parts: ProcessorParts;
  #isRunning = false;

  constructor(processors: readonly Processor[], parts: ProcessorParts) {
    this.#steps = processors.map((run, index) => ({ name: nameOf(run, index), run }));
    this.#parts = parts;
  }

  /**
   * What is left of a record, or `undefined` when a processor wants it left out. Never throws.
   *
   * A processor that throws loses nothing but what it may not have cleared: the record goes out with its text, the type
   * of its exception and a mark, without attributes. So does one that is logged from inside a processor, which would
   * call it without end.
   */
  process(record: LogRecordInput, group: number): LogRecordInput | undefined {
    if (this.#isRunning) return withhold(record, 'processors', 'logged from inside a processor');
    // Reads getters, which may log: those records are like others.
    const view = viewOf(record, this.#parts.nameOf(group));
    const isNamed = record.exception !== undefined && errorAmong(view.attributes) === record.exception;
    this.#isRunning = true;
    let name = 'processors';
    try {
      for (const step of this.#steps) {
        name = step.name;
        const answer: unknown = step.run(view);
        if (answer === null) return undefined;
        if (answer === undefined || answer === view) continue;
        if (isThenable(answer)) {
          settleQuietly(answer);
          return this.#fail(record, name, 'promise');
        }
        if (isPlainObject(answer)) addAttributes(view.attributes, answer);
        else this.#parts.onProblem({ processor: name, kind: 'unusable', what: kindOf(answer) });
      }
      return toRecord(record, view, isNamed) ?? this.#fail(record, name, 'attributes that are no object');
    } catch (error) {
      return this.#fail(record, name, typeOf(error));
    } finally {
      this.#isRunning = false;
    }
  }

  #fail(record: LogRecordInput, processor: string, what: string): LogRecordInput {
    this.#parts.onProblem({ processor, kind: 'failed', what });
    return withhold(record, processor, what);
  }
}

function nameOf(run: Processor, index: number): string {
  const given: unknown = run.name;
  const name = typeof given === 'string' && given !== '' ? ` (${given.slice(0, MAX_NAME_UNITS)})` : '';
  return `processors[${index}]${name}`;
}

function viewOf(record: LogRecordInput, logger: string): ProcessedRecord {
  return {
    logger,
    timeMs: record.timeMs,
    traceId: record.traceId,
    spanId: record.spanId,
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    body: record.body,
    attributes: ownAttributesOf(record),
    exception: record.exception,
    eventName: record.eventName,
  };
}

/**
 * @param isNamed - whether the exception was the attribute `err` or `error`: then it is what that is now.
 * @returns `undefined` when the attributes were replaced by something that is none.
 */
function toRecord(record: LogRecordInput, view: ProcessedRecord, isNamed: boolean): LogRecordInput | undefined {
  const { severityNumber, severityText, eventName } = view;
  const attributes: unknown = view.attributes ?? {};
  if (typeof attributes !== 'object' || attributes === null) return undefined;
  const isSeverity = Number.isInteger(severityNumber) && severityNumber >= 0 && severityNumber <= 24;
  return {
    timeMs: record.timeMs,
    timeNanos: record.timeNanos,
    observedTimeMs: record.observedTimeMs,
    observedTimeNanos: record.observedTimeNanos,
    severityNumber: isSeverity ? severityNumber : record.severityNumber,
    severityText: typeof severityText === 'string' ? severityText : record.severityText,
    body: view.body,
    attributes,
    exception: isNamed && view.exception === record.exception ? errorAmong(attributes) : view.exception,
    // They are among the attributes now; only what was left out of them is still to be told.
    bound: withDropped(undefined, record.bound?.dropped),
    eventName: typeof eventName === 'string' ? eventName : record.eventName,
    traceId: record.traceId,
    spanId: record.spanId,
    traceFlags: record.traceFlags,
  };
}

/** The record without anything that a processor might have cleared. */
function withhold(record: LogRecordInput, processor: string, what: string): LogRecordInput {
  const { body, exception } = record;
  const cleared: LogRecordInput = {
    ...record,
    body: body === undefined || (typeof body === 'string' && !tellsOf(exception, body)) ? body : WITHHELD,
    attributes: {
      'logflume.processor.name': processor,
      'logflume.processor.error_type': what,
      'exception.type': exception === undefined ? undefined : typeOf(exception),
    },
    exception: undefined,
  };
  return withBound(cleared, withDropped(undefined, countAttributes(record)));
}

/** Whether a text has the message of what was thrown in it: an error logged without a text is its own. */
function tellsOf(thrown: unknown, body: string): boolean {
  const message = typeof thrown === 'object' && thrown !== null ? describeError(thrown).message : thrown;
  return typeof message === 'string' && message !== '' && body.includes(message);
}

/** The name of an error, the kind of whatever else was thrown. */
function typeOf(thrown: unknown): string {
  const isObject = typeof thrown === 'object' && thrown !== null;
  return isObject ? describeError(thrown).type.slice(0, MAX_NAME_UNITS) : kindOf(thrown);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

/** @throws what a getter or a trap of the value throws. */
function isThenable(value: unknown): value is object {
  if (types.isPromise(value)) return true;
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}

/** Nobody awaits it: its failure must not become an unhandled rejection. */
function settleQuietly(promise: object): void {
  if (types.isPromise(promise)) promise.then(undefined, () => undefined);
}
