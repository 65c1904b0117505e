import type { Random } from '@logflume/delivery';
import {
  defaultEncodeLimits,
  type EncodedAttributes,
  encodeAttributes,
  type LogRecordInput,
  mergeAttributes,
} from '@logflume/otlp';
import { type Level, severityOfLevel } from '../config/parse-levels.ts';
import type { ResolvedSampling } from './sampling-options.ts';
import { withBound } from './with-bound.ts';

/** A share as OpenTelemetry's consistent probability sampling writes it. */
export interface Threshold {
  /**
   * The randomness from which records are kept: 1 … 14 hex digits without zeros at their end; `'0'` keeps all. It is
   * `sampling.threshold` of a record, whose share is 1 − threshold ÷ 16^digits.
   */
  readonly digits: string;
  readonly keepsAll: boolean;
  readonly keepsNone: boolean;
}

/** Bits of a threshold that we use: a share is exact to 2 in 10,000,000,000. */
const THRESHOLD_BITS = 32;

/** What a share means for a random number. Pure. @param share - 0 … 1. */
export function toThreshold(share: number): Threshold {
  const max = 2 ** THRESHOLD_BITS;
  // The smallest share there is, rather than none for one that was asked for.
  const number = share <= 0 ? max : Math.min(max - 1, Math.round((1 - share) * max));
  const digits = number
    .toString(16)
    .padStart(THRESHOLD_BITS / 4, '0')
    .replace(/0+$/, '');
  return { digits: digits === '' ? '0' : digits, keepsAll: number === 0, keepsNone: number === max };
}

/**
 * Whether a record is kept. Pure: whoever has the same number and the same share, in whatever process, decides the same,
 * and what a smaller share keeps a larger one keeps too.
 *
 * @param randomness - 14 lower-case hex digits: the last of a trace id, or drawn.
 */
export function isKept({ digits, keepsAll, keepsNone }: Threshold, randomness: string): boolean {
  // Of two texts of digits the one that is another's beginning and more is the larger: as numbers of 56 bits are.
  return keepsAll || (!keepsNone && randomness >= digits);
}

/** The last 56 bits of a trace id; `undefined` for an id that is none. */
export function randomnessOf(traceId: string): string | undefined {
  const digits = traceId.length === 32 ? traceId.slice(18).toLowerCase() : '';
  return /^[0-9a-f]{14}$/.test(digits) && digits !== NO_RANDOMNESS ? digits : undefined;
}

/** Of an id of zeros, which is none, or of one that is not random. */
const NO_RANDOMNESS = '0'.repeat(14);

/** WARN: from here on a record is left out only where its level is named. */
const WARN = severityOfLevel.warn;

/** By OTLP's ranges of four numbers; unspecified first. */
const levelNames: readonly (Level | undefined)[] = [undefined, 'trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** A share, and what records that it keeps say of it: with a trace, and without one. */
interface Rule {
  readonly threshold: Threshold;
  readonly traced: SharedAttributes;
  readonly untraced: SharedAttributes;
}

/** Attributes over those that are bound already: records of one logger and context have the same, so they are merged once. */
class SharedAttributes {
  readonly #encoded: EncodedAttributes;
  readonly #merged = new WeakMap<EncodedAttributes, EncodedAttributes>();

  constructor(attributes: object) {
    this.#encoded = encodeAttributes(attributes, defaultEncodeLimits);
  }

  over(bound: EncodedAttributes | undefined): EncodedAttributes {
    if (bound === undefined) return this.#encoded;
    let merged = this.#merged.get(bound);
    if (merged === undefined) {
      merged = mergeAttributes(bound, this.#encoded);
      this.#merged.set(bound, merged);
    }
    return merged;
  }
}

/** Keeps a share of the records. */
export class Sampler {
  readonly #options: ResolvedSampling;
  readonly #nameOf: (group: number) => string;
  readonly #random: Random;
  /** By scope and level: as many as an application has scopes. */
  readonly #rules = new Map<number, Rule>();

  constructor(options: ResolvedSampling, parts: { readonly nameOf: (group: number) => string; random: Random }) {
    this.#options = options;
    this.#nameOf = parts.nameOf;
    this.#random = parts.random;
  }

  /**
   * The record with what tells its share: `sampling.threshold`, and `sampling.randomness` where it has no trace; as it was
   * where all are kept; `undefined` when it is left out.
   *
   * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
   */
  sample(record: LogRecordInput, group: number): LogRecordInput | undefined {
    const rule = this.#ruleFor(record.severityNumber, group);
    if (rule.threshold.keepsAll) return record;
    const traced = randomnessOf(record.traceId);
    const randomness = traced ?? this.#draw();
    if (!isKept(rule.threshold, randomness)) return undefined;
    const { bound } = record;
    return withBound(
      record,
      traced === undefined ? withRandomness(rule.untraced.over(bound), randomness) : rule.traced.over(bound),
    );
  }

  #draw(): string {
    const half = (): string =>
      Math.floor(this.#random.next() * 2 ** 28)
        .toString(16)
        .padStart(7, '0');
    return half() + half();
  }

  #ruleFor(severityNumber: number, group: number): Rule {
    const rank = (severityNumber + 3) >> 2;
    const key = group * levelNames.length + rank;
    let rule = this.#rules.get(key);
    if (rule === undefined) {
      const threshold = toThreshold(shareFor(this.#options, levelNames[rank], this.#nameOf(group)));
      const share = { 'sampling.threshold': threshold.digits };
      rule = {
        threshold,
        traced: new SharedAttributes(share),
        untraced: new SharedAttributes({ ...share, [RANDOMNESS_KEY]: NO_RANDOMNESS }),
      };
      this.#rules.set(key, rule);
    }
    return rule;
  }
}

/** What is configured for a level, `undefined` for none, of a logger. Pure. */
export function shareFor(
  { ratio, levels, loggers }: ResolvedSampling,
  level: Level | undefined,
  logger: string,
): number {
  const ofLevel = level !== undefined && Object.hasOwn(levels, level) ? levels[level] : undefined;
  if (level !== undefined && severityOfLevel[level] >= WARN) return ofLevel ?? 1;
  for (let name = logger; ; name = name.slice(0, name.lastIndexOf('.'))) {
    const ofLogger = Object.hasOwn(loggers, name) ? loggers[name] : undefined;
    if (ofLogger !== undefined) return ofLogger;
    if (!name.includes('.')) return ofLevel ?? ratio;
  }
}

const RANDOMNESS_KEY = 'sampling.randomness';

/** Writes the digits where those of no number stand, at the end: encoding them for each record would cost as much again. */
function withRandomness(attributes: EncodedAttributes, randomness: string): EncodedAttributes {
  const { bytes, keys, ends, dropped } = attributes;
  // Left out where other attributes take all the room there is.
  if (!keys.has(RANDOMNESS_KEY)) return attributes;
  const copy = Buffer.from(bytes);
  copy.write(randomness, copy.length - randomness.length, 'latin1');
  return { bytes: copy, keys, ends, dropped };
}
