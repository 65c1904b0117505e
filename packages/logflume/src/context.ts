import { AsyncLocalStorage } from 'node:async_hooks';
import { type EncodedAttributes, type EncodeLimits, encodeAttributes, mergeAttributes } from '@logflume/otlp';
import type { Attributes } from './logger.ts';
import { activeTraceContext, type TraceContext } from './trace-context.ts';

/** Something logged once, at its end, with all that was added to it on the way: a request, a job. */
export interface WideEvent {
  /** Takes attributes for the event. Never throws; what comes after the end must not be lost either. */
  add(attributes: Attributes): void;
}

/** What a context may have beside its attributes. */
export interface ContextOptions {
  /** The trace that records inside belong to while no OpenTelemetry span is active. @defaultValue the outer context's */
  readonly trace?: TraceContext | undefined;
  /** What {@link addToEvent} adds to inside. @defaultValue the outer context's */
  readonly event?: WideEvent | undefined;
  /**
   * The context it is laid over, as `captureContext` answered it: who has it saves asking again, which costs as much
   * as running in a context. @defaultValue the running one
   */
  readonly outer?: { readonly frame: ContextFrame | undefined } | undefined;
}

/**
 * The attributes of the running asynchronous context, encoded at the first record that carries them.
 *
 * Loggers differ in their limits and in what is bound to them; the last result of each step is kept, as one context
 * meets one or two loggers.
 */
export class ContextFrame {
  readonly #attributes: Attributes;
  readonly #outer: ContextFrame | undefined;
  readonly trace: TraceContext | undefined;
  readonly event: WideEvent | undefined;
  #limits: EncodeLimits | undefined;
  #encoded: EncodedAttributes | undefined;
  #bound: EncodedAttributes | undefined;
  #merged: EncodedAttributes | undefined;

  constructor(attributes: Attributes, outer: ContextFrame | undefined, options: ContextOptions | undefined) {
    this.#attributes = attributes;
    this.#outer = outer;
    this.trace = options?.trace ?? outer?.trace;
    this.event = options?.event ?? outer?.event;
  }

  /** What a record of a logger carries here: the context's attributes, under those bound to the logger. */
  boundFor(bound: EncodedAttributes | undefined, limits: EncodeLimits): EncodedAttributes {
    const own = this.#encodedFor(limits);
    if (bound === undefined) return own;
    if (this.#merged === undefined || this.#bound !== bound) {
      this.#bound = bound;
      this.#merged = mergeAttributes(own, bound);
    }
    return this.#merged;
  }

  #encodedFor(limits: EncodeLimits): EncodedAttributes {
    if (this.#encoded === undefined || this.#limits === undefined || !areSame(this.#limits, limits)) {
      const own = encodeAttributes(this.#attributes, limits);
      this.#encoded = this.#outer === undefined ? own : mergeAttributes(this.#outer.#encodedFor(limits), own);
      this.#limits = limits;
      this.#merged = undefined;
    }
    return this.#encoded;
  }
}

/** Every logger has limits of its own, mostly the same ones: two loggers in a context need not take turns encoding it. */
function areSame(a: EncodeLimits, b: EncodeLimits): boolean {
  if (a === b) return true;
  const names = Object.keys(a) as (keyof EncodeLimits)[]; // of a type of our own, made by a literal
  return names.every((name) => a[name] === b[name]);
}

/** The one process-wide state of this package: an asynchronous context is a property of the process, not of a logger. */
const storage = new AsyncLocalStorage<ContextFrame | undefined>();

/** The frame of the running context, if any. */
export function activeContext(): ContextFrame | undefined {
  return storage.getStore();
}

/** The trace a record logged now belongs to: the active OpenTelemetry span, else the running context's. */
export function runningTrace(): TraceContext | undefined {
  return activeTraceContext() ?? storage.getStore()?.trace;
}

/**
 * The trace a record logged now would belong to, to be handed on: the active OpenTelemetry span, else the running
 * context's. Plain data, which may be copied and sent.
 */
export function activeTrace(): TraceContext | undefined {
  const trace = runningTrace();
  if (trace?.isLocal !== true) return trace;
  // One that was made up may make its ids when it is asked for them, which no copy would do.
  const { traceId, spanId, traceFlags } = trace;
  return { traceId, spanId, traceFlags, isLocal: true };
}

/**
 * Adds attributes to the event of the running context: to the access record of the request that is being served.
 *
 * @returns `false` where there is no such event, and the attributes went nowhere.
 * @example
 * ```ts
 * addToEvent({ 'order.id': 1234, 'cache.hit': true });
 * ```
 */
export function addToEvent(attributes: Attributes): boolean {
  const event = storage.getStore()?.event;
  event?.add(attributes);
  return event !== undefined;
}

/** Runs a function in a frame that was noted before, or outside all frames. */
export function runInFrame<T>(frame: ContextFrame | undefined, run: () => T): T {
  return storage.run(frame, run);
}

/**
 * Runs a function so that every record logged inside, however deep and after however many awaits, carries attributes.
 *
 * Nested contexts add up; the inner one wins where both have a name, a logger's own attributes win over both, those of
 * the log call over all. Attributes are read at the first record, not before.
 *
 * @param options - a trace for records that have no active span, an event to collect attributes, and the outer context.
 * @returns what `run` returns.
 * @example
 * ```ts
 * await withContext({ 'request.id': id }, () => handle(request));
 * ```
 */
export function withContext<T>(attributes: Attributes, run: () => T, options?: ContextOptions): T {
  const { outer } = options ?? {};
  const outerFrame = outer === undefined ? storage.getStore() : outer.frame;
  return storage.run(new ContextFrame(attributes, outerFrame, options), run);
}
