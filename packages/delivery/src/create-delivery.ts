import { defaults } from './defaults.ts';
import type { BackendDelivery, Delivery } from './delivery.ts';
import type { DeliveryDiagnostic } from './diagnostics.ts';
import { FallbackOutput } from './fallback/fallback-output.ts';
import { createStdio } from './fallback/stdio.ts';
import { Ledger } from './ledger.ts';
import { type AtExitParts, settleAfterExit, settleAtExit } from './lifecycle/at-exit.ts';
import { isDirectRoute } from './lifecycle/direct-route.ts';
import { onProcessEnd, stayUntil } from './lifecycle/exit-hooks.ts';
import { createExitParticipant } from './lifecycle/exit-participant.ts';
import { LossNotice } from './loss-notice.ts';
import type { DeliveryOptions } from './options.ts';
import { inOwnContext } from './own-context.ts';
import { parseEndpoints } from './parse-endpoints.ts';
import { ChunkPool } from './queue/chunk-pool.ts';
import { RecordQueue } from './queue/record-queue.ts';
import { createReporter } from './report.ts';
import { resolveDeliveryOptions, toWaitMs } from './resolve-options.ts';
import { createAxiosTransport } from './send/axios-transport.ts';
import { Dispatcher } from './send/dispatcher.ts';
import { createDnsResolver } from './send/dns-resolver.ts';
import { EndpointPool } from './send/endpoint-pool.ts';
import { EndpointSet } from './send/endpoint-set.ts';
import { EndpointSource } from './send/endpoint-source.ts';
import { createHeaderSource } from './send/header-source.ts';
import { LoopLag } from './send/loop-lag.ts';
import { isOwnTraffic } from './send/own-traffic.ts';
import { flushTransport, untilSettled } from './send/transport-end.ts';
import { nodeFileSystem } from './spool/file-system.ts';
import { openSpool, type Spool } from './spool/spool.ts';
import type { DeliveryReport, DeliveryStats } from './stats.ts';
import { BacklogFeed } from './storage/backlog-feed.ts';
import { evictFrame } from './storage/evict-frame.ts';
import { JobStore } from './storage/job-store.ts';
import { systemClock, systemRandom } from './system-clock.ts';

/** What OTLP recommends to read of a reply. */
const STRICT_REPLY_BYTES = 4 * 1024 * 1024;

/** Share of a close's time for sending; the rest is for the fallback. */
const FLUSH_SHARE = 0.85;

/** The same where there is a spool, and until when it has time. */
const FLUSH_SHARE_BEFORE_SPOOL = 0.6;
const SPOOL_SHARE = 0.9;

const ownTrafficLogged: DeliveryDiagnostic = {
  kind: 'ownTrafficLogged',
  message:
    'what carries the requests of logflume logs through it (a patched http module, an interceptor); such records are left out, as each would cause the next request',
};

/**
 * Makes a delivery: the only place that knows all parts.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for an option that cannot work.
 */
