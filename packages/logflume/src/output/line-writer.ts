import type { Stdio } from '@logflume/delivery';

/** A standard stream as the line writer uses it. */
export interface LineStream extends Stdio {
  /** Whether everything written so far has left the process. */
  isIdle(): boolean;
}

/** What became of a line. */
export type LineOutcome = 'written' | 'failed';

/** Lines that wait for a slow reader are joined into writes of about this size. */
const CHUNK_UNITS = 64 * 1024;

/**
 * Writes lines in order without blocking: at once while the stream keeps up, else from a bounded queue.
 *
 * One write is outstanding at a time, so that at the end of the process nearly everything is still in our hands and can
 * be written synchronously, instead of in a stream's buffer, which `process.exit()` throws away.
 */
export class LineWriter {
  readonly #stream: LineStream;
  readonly #maxBytes: number;
  readonly #settle: (outcome: LineOutcome, lines: number) => void;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #outstanding = 0;
  #onIdle: (() => void)[] = [];

  constructor(stream: LineStream, maxBytes: number, settle: (outcome: LineOutcome, lines: number) => void) {
    this.#stream = stream;
    this.#maxBytes = maxBytes;
    this.#settle = settle;
  }

  /** Lines neither written nor failed yet. */
  get pending(): number {
    return this.#waiting.length + this.#outstanding;
  }

  /** @returns `false` when the queue is full and the line was not taken. */
  write(line: string): boolean {
    if (this.#outstanding === 0 && this.#waiting.length === 0) {
      this.#send(`${line}\n`, 1);
      return true;
    }
    // UTF-16 units: for a bound on memory that is as good as bytes, and free.
    if (this.#waitingBytes + line.length > this.#maxBytes) return false;
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    // Streams that write synchronously (files, terminals) are idle again before their callback comes.
    if (this.#stream.isIdle()) this.#sendWaiting();
    return true;
  }

  /** Resolves once every line is settled. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.pending === 0) resolve();
      else this.#onIdle.push(resolve);
    });
  }

  /** Writes what waits, synchronously, inside the exit handler. */
  flushSync(deadlineMs: number): void {
    const lines = this.#waiting;
    this.#waiting = [];
    const written = this.#stream.writeLinesSync(lines, deadlineMs);
    this.#settle('written', written);
    this.#settle('failed', lines.length - written);
  }

  #sendWaiting(): void {
    let text = '';
    let lines = 0;
    while (lines < this.#waiting.length && text.length < CHUNK_UNITS) {
      const line = this.#waiting[lines++] as string;
      text += `${line}\n`;
      this.#waitingBytes -= line.length;
    }
    this.#waiting.splice(0, lines);
    this.#send(text, lines);
  }

  #send(text: string, lines: number): void {
    this.#outstanding += lines;
    const taken = this.#stream.write(text, (written) => this.#sent(written ? 'written' : 'failed', lines));
    if (!taken) this.#sent('failed', lines);
  }

  #sent(outcome: LineOutcome, lines: number): void {
    this.#outstanding -= lines;
    this.#settle(outcome, lines);
    if (this.#outstanding > 0) return;
    if (this.#waiting.length > 0) return this.#sendWaiting();
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const done of waiting) done();
  }
}
