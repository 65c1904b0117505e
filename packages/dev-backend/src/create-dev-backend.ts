import type { ListensOn } from './api/host-guard.ts';
import { createHttpApi, type HttpApi } from './api/http-api.ts';
import { createCounters, type DevBackendStats } from './counters.ts';
import { defaults } from './defaults.ts';
import type { FaultRule } from './faults/decide-fault.ts';
import { createFaultScript } from './faults/fault-script.ts';
import { parseFaults } from './faults/parse-faults.ts';
import { createHttpListener, type RequestHandler } from './http-listener.ts';
import { createLifecycle } from './lifecycle.ts';
import { type DevBackendOptions, maxTimerMs, readInteger, resolveOptions } from './options.ts';
import { createAcceptedKeys } from './receive/accepted-keys.ts';
import { createLogsReceiver, type LogsReceiver } from './receive/receive-logs.ts';
import { createRecordIntake } from './receive/record-intake.ts';
import { checkRecordQuery } from './records/check-record-query.ts';
import type { ReceivedRecord } from './records/received-record.ts';
import { queryRecords, type RecordQuery } from './records/record-query.ts';
import { createRecordStore } from './records/record-store.ts';
import { createWaiters } from './waiters.ts';

/** Says whether to stop waiting. Called now and after changes; what it throws, and a promise, rejects the wait. */
export type WaitPredicate = (records: readonly ReceivedRecord[], stats: DevBackendStats) => boolean;

export interface DevBackend {
  /** Without a path and without a slash at the end, such as `http://127.0.0.1:4318`. */
  readonly url: string;
  readonly port: number;
  /**
   * Kept records that match, oldest first. Works after `close` too.
   * @throws TypeError naming a condition that is not known or cannot be read, and what it expected.
   */
  records(query?: RecordQuery): ReceivedRecord[];
  stats(): DevBackendStats;
  /**
   * Puts other fault rules in force; `[]` ends all misbehaviour. Counts and the random generator start again. Requests
   * under way keep the fault they met.
   * @throws TypeError naming the index and field of a wrong rule; the rules before stay in force.
   */
  setFaults(faults: readonly FaultRule[]): void;
  /** Forgets the kept records. Counters go on. */
  clearRecords(): void;
  /**
   * Waits for a number of accepted records since the start (duplicates and forgotten ones included), or for a predicate.
   *
   * @returns the records kept at that moment, oldest first.
   * Rejects after `timeoutMs` (0 … 2147483647, default 5000) saying what was reached, and when the backend is closed.
   */
  waitFor(
    condition: number | WaitPredicate,
    options?: { readonly timeoutMs?: number | undefined },
  ): Promise<ReceivedRecord[]>;
  /** Stops listening and destroys all connections, as a crash would; keeps records, counters and the port number. */
  suspend(): Promise<void>;
  /** Listens again on the same port; without effect while listening. Rejects if the port was taken, or after `close`. */
  resume(): Promise<void>;
  /** Stops for good, promptly even with requests left hanging. A second call is the same as the first. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a backend that receives OTLP/HTTP logs, keeps them, shows them and misbehaves on request.
 *
 * @throws (as a rejection) TypeError for a wrong option; Error when it cannot listen, with the system's error as `cause`.
 * @example
 * ```ts
 * await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 503, times: 2 }] });
 * const logger = createLogger({ endpoints: [backend.url] });
 * logger.info('hello');
 * const [record] = await backend.waitFor(1); // record.body === 'hello', after two refused attempts
 * ```
 */
export async function createDevBackend(options: DevBackendOptions = {}): Promise<DevBackend> {
  const { host, paths, maxRecords, maxBodyBytes, faults, seed, port: wantedPort } = resolveOptions(options);
  const waiters = createWaiters();
  const counters = createCounters(waiters.changed);
  const store = createRecordStore({ maxRecords, maxBytes: defaults.maxStoredBytes });
  const faultScript = createFaultScript(faults, seed, counters);
  const intake = createRecordIntake(store, counters, createAcceptedKeys(defaults.maxIdempotencyKeys));
  const stats = (): DevBackendStats => counters.snapshot(store.keptRecords());
  const clearRecords = (): void => {
    store.clear();
    waiters.changed();
  };
  const receiveLogs = createLogsReceiver({ maxBodyBytes, counters, faultScript, intake });
  const urlHost = toUrlHost(host);
  const listensOn = (): ListensOn => ({ urlHost, address: listener.address() });
  const serveApi = createHttpApi({ listensOn, logsPaths: paths, store, faultScript, stats, clearRecords });
  const listener = createHttpListener(host, routeByPath(paths, receiveLogs, serveApi), counters);
  const port = await listener.open(wantedPort);
  const lifecycle = createLifecycle(listener, port);
  const close = (): Promise<void> => {
    waiters.close();
    return lifecycle.close();
  };

  return {
    url: `http://${urlHost}:${port}`,
    port,
    records(query = {}) {
      checkRecordQuery(query);
      return queryRecords(store, query);
    },
    stats,
    setFaults: (rules) => faultScript.replace(parseFaults(rules)),
    clearRecords,
    async waitFor(condition, options) {
      const timeoutMs = readInteger('timeoutMs', options?.timeoutMs ?? defaults.waitTimeoutMs, 0, maxTimerMs);
      if (typeof condition !== 'function') readInteger('waitFor', condition, 0, Number.MAX_SAFE_INTEGER);
      const holds =
        typeof condition === 'number'
          ? () => counters.acceptedRecords() >= condition
          : () => checkAnswer(condition(queryRecords(store, {}), stats()));
      await waiters.wait(holds, timeoutMs, () => describeWait(condition, stats()));
      return queryRecords(store, {});
    },
    suspend: lifecycle.suspend,
    resume: lifecycle.resume,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Sends each request to its part, and is the last catch of what they throw. */
function routeByPath(paths: readonly string[], receiveLogs: LogsReceiver, serveApi: HttpApi): RequestHandler {
  return (request, response, signal) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const served = paths.includes(path) ? receiveLogs(request, response, signal) : serveApi(request, response);
    served.catch((error: unknown) => {
      // A bug of ours: the browser of the developer shows it, and the next request is served.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`internal error: ${String(error)}\n`);
    });
  };
}

/** The wildcard addresses cannot be connected to on every system; their loopback address always can. */
function toUrlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** A promise is true however it ends, so an async predicate would end every wait at once. */
function checkAnswer(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('then' in answer)) return Boolean(answer);
  throw new TypeError('the predicate of waitFor must answer at once, got a promise');
}

function describeWait(condition: number | WaitPredicate, { records, requests }: DevBackendStats): string {
  const reached = `${records.accepted} records accepted in ${requests.total} requests`;
  return typeof condition === 'number'
    ? `waited for ${condition} records, got ${reached}`
    : `waited for a predicate, got ${reached}`;
}
