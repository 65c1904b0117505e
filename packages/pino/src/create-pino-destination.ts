import type { DeliveryReport, FlushOptions, LoggerStats } from 'logflume';
import { HostOutput, type OutputOptions } from './host-output.ts';
import { LineRecorder } from './line-recorder.ts';

/** What `pino(options, stream)` and `pino.multistream` write to. */
export interface PinoDestination {
  /** `false` once it was ended. */
  readonly writable: boolean;
  /** Lines so far that were no JSON object; they were delivered as text. */
  readonly brokenLines: number;
  /**
   * Takes a line, at once and whole. Never throws, never blocks.
   *
   * @returns `true`: there is no need to wait for a drain, as what no memory holds goes to the fallback.
   */
  write(line: string): boolean;
  /**
   * Sends what is pending: `logger.flush(callback)` ends here. The callback is called once, when everything was
   * answered for (delivered, rejected, or given to the fallback) or the deadline has come, then with an error that says
   * how much is still on its way. `pino.multistream` hands no flush of the logger on: there it is this one that helps.
   */
  flush(callback?: (error?: Error) => void): void;
  /** Starts the sending and returns. pino calls it after `fatal`; what is pending when the process ends is sent then. */
  flushSync(): void;
  /**
   * Flushes and ends. A logger of its own is closed; a shared one goes on. Lines that come later are counted as dropped
   * (`closed`), or written if the logger is shared.
   *
   * @param callback - called when it is done, whatever became of the records.
   */
  end(callback?: () => void): void;
  /** As `end()`, with the report. Never rejects. */
  close(options?: FlushOptions): Promise<DeliveryReport>;
  /** The ledger: `accepted = delivered + rejected + fallback + dropped.total + pending`. */
  stats(): LoggerStats;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Asks pino to note level, time and logger of a line before it writes it. */
const METADATA: unique symbol = Symbol.for('pino.metadata');

/** Holds, on a destination or stream of ours, where its records go: by it captures know whom to leave alone. */
export const OUTPUT_LOGGER: unique symbol = Symbol.for('logflume.pino.outputLogger');

/**
 * Makes a destination that delivers what pino logs: `pino(createPinoDestination())`, `pino(options, destination)`, or
 * an entry of `pino.multistream`, where `level` says from which level on.
 *
 * Without options the environment decides, as for `createLogger`. Share one destination among loggers. pino's own level
 * is the gate; a `level` among the options is one more, for this destination alone.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` or `ERR_LOGFLUME_UNSUPPORTED` for options that cannot work.
 * @example
 * ```ts
 * const logger = pino({ name: 'shop' }, createPinoDestination({ endpoints: ['http://collector:4318'] }));
 * logger.info({ orderId: 1234 }, 'order placed');
 * ```
 */
export function createPinoDestination(options: OutputOptions = {}): PinoDestination {
  return new Destination(new HostOutput(options, 'createPinoDestination'));
}

class Destination implements PinoDestination {
  readonly [METADATA] = true;
  readonly [OUTPUT_LOGGER]: unknown;
  // Written by pino before each line; read once and given up, so that nothing of the application is held.
  lastLevel: unknown;
  lastTime: unknown;
  lastLogger: unknown;
  lastObj: unknown;
  lastMsg: unknown;
  readonly #output: HostOutput;
  readonly #recorder: LineRecorder;
  #writable = true;

  constructor(output: HostOutput) {
    this.#output = output;
    this.#recorder = new LineRecorder(output);
    this[OUTPUT_LOGGER] = output.logger;
    this.#forget();
  }

  get writable(): boolean {
    return this.#writable;
  }

  get brokenLines(): number {
    return this.#recorder.brokenLines;
  }

  write(line: string): boolean {
    const { lastLevel, lastTime, lastLogger } = this;
    this.#forget();
    if (typeof lastLevel === 'number') this.#recorder.recordOf(line, lastLogger, lastLevel, lastTime);
    else this.#recorder.record(line);
    return true;
  }

  flush(callback?: (error?: Error) => void): void {
    const done = typeof callback === 'function' ? callback : () => undefined;
    void this.#output.flush().then(({ pending, spooled }) => settle(done, pending - spooled));
  }

  flushSync(): void {
    void this.#output.flush({ timeoutMs: 0 });
  }

  end(callback?: () => void): void {
    void this.close().then(() => {
      if (typeof callback === 'function') settle(callback, 0);
    });
  }

  close(options?: FlushOptions): Promise<DeliveryReport> {
    this.#writable = false;
    return this.#output.close(options);
  }

  stats(): LoggerStats {
    return this.#output.stats();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #forget(): void {
    this.lastLevel = undefined;
    this.lastTime = undefined;
    this.lastLogger = undefined;
    this.lastObj = undefined;
    this.lastMsg = undefined;
  }
}

/**
 * Calls back on its own tick: what the callback throws is the application's, and an uncaught exception as it would be
 * from any other stream, not a rejection of ours.
 */
function settle(callback: (error?: Error) => void, pending: number): void {
  if (pending <= 0) process.nextTick(callback);
  else process.nextTick(callback, new Error(`${pending} records are still on their way; they are tried again`));
}
