import type { DeliveryReport, FlushOptions, Level, LoggerStats } from 'logflume';
import { OUTPUT_LOGGER } from './create-pino-destination.ts';
import { severityOfName } from './decide-severity.ts';
import { HostOutput, type OutputOptions } from './host-output.ts';
import { type BunyanRecord, mapBunyanRecord } from './map-bunyan-record.ts';
import { SeverityTable } from './severity-table.ts';

/** An entry of bunyan's `streams`, and what `addStream` takes. */
export interface BunyanStream {
  readonly type: 'raw';
  /** From this level on; without it bunyan takes the logger's. */
  readonly level?: Level;
  readonly stream: {
    /** Takes a record, at once. Never throws, never blocks. */
    write(record: object): void;
    /** Flushes; a logger of its own is closed. */
    end(): void;
  };
  /** Sends what is pending. Never rejects; settles by its deadline. */
  flush(options?: FlushOptions): Promise<DeliveryReport>;
  /** Flushes and ends; a shared logger is only flushed. Never rejects. */
  close(options?: FlushOptions): Promise<DeliveryReport>;
  /** The ledger: `accepted = delivered + rejected + fallback + dropped.total + pending`. */
  stats(): LoggerStats;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a stream that delivers what bunyan logs. It is raw: it gets the record itself, not a line, so dates stay dates
 * and a `BigInt` does not throw out of the log call.
 *
 * Without options the environment decides, as for `createLogger`. A `level` among them is bunyan's level of the stream.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` or `ERR_LOGFLUME_UNSUPPORTED` for options that cannot work.
 * @example
 * ```ts
 * const log = bunyan.createLogger({ name: 'shop', streams: [createBunyanStream({ endpoints: [url] })] });
 * ```
 */
export function createBunyanStream(options: OutputOptions = {}): BunyanStream {
  const output = new HostOutput(options, 'createBunyanStream');
  const severities = new SeverityTable();
  const level = 'level' in options ? options.level : undefined;
  return {
    type: 'raw',
    ...(isLevel(level) ? { level } : undefined),
    stream: Object.defineProperty(
      {
        write: (record: object) => writeRecord(record, output, severities),
        end: () => void output.close(),
      },
      OUTPUT_LOGGER,
      { value: output.logger },
    ),
    flush: (flushOptions) => output.flush(flushOptions),
    close: (flushOptions) => output.close(flushOptions),
    stats: () => output.stats(),
    async [Symbol.asyncDispose]() {
      await output.close();
    },
  };
}

function isLevel(level: unknown): level is Level {
  return typeof level === 'string' && Object.hasOwn(severityOfName, level);
}

/** Never throws. */
export function writeRecord(record: unknown, output: HostOutput, severities: SeverityTable): void {
  try {
    const fields = Object(record) as BunyanRecord;
    const { name } = fields;
    output.emit(mapBunyanRecord(fields, severities), typeof name === 'string' ? name : '');
  } catch {
    // A proxy or getter threw while its members were copied. The encoder reads them one by one, each with its own net.
    output.emit({ severityNumber: 0, severityText: '', attributes: Object(record) }, '');
  }
}
