import type { Clock, Timer } from '@logflume/delivery';
import type { LogRecordInput } from '@logflume/otlp';
import type { ResolvedRateLimit } from './rate-limit-options.ts';
import { RateLimiter } from './rate-limiter.ts';
import { RepeatTable, repeatKeyOf } from './repeat-table.ts';
import type { ResolvedRepeats } from './repeats-options.ts';
import { type SummaryTime, toRepeatRecord, toSuppressionRecord } from './summary-records.ts';
import type { SuppressedReason } from './suppressed.ts';

export interface ThrottleOptions {
  readonly repeats: ResolvedRepeats;
  readonly rateLimit: ResolvedRateLimit;
}

/** Whether there is anything to hold back. */
export function isThrottling({ repeats, rateLimit }: ThrottleOptions): boolean {
  return repeats.windowMs !== undefined || rateLimit.recordsPerSecond !== undefined;
}

export interface ThrottleParts {
  readonly clock: Clock;
  /** Takes a summary, inside a log call or not; never throws. */
  readonly emit: (record: LogRecordInput, group: number) => void;
}

/**
 * Holds records back that repeat others or come too fast, and tells by summaries how many. One timer, for whatever is to be
 * told next; none while nothing is held back.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #repeats: RepeatTable | undefined;
  readonly #limiter: RateLimiter | undefined;
  #timer: { readonly timer: Timer; readonly atMs: number } | undefined;
  #isEnding = false;

  constructor({ repeats, rateLimit }: ThrottleOptions, { clock, emit }: ThrottleParts) {
    this.#clock = clock;
    const { windowMs, maxMessages } = repeats;
    const { recordsPerSecond } = rateLimit;
    this.#repeats =
      windowMs === undefined
        ? undefined
        : new RepeatTable({ windowMs, maxMessages }, (repeat) =>
            emit(toRepeatRecord(repeat, this.#time()), repeat.group),
          );
    this.#limiter =
      recordsPerSecond === undefined
        ? undefined
        : new RateLimiter({ ...rateLimit, recordsPerSecond }, (suppression) =>
            emit(toSuppressionRecord(suppression, this.#time()), suppression.group),
          );
  }

  /** Why a record is held back; `undefined` for one that goes on. */
  holdsBack(record: LogRecordInput, group: number): SuppressedReason | undefined {
    if (this.#isEnding) return undefined;
    const nowMs = this.#clock.nowMs();
    const repeats = this.#repeats;
    const key = repeats === undefined ? undefined : repeatKeyOf(record, group);
    const repeatTellMs = key === undefined ? undefined : repeats?.absorb(key, nowMs);
    if (repeatTellMs !== undefined) {
      this.#wakeAt(repeatTellMs);
      return 'repeated';
    }
    const limitTellMs = this.#limiter?.limit(record, group, nowMs);
    if (limitTellMs !== undefined) {
      this.#wakeAt(limitTellMs);
      return 'rate_limited';
    }
    // Only what went on can be repeated: the one that follows a record beyond the rate is judged anew.
    if (key !== undefined) repeats?.remember(key, record, group, nowMs);
    return undefined;
  }

  /** Tells now of everything held back so far. */
  tell(): void {
    this.#repeats?.tellAll();
    this.#limiter?.tell(Number.POSITIVE_INFINITY);
  }

  /** Tells the last time; from now on everything goes on, as nobody would tell of it. */
  end(): void {
    this.#isEnding = true;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    this.tell();
  }

  #time(): SummaryTime {
    return { nowMs: this.#clock.nowMs(), wallMs: this.#clock.wallMs() };
  }

  #wakeAt(atMs: number): void {
    if (atMs === Number.POSITIVE_INFINITY || (this.#timer !== undefined && this.#timer.atMs <= atMs)) return;
    this.#timer?.timer.cancel();
    const timer = this.#clock.after(Math.max(0, atMs - this.#clock.nowMs()), () => this.#wake());
    this.#timer = { timer, atMs };
  }

  #wake(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    this.#repeats?.tell(nowMs);
    this.#limiter?.tell(nowMs);
    this.#wakeAt(Math.min(this.#repeats?.nextTellMs ?? Infinity, this.#limiter?.nextTellMs ?? Infinity));
  }
}
