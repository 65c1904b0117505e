import type { Scrub } from './scrub.ts';

/** What the encoder takes of a record before it starts to cut. All numbers are integers ≥ 0 or `Infinity`. */
export interface EncodeLimits {
  /** Attributes per record, top level, bound ones included; more are counted in `dropped_attributes_count`. */
  readonly maxAttributes: number;
  /** UTF-16 units of a string and bytes of a byte array, at any depth of an attribute value; more are cut. */
  readonly maxValueLength: number;
  /**
   * Levels of an attribute value, the value itself being 1; a deeper array or map becomes the empty value. Whatever this
   * says, no more than 31 maps or 47 arrays stand inside each other: decoders refuse more.
   */
  readonly maxDepth: number;
  /** Items of an array and members of a map, at any depth; of more, their number is written in their place. */
  readonly maxItems: number;
  /** UTF-16 units of a body that is text. */
  readonly maxBodyLength: number;
  /** What takes secrets out. Always present, so that all limits have one shape. */
  readonly scrub: Scrub | undefined;
}

/**
 * The specification's defaults: 128 attributes, 64 levels, no limit on a value's length or number of items. Whatever
 * `maxDepth` says, values end at 31 nested maps or 47 arrays: decoders stop at 100 nested messages, and one record would
 * cost its whole batch.
 */
export const defaultEncodeLimits: Readonly<EncodeLimits> = Object.freeze({
  maxAttributes: 128,
  maxValueLength: Number.POSITIVE_INFINITY,
  maxDepth: 64,
  maxItems: Number.POSITIVE_INFINITY,
  maxBodyLength: Number.POSITIVE_INFINITY,
  scrub: undefined,
});