export function createDelivery<R>(options: DeliveryOptions<R>): BackendDelivery<R> {
  const settings = resolveDeliveryOptions(options);
  const clock = inOwnContext(options.clock ?? systemClock);
  const random = options.random ?? systemRandom;
  // Without a fallback the loss is still told.
  const stdio = options.stdio ?? createStdio(settings.fallback === 'none' ? 'stderr' : settings.fallback);
  const reporter = createReporter({
    onDiagnostic: options.onDiagnostic,
    stdio,
    clock,
    destination: options.name,
  });
  const { report } = reporter;
  /** Set once closed: what is lost after that is told at the end of the process, if not before. */
  let stayLate: (() => void) | undefined;
  const ledger = new Ledger((reason, records) => {
    reporter.lost(reason, 0, records);
    notice?.dropped(reason, records);
    stayLate?.();
  });
  const { format, compression, tls } = options;
  const fallback = new FallbackOutput(settings.fallback === 'none' ? undefined : stdio, {
    ledger,
    clock,
    events: { onUsed: (reason, records) => reporter.lost(reason, records, 0) },
  });
  const { connectTimeoutMs, maxSocketAgeMs } = defaults;
  const maxReplyBytes = settings.rules.isStrict ? STRICT_REPLY_BYTES : undefined;
  const transport =
    options.transport ??
    createAxiosTransport({ axios: options.axios, tls, connectTimeoutMs, maxSocketAgeMs, maxReplyBytes });
  const set = new EndpointSet((target) => transport.release?.(target));
  const source: EndpointSource = new EndpointSource(settings.endpoints, {
    resolver: options.resolver ?? createDnsResolver(),
    clock,
    random,
    report,
    onTargets: (targets) => set.replace(targets),
    onLookup: () => dispatcher.wakeIn(0),
  });
  set.replace(source.targets);
  const pool = new EndpointPool(
    { mode: settings.balance, maxConcurrency: defaults.maxConcurrency },
    { set, discovery: source, clock, random, report },
  );
  /** Set once the exit handler has run: what is logged after it is settled at once. */
  let settleLate: (() => void) | undefined;
  const chunks = new ChunkPool(Math.max(settings.queue.maxBatchBytes, settings.queue.maxRecordBytes));
  const queue: RecordQueue<R> = new RecordQueue(options.codec, settings.queue, {
    clock,
    random,
    ledger,
    pool: chunks,
    listener: {
      onSealed: (batch) => void dispatcher.add(batch),
      onAlone: (batch) => dispatcher.addNow(batch),
      onLingering: (delayMs) => (settleLate === undefined ? dispatcher.wakeIn(delayMs) : settleLate()),
      makeRoom: (bytes, lane) => dispatcher.makeRoom(bytes, lane),
      onNoRoom(record) {
        fallback.takeOne(() => {
          const run = { ...record, bytes: Buffer.from(record.bytes) };
          return { bytes: run.bytes.length, lines: () => format.lines([run]) };
        }, 'queue_full');
      },
      onReduced: () =>
        report({
          kind: 'recordReduced',
          message: `a record larger than ${settings.queue.maxRecordBytes} bytes was cut to fit`,
        }),
    },
  });
  const { lossRecord } = options;
  const notice =
    lossRecord === undefined
      ? undefined
      : new LossNotice({
          clock,
          canSend: () => !pool.isOffline && queue.pendingBytes * 2 < settings.queue.maxBytes,
          send(loss) {
            const { record, severityNumber, group } = lossRecord({ ...loss, total: ledger.droppedFor(loss.reason) });
            queue.enqueue(record, severityNumber, group);
          },
        });
  const spool: Spool | undefined =
    settings.spool &&
    openSpool(settings.spool, {
      fileSystem: options.fileSystem ?? nodeFileSystem,
      locks: options.locks,
      clock,
      random,
      report,
      evict: (frame) => evictFrame(frame, { store, queue, fallback, evictJob: (job) => dispatcher.settler.evict(job) }),
      onMissing: (records) => ledger.missing(records),
      onBacklog: () => dispatcher.wakeSoon(),
    });
  const { endOf } = options.codec;
  const releaseBytes = (bytes: number): void => queue.release(0, bytes);
  const store: JobStore = new JobStore({ clock, format, compression, pool: chunks, endOf, releaseBytes }, spool);
  const backlog = new BacklogFeed({ spool, store, adopt: (records) => queue.adopt(records) });
  const headerSource = createHeaderSource(options.headers, { report, clock });
  const dispatcher: Dispatcher = new Dispatcher(
    {
      clock,
      random,
      pool,
      transport,
      format,
      seal: (job) => store.seal(job),
      headers: headerSource.headersFor,
      timeoutMs: settings.timeoutMs,
      lag: new LoopLag(clock),
      rules: settings.rules,
      store,
      backlog,
      ledger,
      fallback,
      report,
      source: queue,
      onDelivered: () => notice?.delivered(),
    },
    settings.dispatch,
  );

  const stats = (): DeliveryStats => {
    const waiting = store.waitingRecords();
    const { accepted, delivered, rejected, fallback, dropped } = ledger.counts(waiting);
    return {
      accepted,
      delivered,
      rejected,
      fallback,
      dropped,
      pending: queue.pendingRecords + waiting,
      inFlight: dispatcher.inFlightRecords,
      spooled: store.spooledRecords + waiting,
      endpoints: pool.stats(),
    };
  };
  const summary = (): DeliveryReport => {
    const { accepted, delivered, rejected, fallback, dropped, pending, spooled } = stats();
    return { accepted, delivered, rejected, fallback, dropped: dropped.total, pending, spooled };
  };
  let closing: Promise<DeliveryReport> | undefined;
  const flush: Delivery<R>['flush'] = async ({ timeoutMs } = {}) => {
    const deadlineMs = clock.nowMs() + toWaitMs(timeoutMs, settings.exitTimeoutMs);
    await dispatcher.drain(deadlineMs);
    if (closing === undefined) await flushTransport(transport, deadlineMs, clock);
    return summary();
  };
  const end = async (timeoutMs: number): Promise<DeliveryReport> => {
    notice?.sendNow();
    const startMs = clock.nowMs();
    const flushShare = spool === undefined ? FLUSH_SHARE : FLUSH_SHARE_BEFORE_SPOOL;
    queue.close();
    await dispatcher.drain(startMs + timeoutMs * flushShare, true);
    await flushTransport(transport, startMs + timeoutMs * flushShare, clock);
    const closed = dispatcher.stop();
    source.stop();
    await dispatcher.keeper.storeAll(startMs + timeoutMs * SPOOL_SHARE);
    dispatcher.settler.giveUpAll('closed');
    reporter.tell();
    await fallback.flush(startMs + timeoutMs);
    await untilSettled(closed, startMs + timeoutMs, clock);
    store.close();
    if (hasHooks) {
      stay();
      stayLate = stay;
    }
    return summary();
  };
  const close: Delivery<R>['close'] = ({ timeoutMs } = {}) => {
    closing ??= end(toWaitMs(timeoutMs, settings.exitTimeoutMs));
    return closing;
  };

  const atExit: AtExitParts = {
    queue,
    dispatcher,
    pool,
    fallback,
    format,
    store,
    headersFor: headerSource.lastHeadersFor,
    tls,
    rules: settings.rules,
    isOrdered: settings.dispatch.isOrdered,
    // What an injected client or transport does to a request, the worker cannot repeat.
    isReachable: ({ target }) =>
      options.transport === undefined && options.axios === undefined && isDirectRoute(target.url, process.env),
  };
  const participant = createExitParticipant({
    clock,
    timeoutMs: settings.exitTimeoutMs,
    flushShare: FLUSH_SHARE,
    accepted: () => ledger.accepted,
    hasPending: () => queue.pendingRecords > 0,
    flush: (timeoutMs) => flush({ timeoutMs }),
    settle(limits) {
      queue.abandonEncode();
      set.replace(source.lastTargets);
      // A queue that is closed would count it as one more loss.
      if (closing === undefined) notice?.sendNow();
      settleAtExit(atExit, limits);
      reporter.tellSync(limits.fallbackMs);
      settleLate = () => settleAfterExit(atExit, limits.fallbackMs);
    },
  });
  const hasHooks = options.exit?.hooks !== false;
  if (hasHooks) onProcessEnd(participant);
  const stay = stayUntil(participant, (leave) => fallback.whenIdle(() => reporter.whenTold(leave)));

  return {
    enqueue(record, severityNumber, group) {
      if (isOwnTraffic()) return report(ownTrafficLogged);
      queue.enqueue(record, severityNumber, group);
    },
    flush,
    close,
    stats,
    setEndpoints(endpoints) {
      source.replace(parseEndpoints(endpoints));
      dispatcher.wakeIn(0);
    },
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}
