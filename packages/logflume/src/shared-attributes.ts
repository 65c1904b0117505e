import { type EncodedAttributes, type EncodeLimits, encodeAttributes, mergeAttributes } from '@logflume/otlp';
import type { Attributes } from './logger.ts';

/**
 * Attributes that many records of a host have in common: encoded at the first record that has them, copied into the others.
 *
 * For the host to keep; what it is made of must not change. Good for one logger, as only the last one's are kept encoded.
 */
export class SharedAttributes {
  readonly attributes: Attributes;
  #limits: EncodeLimits | undefined;
  #bound: EncodedAttributes | undefined;
  #encoded: EncodedAttributes | undefined;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  /** Whether one of them has this name. */
  has(name: string): boolean {
    return Reflect.get(this.attributes, name) !== undefined;
  }

  /** These and a record's own, which win where they are not `undefined`. */
  under(own: object): Attributes {
    return {
      ...this.attributes,
      ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
    };
  }

  /** What a record of a logger carries beside its own: these, over what is bound to the logger. */
  over(bound: EncodedAttributes | undefined, limits: EncodeLimits): EncodedAttributes {
    if (this.#encoded === undefined || this.#bound !== bound || this.#limits !== limits) {
      const own = encodeAttributes(this.attributes, limits);
      this.#encoded = bound === undefined ? own : mergeAttributes(bound, own);
      this.#bound = bound;
      this.#limits = limits;
    }
    return this.#encoded;
  }
}
