import type { EncodedAttributes, LogRecordInput } from '@logflume/otlp';
import { severityOfLevel } from '../config/parse-levels.ts';
import { MAX_COMPARED_UNITS, typeOfException } from './message-key.ts';

/** What a message is known by. */
interface Message {
  readonly group: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly message: string;
  /** `''` for none. */
  readonly exceptionType: string;
  /** What was bound to the first one. */
  readonly bound: EncodedAttributes | undefined;
}

/** Records that were left out as they said what one before them had said. Times are monotonic milliseconds. */
export interface Repeat extends Message {
  /** How many, the first one not counted. */
  readonly records: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A message that is known, and what was left out of it since it was told last. */
interface Known extends Message {
  readonly openedMs: number;
  records: number;
  fromMs: number;
  toMs: number;
}

export interface RepeatTableOptions {
  readonly windowMs: number;
  readonly maxMessages: number;
}

/**
 * What tells a record from others, or `undefined` for one that is never left out: one whose body is no text, an empty or a long
 * one, and FATAL, which must be on disk when its call returns.
 */
export function repeatKeyOf(record: LogRecordInput, group: number): string | undefined {
  const { body, severityNumber, exception, eventName } = record;
  if (typeof body !== 'string' || body === '' || body.length > MAX_COMPARED_UNITS) return undefined;
  if (severityNumber >= severityOfLevel.fatal) return undefined;
  return `${group} ${severityNumber} ${typeOfException(exception)}\u0000${eventName}\u0000${body}`;
}

/** Messages of the last moments. Time is an argument. */
export class RepeatTable {
  readonly #options: RepeatTableOptions;
  readonly #onEnd: (repeat: Repeat) => void;
  /** The oldest first: all stay for the same time. */
  readonly #known = new Map<string, Known>();

  /** @param onEnd - told how often a message was left out; must not throw. */
  constructor(options: RepeatTableOptions, onEnd: (repeat: Repeat) => void) {
    this.#options = options;
    this.#onEnd = onEnd;
  }

  /**
   * Counts a record that repeats one within its time.
   *
   * @returns when it is told of, `undefined` for a record that repeats none.
   */
  absorb(key: string, nowMs: number): number | undefined {
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    const endMs = known.openedMs + this.#options.windowMs;
    if (nowMs >= endMs) {
      this.#end(key, known);
      return undefined;
    }
    if (known.records === 0) known.fromMs = nowMs;
    known.records++;
    known.toMs = nowMs;
    return endMs;
  }

  /** Remembers a record that goes on, which must not be known. */
  remember(key: string, record: LogRecordInput, group: number, nowMs: number): void {
    const [oldest] = this.#known;
    if (this.#known.size >= this.#options.maxMessages && oldest !== undefined) this.#end(...oldest);
    this.#known.set(key, {
      openedMs: nowMs,
      group,
      severityNumber: record.severityNumber,
      severityText: record.severityText,
      message: String(record.body),
      exceptionType: typeOfException(record.exception),
      bound: record.bound,
      records: 0,
      fromMs: nowMs,
      toMs: nowMs,
    });
  }

  /** When the time of the oldest message ends that has something to tell; `Infinity` when there is none. */
  get nextTellMs(): number {
    for (const { records, openedMs } of this.#known.values()) {
      if (records > 0) return openedMs + this.#options.windowMs;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Tells of messages whose time has ended, and forgets them. */
  tell(nowMs: number): void {
    for (const [key, known] of this.#known) {
      if (nowMs < known.openedMs + this.#options.windowMs) return;
      this.#end(key, known);
    }
  }

  /** Tells of all that were left out so far; their time goes on. */
  tellAll(): void {
    for (const known of this.#known.values()) this.#tellOf(known);
  }

  #end(key: string, known: Known): void {
    this.#known.delete(key);
    this.#tellOf(known);
  }

  #tellOf(known: Known): void {
    if (known.records === 0) return;
    this.#onEnd({ ...known });
    known.records = 0;
  }
}
