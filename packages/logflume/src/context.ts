import { AsyncLocalStorage } from 'node:async_hooks';
import { type EncodedAttributes, type EncodeLimits, encodeAttributes, mergeAttributes } from '@logflume/otlp';
import type { Attributes } from './logger.ts';

/**
 * The attributes of the running asynchronous context, encoded at the first record that carries them.
 *
 * Loggers differ in their limits and in what is bound to them; the last result of each step is kept, as one context
 * meets one or two loggers.
 */
export class ContextFrame {
  readonly #attributes: Attributes;
  readonly #outer: ContextFrame | undefined;
  #limits: EncodeLimits | undefined;
  #encoded: EncodedAttributes | undefined;
  #bound: EncodedAttributes | undefined;
  #merged: EncodedAttributes | undefined;

  constructor(attributes: Attributes, outer: ContextFrame | undefined) {
    this.#attributes = attributes;
    this.#outer = outer;
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
const storage = new AsyncLocalStorage<ContextFrame>();

/** The frame of the running context, if any. */
export function activeContext(): ContextFrame | undefined {
  return storage.getStore();
}

/**
 * Runs a function so that every record logged inside, however deep and after however many awaits, carries attributes.
 *
 * Nested contexts add up; the inner one wins where both have a name, a logger's own attributes win over both, those of
 * the log call over all. Attributes are read at the first record, not before.
 *
 * @returns what `run` returns.
 * @example
 * ```ts
 * await withContext({ 'request.id': id }, () => handle(request));
 * ```
 */
export function withContext<T>(attributes: Attributes, run: () => T): T {
  return storage.run(new ContextFrame(attributes, storage.getStore()), run);
}
