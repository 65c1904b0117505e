import type { Stdio } from '@logflume/delivery';

/** A standard stream as the line writer uses it. */
export interface LineStream extends Stdio {
  /** Whether everything written so far has left the process. */
  isIdle(): boolean;
  /**
   * Writes during an exit what of `unanswered`, the one write under way, has not left the process yet.
   *
   * @returns whether all of it is out before `deadlineMs` milliseconds had passed.
   */
  finishSync(unanswered: string, deadlineMs: number): boolean;
}

/** What became of a line. */
export type LineOutcome = 'written' | 'failed';

/** Lines that wait for a slow reader are joined into writes of about this size: what a pipe holds on Linux. */
const CHUNK_UNITS = 64 * 1024;

/** How long an exit waits for the reader of a console. */
export interface ExitWait {
  /** For one chunk: a reader that takes none in that time is stuck. Milliseconds. */
  readonly chunkMs: number;
  /** For all of them. Milliseconds. */
  readonly totalMs: number;
}

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
  /** The last write, if the stream could not pass it on at once; `''` when there is none. */
  #unanswered = '';
  #writes = 0;
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

  /**
   * Writes what waits, synchronously, inside the exit handler. It goes on as long as the reader takes something: what
   * is left then is lost.
   */
  flushSync({ chunkMs, totalMs }: ExitWait): void {
    const endMs = performance.now() + totalMs;
    const leftMs = () => Math.max(0, Math.min(chunkMs, endMs - performance.now()));
    const outstanding = this.#outstanding;
    this.#outstanding = 0;
    let isOpen = this.#unanswered === '' || this.#stream.finishSync(this.#unanswered, leftMs());
    this.#unanswered = '';
    this.#settle(isOpen ? 'written' : 'failed', outstanding);
    while (this.#waiting.length > 0) {
      const lines = this.#takeChunk();
      const written = isOpen ? this.#stream.writeLinesSync(lines, leftMs()) : 0;
      isOpen = written === lines.length;
      this.#settle('written', written);
      this.#settle('failed', lines.length - written);
    }
  }

  #sendWaiting(): void {
    const lines = this.#takeChunk();
    this.#send(`${lines.join('\n')}\n`, lines.length);
  }

  #takeChunk(): string[] {
    let units = 0;
    let count = 0;
    while (count < this.#waiting.length && units < CHUNK_UNITS) units += (this.#waiting[count++] as string).length;
    this.#waitingBytes -= units;
    return this.#waiting.splice(0, count);
  }

  #send(text: string, lines: number): void {
    this.#outstanding += lines;
    const write = ++this.#writes;
    const taken = this.#stream.write(text, (written) => {
      if (this.#outstanding === 0) return; // The exit handler was here first.
      if (write === this.#writes) this.#unanswered = '';
      this.#sent(written ? 'written' : 'failed', lines);
    });
    if (!taken) this.#sent('failed', lines);
    else if (!this.#stream.isIdle()) this.#unanswered = text;
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
