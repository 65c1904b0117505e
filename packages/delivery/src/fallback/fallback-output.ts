import type { Clock } from '../clock.ts';
import type { Ledger } from '../ledger.ts';
import type { DropReason } from '../outcome.ts';
import type { Stdio } from './stdio.ts';
import { TokenBucket } from './token-bucket.ts';

/** Lines per second and in one burst: bounded, so that an outage does not turn stderr into the next one. */
const LINES_PER_SECOND = 1000;
const BURST_LINES = 5000;

/** Text of one write: what a pipe holds, so that what is under way when the process ends is little. */
const WRITE_CHARACTERS = 64 * 1024;

/** Bytes of records that wait for a slow reader; more is memory that belongs to the queue. */
const MAX_UNWRITTEN_BYTES = 4 * 1024 * 1024;

export interface FallbackEvents {
  /** `records` ≥ 0 went to the stream that would have been dropped for `reason`. */
  onUsed(reason: DropReason, records: number): void;
}

/** A batch, in whatever form it is kept. */
export interface LineSource {
  /** Of memory, until `lines` was called. */
  readonly bytes: number;
  /**
   * One JSON line per record, of the first so many. Reads no disk; what it throws counts as no line.
   *
   * @param most - lines that are wanted, ≥ 0: decoding all of a large batch for a few would hold up the event loop.
   */
  lines(most: number): readonly string[];
}

/** A batch that waits to be written. */
interface Unwritten {
  readonly source: LineSource;
  /** Of its lines, the first so many. */
  readonly records: number;
  /** Counted as something else already: it does not matter if it fails. */
  readonly copy: boolean;
}

interface Lines {
  readonly lines: readonly string[];
  readonly copy: boolean;
}

/**
 * The last stop before a counted drop: one JSON line per record on a standard stream.
 *
 * A batch handed over here is settled: its records are counted as `fallback` or as dropped at once, and moved to
 * `fallback_failed` if the stream fails afterwards. One write is under way at a time, so that at the end of the process
 * we know what is not written yet: a stream loses what it holds then.
 */
export class FallbackOutput {
  readonly #stdio: Stdio | undefined;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #events: FallbackEvents;
  readonly #bucket: TokenBucket;
  #unwritten: Unwritten[] = [];
  #unwrittenBytes = 0;
  /** Lines of the batch being written that had no turn yet. */
  #lines: Lines | undefined;
  /** What the stream has not answered yet. */
  #writing: Lines | undefined;
  #scheduled = false;
  #onIdle = new Set<() => void>();

  constructor(
    stdio: Stdio | undefined,
    parts: { readonly ledger: Ledger; readonly clock: Clock; readonly events: FallbackEvents },
  ) {
    this.#stdio = stdio;
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#bucket = new TokenBucket(BURST_LINES, LINES_PER_SECOND, parts.clock.nowMs());
  }

  /** Settles a batch that would be dropped for `reason`. Does no I/O itself: it may run inside a log call. */
  take(source: LineSource, records: number, reason: DropReason): void {
    const allowed = this.#allowed(records);
    this.#ledger.fallback += allowed;
    this.#ledger.drop(reason, records - allowed);
    if (allowed > 0) this.#later(source, allowed, false);
    this.#events.onUsed(reason, allowed);
  }

