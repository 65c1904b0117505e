import type { LogRecordInput } from '@logflume/otlp';
import { severityOfLevel } from '../config/parse-levels.ts';
import { MAX_COMPARED_UNITS, toTemplate } from './message-key.ts';
import type { ResolvedRateLimit } from './rate-limit-options.ts';

/** What one key may: `burst` tokens at most, refilled at `perSecond`. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** The tokens of a bucket after a time. Pure. @param elapsedMs - a clock that goes back counts as one that stands. */
export function refill(tokens: number, elapsedMs: number, { perSecond, burst }: Rate): number {
  return Math.min(burst, tokens + (Math.max(0, elapsedMs) / 1000) * perSecond);
}

/** Records of one key that were left out. Times are monotonic milliseconds. */
export interface Suppression {
  readonly group: number;
  readonly severityNumber: number;
  readonly severityText: string;
  /** The message of the last of them, where each message has its limit and it is short enough to be kept. */
  readonly message: string | undefined;
  readonly records: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A bucket, and what it left out since it was told last. */
interface Bucket {
  readonly group: number;
  readonly severityNumber: number;
  severityText: string;
  message: string | undefined;
  tokens: number;
  atMs: number;
  records: number;
  fromMs: number;
  toMs: number;
}

/** Keys known at once; with one more the one that was not used for longest is forgotten, and is full when it comes again. */
const MAX_KEYS = 1000;

/** A bucket that fills faster is not told of at every record. */
const MIN_TELL_MS = 1000;

/** A bucket that does not fill is told of all the same. */
const MAX_TELL_MS = 10_000;

/**
 * When a bucket that left records out is looked at next to be told of: as soon as it is full again, but not before a
 * second and not after ten. Pure.
 */
export function nextTellMs({ tokens, atMs, fromMs }: Pick<Bucket, 'tokens' | 'atMs' | 'fromMs'>, rate: Rate): number {
  const fullMs = atMs + ((rate.burst - tokens) / rate.perSecond) * 1000;
  return Math.min(fromMs + MAX_TELL_MS, Math.max(fromMs + MIN_TELL_MS, fullMs));
}

/** Token buckets, one for each key. Time is an argument. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #byMessage: boolean;
  readonly #maxSeverity: number;
  readonly #onSuppression: (suppression: Suppression) => void;
  /** The one used last at the end. */
  readonly #buckets = new Map<string | number, Bucket>();
  readonly #untold = new Set<Bucket>();

  /** @param onSuppression - told of what was left out; must not throw. */
  constructor(
    options: ResolvedRateLimit & { readonly recordsPerSecond: number },
    onSuppression: (suppression: Suppression) => void,
  ) {
    const { recordsPerSecond, burstRecords = Math.max(1, Math.ceil(recordsPerSecond)) } = options;
    this.#rate = { perSecond: recordsPerSecond, burst: burstRecords };
    this.#byMessage = options.by === 'message';
    // All four numbers of the level.
    this.#maxSeverity = severityOfLevel[options.upTo] + 3;
    this.#onSuppression = onSuppression;
  }

  /**
   * Takes a token for a record, or counts it as left out.
   *
   * @returns when to look for what is to be told of it; `undefined` for a record that goes on.
   */
  limit(record: LogRecordInput, group: number, nowMs: number): number | undefined {
    const { severityNumber } = record;
    if (severityNumber > this.#maxSeverity) return undefined;
    const key = this.#keyOf(record, group);
    const bucket = this.#buckets.get(key) ?? this.#add(key, group, severityNumber, nowMs);
    if (this.#buckets.size > 1) {
      this.#buckets.delete(key);
      this.#buckets.set(key, bucket);
    }
    bucket.tokens = refill(bucket.tokens, nowMs - bucket.atMs, this.#rate);
    bucket.atMs = nowMs;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return undefined;
    }
    if (bucket.records === 0) {
      bucket.fromMs = nowMs;
      this.#untold.add(bucket);
    }
    bucket.records++;
    bucket.toMs = nowMs;
    bucket.severityText = record.severityText;
    const { body } = record;
    // Whole or not at all: of a secret that was cut nobody could tell that it is one.
    bucket.message =
      this.#byMessage && typeof body === 'string' && body.length <= MAX_COMPARED_UNITS ? body : undefined;
    return nextTellMs(bucket, this.#rate);
  }

  /** When to look for something to tell; `Infinity` when there is nothing. */
  get nextTellMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const bucket of this.#untold) nextMs = Math.min(nextMs, nextTellMs(bucket, this.#rate));
    return nextMs;
  }

  /** Tells what is due by now; `Infinity` for everything. */
  tell(nowMs: number): void {
    for (const bucket of this.#untold) if (nextTellMs(bucket, this.#rate) <= nowMs) this.#tellOf(bucket);
  }

  #tellOf(bucket: Bucket): void {
    this.#untold.delete(bucket);
    this.#onSuppression({ ...bucket });
    bucket.records = 0;
    bucket.message = undefined;
  }

  #keyOf({ severityNumber, body }: LogRecordInput, group: number): string | number {
    const key = group * 32 + severityNumber;
    return this.#byMessage ? `${key} ${typeof body === 'string' ? toTemplate(body) : ''}` : key;
  }

  #add(key: string | number, group: number, severityNumber: number, nowMs: number): Bucket {
    const bucket: Bucket = {
      group,
      severityNumber,
      severityText: '',
      message: undefined,
      tokens: this.#rate.burst,
      atMs: nowMs,
      records: 0,
      fromMs: nowMs,
      toMs: nowMs,
    };
    const [oldest] = this.#buckets;
    if (this.#buckets.size >= MAX_KEYS && oldest !== undefined) {
      this.#buckets.delete(oldest[0]);
      if (oldest[1].records > 0) this.#tellOf(oldest[1]);
    }
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
