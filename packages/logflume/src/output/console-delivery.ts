import {
  type Delivery,
  type DeliveryReport,
  type DeliveryStats,
  type DropReason,
  defaultQueueBytes,
  defaults,
  dropReasons,
  type ExitParticipant,
  onProcessEnd,
  type Reporter,
  stayUntil,
  toWaitMs,
} from '@logflume/delivery';
import type { LogRecordInput } from '@logflume/otlp';
import type { ToLine } from './console-output.ts';
import { type ExitWait, type LineOutcome, type LineStream, LineWriter } from './line-writer.ts';

/** A judgement: long enough for a reader that was not scheduled, short enough that a stuck one holds up no shutdown. */
const EXIT_WAIT: ExitWait = { chunkMs: 1000, totalMs: 5000 };

/** A second stream, for records of some severity and above. */
export interface ErrorStream {
  readonly stream: LineStream;
  /** Severity number, 1 … 24. */
  readonly fromSeverity: number;
}

export interface ConsoleDeliveryOptions {
  /** Of lines that wait for a slow reader; for each stream. @defaultValue what a queue has */
  readonly maxBytes?: number | undefined;
  readonly errors?: ErrorStream | undefined;
  /** What a flush or close takes at most that asks for nothing else, in milliseconds. @defaultValue 5000 */
  readonly timeoutMs?: number | undefined;
  /** Told of every loss. @defaultValue nobody is */
  readonly reporter?: Reporter | undefined;
}

/**
 * A delivery whose backend is the console: same interface, same ledger, no socket. A line the stream took is
 * `delivered`; one it refused is dropped as `fallback_failed`.
 */
export function createConsoleDelivery(
  toLine: ToLine,
  stream: LineStream,
  {
    maxBytes = defaultQueueBytes(),
    errors,
    timeoutMs: usualTimeoutMs = defaults.exitTimeoutMs,
    reporter,
  }: ConsoleDeliveryOptions = {},
): Delivery<LogRecordInput> {
  let accepted = 0;
  let delivered = 0;
  let closed = false;
  /** Set once closed: what is lost after that is told at the end of the process, if not before. */
  let stayLate: (() => void) | undefined;
  const dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<DropReason, number>;
  const lose = (reason: DropReason, lines: number): void => {
    if (lines === 0) return;
    dropped[reason] += lines;
    reporter?.lost(reason, 0, lines);
    stayLate?.();
  };
  const settle = (outcome: LineOutcome, lines: number) => {
    if (outcome === 'written') delivered += lines;
    else lose('fallback_failed', lines);
  };
  const writer = new LineWriter(stream, maxBytes, settle);
  const errorWriter = errors === undefined ? writer : new LineWriter(errors.stream, maxBytes, settle);
  const writers = errors === undefined ? [writer] : [writer, errorWriter];
  const fromSeverity = errors?.fromSeverity ?? Number.POSITIVE_INFINITY;
  const participant: ExitParticipant = {
    beforeExit: () => Promise.resolve(),
    atExit: () => {
      for (const each of writers) each.flushSync(EXIT_WAIT);
      reporter?.tellSync(defaults.exitFallbackTimeoutMs);
    },
  };
  onProcessEnd(participant);
  const stats = (): DeliveryStats => ({
    accepted,
    delivered,
    rejected: 0,
    fallback: 0,
    dropped: { total: Object.values(dropped).reduce((sum, records) => sum + records, 0), byReason: { ...dropped } },
    pending: writers.reduce((sum, { pending }) => sum + pending, 0),
    inFlight: 0,
    spooled: 0,
    endpoints: [],
  });
  const summary = (): DeliveryReport => {
    const { dropped: all, endpoints: _, inFlight: __, ...counts } = stats();
    return { ...counts, dropped: all.total };
  };
  const whenIdle = () => Promise.all(writers.map((each) => each.whenIdle()));
  const flush: Delivery<LogRecordInput>['flush'] = async ({ timeoutMs } = {}) => {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, toWaitMs(timeoutMs, usualTimeoutMs));
    });
    await Promise.race([whenIdle(), deadline]);
    clearTimeout(timer);
    return summary();
  };
  let closing: Promise<DeliveryReport> | undefined;
  const stay = stayUntil(participant, async (leave) => {
    await whenIdle();
    if (reporter === undefined) leave();
    else reporter.whenTold(leave);
  });
  const end: typeof flush = async (options) => {
    const report = await flush(options);
    reporter?.tell();
    stay();
    stayLate = stay;
    // What has nothing left to write has left by then.
    if (report.pending === 0) await whenIdle();
    return report;
  };
  return {
    enqueue(record, severityNumber, group) {
      // Counted where it is settled: a getter of the record may ask for the stats.
      const line = closed ? undefined : lineOf(record, group);
      accepted++;
      if (closed) lose('closed', 1);
      else if (line === undefined) lose('encode_error', 1);
      else if (!(severityNumber >= fromSeverity ? errorWriter : writer).write(line)) lose('queue_full', 1);
    },
    flush,
    close(options) {
      closed = true;
      closing ??= end(options);
      return closing;
    },
    stats,
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };

  function lineOf(record: LogRecordInput, group: number): string | undefined {
    try {
      return toLine(record, group);
    } catch {
      return undefined; // A full stack: a record that logs from inside its own getters.
    }
  }
}

/** A delivery that takes nothing: logging is switched off. */
export function createNoDelivery(): Delivery<LogRecordInput> {
  const none: DeliveryReport = {
    accepted: 0,
    delivered: 0,
    rejected: 0,
    fallback: 0,
    dropped: 0,
    pending: 0,
    spooled: 0,
  };
  const byReason = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<DropReason, number>;
  return {
    enqueue: () => undefined,
    flush: () => Promise.resolve(none),
    close: () => Promise.resolve(none),
    stats: () => ({ ...none, dropped: { total: 0, byReason }, inFlight: 0, endpoints: [] }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A delivery beside another one. */
export interface Named {
  /** Where its account stands in `stats().destinations`; that of the console is told nowhere. */
  readonly name: string;
  readonly delivery: Delivery<LogRecordInput>;
}

/**
 * Prints and writes every record beside delivering it. The ledger is the delivery's: a printed line is a convenience,
 * its loss no loss. Files have accounts of their own, by the same law.
 */
export function alongside(delivery: Delivery<LogRecordInput>, others: readonly Named[]): Delivery<LogRecordInput> {
  const files = others.filter(({ name }) => name !== 'console');
  return {
    ...delivery,
    enqueue(record, severityNumber, group) {
      delivery.enqueue(record, severityNumber, group);
      for (const { delivery: other } of others) other.enqueue(record, severityNumber, group);
    },
    async flush(options) {
      const [report] = await Promise.all([
        delivery.flush(options),
        ...others.map((other) => other.delivery.flush(options)),
      ]);
      return report;
    },
    async close(options) {
      const [report] = await Promise.all([
        delivery.close(options),
        ...others.map((other) => other.delivery.close(options)),
      ]);
      return report;
    },
    stats() {
      const stats = delivery.stats();
      if (files.length === 0) return stats;
      const accounts = Object.fromEntries(files.map((file) => [file.name, file.delivery.stats()]));
      return { ...stats, destinations: { ...stats.destinations, ...accounts } };
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}
