import { AsyncResource } from 'node:async_hooks';
import type { Clock } from './clock.ts';
import { defaults } from './defaults.ts';
import { createRateLimit, type DeliveryDiagnostic } from './diagnostics.ts';
import { FallbackOutput } from './fallback/fallback-output.ts';
import { createStdio, type Stdio } from './fallback/stdio.ts';
import { Ledger } from './ledger.ts';
import { settleAtExit } from './lifecycle/at-exit.ts';
import { onProcessEnd } from './lifecycle/exit-hooks.ts';
import type { DeliveryOptions } from './options.ts';
import type { DropReason } from './outcome.ts';
import { RecordQueue } from './queue/record-queue.ts';
import { resolveDeliveryOptions } from './resolve-options.ts';
import { createAxiosTransport } from './send/axios-transport.ts';
import { Dispatcher } from './send/dispatcher.ts';
import { EndpointPool } from './send/endpoint-pool.ts';
import { createHeaderSource } from './send/header-source.ts';
import type { DeliveryReport, DeliveryStats } from './stats.ts';
import { systemClock, systemRandom } from './system-clock.ts';

/** Takes encoded records and does not lose them. */
export interface Delivery<R> {
  /**
   * Encodes a record into the open batch of its lane. Never throws, never blocks, does no I/O; what cannot be taken is
   * counted.
   *
   * @param severityNumber - 1 … 24: chooses the lane, and how soon the batch leaves.
   * @param group - integer ≥ 0, for the format: records of one group share a header.
   */
  enqueue(record: R, severityNumber: number, group: number): void;
  /**
   * Sends what is pending now. Never rejects; settles by its deadline, or as soon as nothing more can be sent before it.
   *
   * @param options - `timeoutMs`, by default `exit.timeoutMs`.
   */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  /**
   * Flushes, hands what is left to the fallback and ends. Records after it are counted as dropped (`closed`). Every
   * call answers the promise of the first.
   */
  close(options?: { readonly timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  /** The ledger and the endpoints' health, at this moment. */
  stats(): DeliveryStats;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Share of a close's time for sending; the rest is for the fallback. */
const FLUSH_SHARE = 0.85;

/**
 * Makes a delivery: the only place that knows all parts.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for an option that cannot work.
 */
export function createDelivery<R>(options: DeliveryOptions<R>): Delivery<R> {
  const settings = resolveDeliveryOptions(options);
  const clock = inOwnContext(options.clock ?? systemClock);
  const random = options.random ?? systemRandom;
  const ledger = new Ledger();
  const stdio = options.stdio ?? (options.fallback === 'none' ? undefined : createStdio(options.fallback ?? 'stderr'));
  const report = createReport(options.onDiagnostic, stdio, clock);
  const format = options.format;
  const fallback = new FallbackOutput(stdio, {
    format,
    ledger,
    clock,
    events: { onUsed: (reason, records, dropped) => reportLastStop(report, reason, records, dropped) },
  });
  const pool = new EndpointPool(
    settings.targets,
    { mode: options.balance ?? 'least-loaded', maxConcurrency: defaults.maxConcurrency },
    { clock, random, report },
  );
  const transport =
    options.transport ??
    createAxiosTransport({
      axios: options.axios,
      tls: options.tls,
      connectTimeoutMs: defaults.connectTimeoutMs,
    });
  const queue: RecordQueue<R> = new RecordQueue(options.codec, settings.queue, {
    clock,
    random,
    ledger,
    listener: {
      onSealed: (batch) => dispatcher.add(batch),
      onLingering: (delayMs) => dispatcher.wakeIn(delayMs),
      makeRoom: (bytes, lane) => dispatcher.makeRoom(bytes, lane),
      onReduced: () =>
        report({
          kind: 'recordReduced',
          message: `a record larger than ${settings.queue.maxRecordBytes} bytes was cut to fit`,
        }),
      onDropped: (reason) => reportLastStop(report, reason, 0, 1),
    },
  });
  const headerSource = createHeaderSource(options.headers, report);
  const dispatcher: Dispatcher = new Dispatcher(
    {
      clock,
      random,
      pool,
      transport,
      format,
      compression: options.compression,
      headers: headerSource.headersFor,
      timeoutMs: settings.timeoutMs,
      endOf: options.codec.endOf,
      ledger,
      fallback,
      report,
      source: queue,
    },
    settings.dispatch,
  );

  const stats = (): DeliveryStats => ({
    ...ledger.counts(),
    pending: queue.pendingRecords,
    spooled: 0,
    endpoints: pool.stats(),
  });
  const summary = (): DeliveryReport => {
    const { accepted, delivered, rejected, fallback, dropped, pending, spooled } = stats();
    return { accepted, delivered, rejected, fallback, dropped: dropped.total, pending, spooled };
  };
  const flush: Delivery<R>['flush'] = async ({ timeoutMs = settings.exitTimeoutMs } = {}) => {
    await dispatcher.drain(clock.nowMs() + timeoutMs);
    return summary();
  };
  const end = async (timeoutMs: number): Promise<DeliveryReport> => {
    queue.close();
    await dispatcher.drain(clock.nowMs() + timeoutMs * FLUSH_SHARE, true);
    dispatcher.stop();
    dispatcher.giveUpAll('closed');
    await fallback.flush(clock.nowMs() + timeoutMs * (1 - FLUSH_SHARE));
    unregister();
    return summary();
  };
  let closing: Promise<DeliveryReport> | undefined;
  const close: Delivery<R>['close'] = ({ timeoutMs = settings.exitTimeoutMs } = {}) => {
    closing ??= end(timeoutMs);
    return closing;
  };

  let flushedAtEnd = -1;
  const unregister =
    options.exit?.hooks === false
      ? () => undefined
      : onProcessEnd({
          async beforeExit() {
            // Fires again after every flush: one that could not deliver everything is repeated for new records alone.
            if (queue.pendingRecords === 0 || ledger.accepted === flushedAtEnd) return;
            flushedAtEnd = ledger.accepted;
            await flush();
          },
          atExit() {
            queue.close();
            settleAtExit({
              queue,
              dispatcher,
              pool,
              fallback,
              format,
              headersFor: headerSource.lastHeadersFor,
              tls: options.tls,
              nowMs: clock.nowMs(),
              timeoutMs: Math.min(defaults.exitWorkerTimeoutMs, settings.exitTimeoutMs),
              fallbackTimeoutMs: defaults.exitFallbackTimeoutMs,
            });
          },
        });

  return {
    enqueue: (record, severityNumber, group) => queue.enqueue(record, severityNumber, group),
    flush,
    close,
    stats,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

/**
 * A clock whose callbacks run in the context this delivery was made in. A log call happens inside a request; without
 * this the engine's own work would run, and keep alive, whatever that request's async context holds.
 */
function inOwnContext(clock: Clock): Clock {
  const resource = new AsyncResource('logflume');
  const bound = (callback: () => void) => () => resource.runInAsyncScope(callback);
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    after: (delayMs, callback) => clock.after(delayMs, bound(callback)),
    holdFor: (delayMs, callback) => clock.holdFor(delayMs, bound(callback)),
    soon: (callback) => clock.soon(bound(callback)),
  };
}

/** What a person has to know even if nobody listens for diagnostics; the rest is for those who do. */
const PRINTED: ReadonlySet<DeliveryDiagnostic['kind']> = new Set([
  'allEndpointsOut',
  'endpointHeld',
  'recordsDropped',
  'recordsRejected',
  'fallbackUsed',
  'headersFailed',
  'internalError',
]);

/** Diagnostics go to the application's callback, and the grave ones to the fallback stream, rate-limited. */
function createReport(
  onDiagnostic: DeliveryOptions<never>['onDiagnostic'],
  stdio: Stdio | undefined,
  clock: Clock,
): (event: DeliveryDiagnostic) => void {
  const limit = createRateLimit();
  return (event) => {
    try {
      onDiagnostic?.(event);
    } catch {
      // The application's own callback threw: it must not harm the delivery, and there is nobody left to tell.
    }
    if (!PRINTED.has(event.kind)) return;
    const suppressed = limit.admit('reason' in event ? `${event.kind} ${event.reason}` : event.kind, clock.nowMs());
    if (suppressed === undefined) return;
    const more = suppressed === 0 ? '' : ` (${suppressed} more like this were not printed)`;
    const line = `logflume: ${event.message}${more}\n`;
    clock.soon(() => stdio?.write(line, () => undefined));
  };
}

function reportLastStop(
  report: (event: DeliveryDiagnostic) => void,
  reason: DropReason,
  records: number,
  dropped: number,
): void {
  if (records > 0) {
    report({ kind: 'fallbackUsed', reason, records, message: `${records} records go to the fallback (${reason})` });
  }
  if (dropped > 0) {
    report({
      kind: 'recordsDropped',
      reason,
      records: dropped,
      message: `${dropped} records were dropped (${reason})`,
    });
  }
}
