import type { Clock } from '../clock.ts';
import type { Format, RecordRun } from '../format.ts';
import type { Ledger } from '../ledger.ts';
import type { DropReason } from '../outcome.ts';
import type { Stdio } from './stdio.ts';
import { TokenBucket } from './token-bucket.ts';

/** Lines per second and in one burst: bounded, so that an outage does not turn stderr into the next one. */
const LINES_PER_SECOND = 1000;
const BURST_LINES = 5000;

/** Lines put into one write: enough to be cheap, few enough not to hold the event loop. */
const LINES_PER_WRITE = 200;

export interface FallbackEvents {
  /** `records` went to the stream; `dropped` of the same batch did not, for `reason`. */
  onUsed(reason: DropReason, records: number, dropped: number): void;
}

/**
 * The last stop before a counted drop: one JSON line per record on a standard stream.
 *
 * A batch handed over here is settled: its records are counted as `fallback` or as dropped at once, and moved to
 * `fallback_failed` if the stream fails afterwards.
 */
export class FallbackOutput {
  readonly #stdio: Stdio | undefined;
  readonly #format: Format;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #events: FallbackEvents;
  readonly #bucket: TokenBucket;
  #unwritten: { runs: readonly RecordRun[]; records: number; copy: boolean }[] = [];
  /** Writes the stream has not answered yet. */
  #writing = 0;
  #onIdle: (() => void)[] = [];

  constructor(
    stdio: Stdio | undefined,
    parts: { readonly format: Format; readonly ledger: Ledger; readonly clock: Clock; readonly events: FallbackEvents },
  ) {
    this.#stdio = stdio;
    this.#format = parts.format;
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#bucket = new TokenBucket(BURST_LINES, LINES_PER_SECOND, parts.clock.nowMs());
  }

  /** Settles a batch that would be dropped for `reason`. Does no I/O itself: it may run inside a log call. */
  take(runs: readonly RecordRun[], records: number, reason: DropReason): void {
    const allowed = this.#stdio === undefined ? 0 : this.#bucket.take(records, this.#clock.nowMs());
    this.#ledger.fallback += allowed;
    this.#ledger.drop(reason, records - allowed);
    if (allowed > 0) this.#later(runs, allowed, false);
    this.#events.onUsed(reason, allowed, records - allowed);
  }

  /** Prints a batch the server refused for good. It is in the ledger as `rejected`; this is a copy, best effort. */
  copy(runs: readonly RecordRun[], records: number): void {
    const allowed = this.#stdio === undefined ? 0 : this.#bucket.take(records, this.#clock.nowMs());
    if (allowed > 0) this.#later(runs, allowed, true);
  }

  /** Waits until what was handed over is written, or `deadlineMs` on the clock. */
  async flush(deadlineMs: number): Promise<void> {
    if (this.#unwritten.length === 0 && this.#writing === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.holdFor(Math.max(0, deadlineMs - this.#clock.nowMs()), resolve);
      this.#onIdle.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Writes now what waits for its turn: nothing asynchronous happens any more. */
  flushSync(deadlineMs: number): void {
    const unwritten = this.#unwritten;
    this.#unwritten = [];
    const endMs = this.#clock.nowMs() + deadlineMs;
    for (const { runs, records, copy } of unwritten) {
      const lines = this.#format.lines(runs).slice(0, records);
      const written = this.#stdio?.writeLinesSync(lines, Math.max(0, endMs - this.#clock.nowMs())) ?? 0;
      if (!copy && written < records) this.#ledger.fallbackFailed(records - written);
    }
  }

  /** Settles the last batches of a process: written now, what does not get through in time is dropped for `reason`. */
  takeSync(runs: readonly RecordRun[], records: number, reason: DropReason, deadlineMs: number): void {
    const written = this.#stdio?.writeLinesSync(this.#format.lines(runs), deadlineMs) ?? 0;
    this.#ledger.fallback += written;
    this.#ledger.drop(this.#stdio === undefined ? reason : 'fallback_failed', records - written);
    this.#events.onUsed(reason, written, records - written);
  }

  #later(runs: readonly RecordRun[], records: number, copy: boolean): void {
    this.#unwritten.push({ runs, records, copy });
    if (this.#unwritten.length === 1) this.#clock.soon(() => this.#writeSome());
  }

  #writeSome(): void {
    const next = this.#unwritten[0];
    if (next === undefined) return;
    const lines = this.#format.lines(next.runs).slice(0, next.records);
    this.#unwritten.shift();
    for (let from = 0; from < lines.length; from += LINES_PER_WRITE) {
      this.#write(lines.slice(from, from + LINES_PER_WRITE), next.copy);
    }
    if (this.#unwritten.length > 0) this.#clock.soon(() => this.#writeSome());
    else this.#idle();
  }

  #write(lines: readonly string[], copy: boolean): void {
    const failed = () => {
      if (!copy) this.#ledger.fallbackFailed(lines.length);
    };
    this.#writing++;
    const taken = this.#stdio?.write(`${lines.join('\n')}\n`, (written) => {
      this.#writing--;
      if (!written) failed();
      this.#idle();
    });
    if (taken === true) return;
    this.#writing--;
    failed();
  }

  #idle(): void {
    if (this.#writing > 0 || this.#unwritten.length > 0) return;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const done of waiting) done();
  }
}