  /**
   * As `take`, for a record nobody holds any more after this call: of a million in one tick only those that may be
   * printed are copied.
   *
   * @throws what `copy` throws, with nothing settled.
   */
  takeOne(copy: () => LineSource, reason: DropReason): void {
    if (this.#allowed(1) === 0) return this.#ledger.drop(reason, 1);
    const source = copy();
    this.#ledger.fallback++;
    this.#later(source, 1, false);
    this.#events.onUsed(reason, 1);
  }

  /** Settles a batch nothing can be printed of. */
  lose(records: number, reason: DropReason): void {
    this.#ledger.drop(reason, records);
  }

  /** Prints a batch the server refused for good. It is in the ledger as `rejected`; this is a copy, best effort. */
  copy(source: LineSource, records: number): void {
    const allowed = this.#allowed(records);
    if (allowed > 0) this.#later(source, allowed, true);
  }

  /** Waits until what was handed over is written, or `deadlineMs` on the clock. */
  async flush(deadlineMs: number): Promise<void> {
    if (this.#isIdle) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        timer.cancel();
        this.#onIdle.delete(done);
        resolve();
      };
      const timer = this.#clock.holdFor(Math.max(0, deadlineMs - this.#clock.nowMs()), done);
      this.#onIdle.add(done);
    });
  }

  /** Calls back once nothing waits to be written any more: now, or later, or never behind a reader that is stuck. */
  whenIdle(callback: () => void): void {
    if (this.#isIdle) return callback();
    const done = () => {
      this.#onIdle.delete(done);
      callback();
    };
    this.#onIdle.add(done);
  }

  /**
   * Writes now what waits for its turn: nothing asynchronous happens any more. What is under way is written again, as a
   * stream that dies with its process may have passed on a part of it, or nothing.
   */
  flushSync(deadlineMs: number): void {
    const endMs = this.#clock.nowMs() + deadlineMs;
    for (const { lines, copy } of this.#takeAllLines()) {
      const written = this.#stdio?.writeLinesSync(lines, Math.max(0, endMs - this.#clock.nowMs())) ?? 0;
      if (!copy) this.#ledger.fallbackFailed(lines.length - written);
    }
  }

  /** Settles the last batches of a process: written now, what does not get through in time is dropped for `reason`. */
  takeSync(source: LineSource, records: number, reason: DropReason, deadlineMs: number): void {
    const { lines } = this.#linesOf({ source, records, copy: true });
    const written = this.#stdio?.writeLinesSync(lines, deadlineMs) ?? 0;
    this.#ledger.fallback += written;
    this.#ledger.drop(this.#stdio === undefined ? reason : 'fallback_failed', records - written);
    this.#events.onUsed(reason, written);
  }

  get #isIdle(): boolean {
    return this.#unwritten.length === 0 && this.#lines === undefined && this.#writing === undefined;
  }

  #allowed(records: number): number {
    if (this.#stdio === undefined || this.#unwrittenBytes >= MAX_UNWRITTEN_BYTES) return 0;
    return this.#bucket.take(records, this.#clock.nowMs());
  }

  #later(source: LineSource, records: number, copy: boolean): void {
    this.#unwritten.push({ source, records, copy });
    this.#unwrittenBytes += source.bytes;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing !== undefined) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      this.#writeSome();
    });
  }

  #writeSome(): void {
    if (this.#writing !== undefined) return;
    const next = this.#lines ?? this.#takeBatch();
    if (next === undefined) return this.#idle();
    const count = linesOfOneWrite(next.lines);
    const rest = next.lines.slice(count);
    this.#lines = rest.length === 0 ? undefined : { lines: rest, copy: next.copy };
    this.#write({ lines: next.lines.slice(0, count), copy: next.copy });
  }

  #write(chunk: Lines): void {
    this.#writing = chunk;
    const ended = (written: boolean): void => {
      if (this.#writing !== chunk) return; // Written by `flushSync` meanwhile.
      this.#writing = undefined;
      if (!written && !chunk.copy) this.#ledger.fallbackFailed(chunk.lines.length);
      this.#schedule();
    };
    if (this.#stdio?.write(`${chunk.lines.join('\n')}\n`, ended) !== true) ended(false);
  }

  #takeBatch(): Lines | undefined {
    const batch = this.#unwritten.shift();
    if (batch === undefined) return undefined;
    this.#unwrittenBytes -= batch.source.bytes;
    return this.#linesOf(batch);
  }

  #linesOf({ source, records, copy }: Unwritten): Lines {
    let lines: readonly string[] = [];
    try {
      lines = source.lines(records).slice(0, records);
    } catch {
      // Thrown from a timer it would end the application; the records are counted as failed right below.
    }
    // A format that says less than it has been given must not make records vanish from the ledger.
    if (!copy) this.#ledger.fallbackFailed(records - lines.length);
    return { lines, copy };
  }

  #takeAllLines(): Lines[] {
    const all = [this.#writing, this.#lines, ...this.#unwritten.map((batch) => this.#linesOf(batch))];
    this.#writing = undefined;
    this.#lines = undefined;
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    return all.filter((lines) => lines !== undefined);
  }

  #idle(): void {
    if (this.#isIdle) for (const done of this.#onIdle) done();
  }
}

function linesOfOneWrite(lines: readonly string[]): number {
  let characters = 0;
  let count = 0;
  for (const line of lines) {
    characters += line.length + 1;
    if (count > 0 && characters > WRITE_CHARACTERS) break;
    count++;
  }
  return count;
}
