import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { createDevBackend, type DevBackend, type ReceivedRecord } from '@logflume/dev-backend';
import { createLogger, type Logger } from 'logflume';
import type { AccessLogOptions, MisuseDiagnostic } from '../src/index.ts';

/** A record of an access log, as opposed to those logged inside. */
export const isAccess = ({ eventName }: ReceivedRecord): boolean => eventName === 'http.server.request';

/**
 * What the sample application of every framework does. The framework's file says how it is reached:
 *
 * - `GET /hello` answers `text()`; `GET /api/users/:user/orders/:order` the same, by a router inside a router whose
 *   prefix has a parameter; `POST /echo` with a JSON body the same
 * - `GET /sync-error` throws `failure()`, `GET /async-error` rejects with it after a tick
 * - `GET /status/:code` answers that status; `GET /healthz` 200
 * - `GET /stream` answers `chunks` piece by piece; `GET /hang` begins an answer, tells `hung()` and never ends
 * - `GET /add` calls `add` with its own logger, answers, and calls `addLate` when the answer has closed
 * - `POST /refuse` with a JSON body answers 400 and `refusal` as JSON
 * - `GET /meet/:number` answers after `meet(number)`
 */
export interface Sample {
  readonly log: Logger;
  text(): Promise<string>;
  failure(): Error;
  readonly refusal: { readonly error: string; readonly token: string };
  readonly chunks: readonly string[];
  hung(): void;
  add(log: { add(attributes: object): void }): void;
  addLate(log: { add(attributes: object): void }): void;
  meet(number: string): Promise<string>;
}

/** A framework with the sample application on it, listening. */
export interface RunningHost {
  /** Such as `http://127.0.0.1:1234`. */
  readonly url: string;
  close(): Promise<void>;
}

/** What the rig can start: the sample on a framework, or an application of a test's own. */
export interface Application {
  /** @param mount - how the access log is mounted; `twice` and `late` are misuse. */
  start(sample: Sample, options: AccessLogOptions, mount: 'once' | 'twice' | 'late'): Promise<RunningHost>;
}

/** The sample on a framework, and what of the behaviours can be asked of that. */
export interface Host extends Application {
  readonly name: string;
  /** Whether the framework has routes, whose templates a record tells. */
  readonly hasRoutes: boolean;
  /** Whether what a handler throws is known to the access log. */
  readonly hasErrors: boolean;
  /** Name of the method that serves `/hello`, where the framework knows it. */
  readonly helloHandler?: string;
  /** Whether the framework can tell that it was mounted after routes. */
  readonly knowsOrder: boolean;
}

/** The sample on a framework, with a backend that receives its records. */
export class Rig {
  readonly url: string;
  readonly backend: DevBackend;
  readonly logger: Logger;
  readonly diagnostics: readonly MisuseDiagnostic[];
  readonly #host: RunningHost;
  readonly #events: EventEmitter;

  private constructor(
    host: RunningHost,
    backend: DevBackend,
    logger: Logger,
    diagnostics: readonly MisuseDiagnostic[],
    events: EventEmitter,
  ) {
    this.url = host.url;
    this.#host = host;
    this.backend = backend;
    this.logger = logger;
    this.diagnostics = diagnostics;
    this.#events = events;
  }

  static async start(
    host: Application,
    options: AccessLogOptions = {},
    mount: 'once' | 'twice' | 'late' = 'once',
  ): Promise<Rig> {
    const backend = await createDevBackend({ maxRecords: 20_000 });
    const logger = createLogger({
      endpoints: [backend.url],
      level: 'debug',
      batch: { lingerMs: 1 },
      exit: { handleSignals: false },
    });
    const diagnostics: MisuseDiagnostic[] = [];
    const events = new EventEmitter();
    events.setMaxListeners(0);
    const onDiagnostic = (event: MisuseDiagnostic): void => void diagnostics.push(event);
    const running = await host.start(createSample(logger, events), { logger, onDiagnostic, ...options }, mount);
    return new Rig(running, backend, logger, diagnostics, events);
  }

  /** Waits for that many access records and answers all records so far, in the order they were logged. */
  async received(accessRecords: number = 1): Promise<ReceivedRecord[]> {
    const isThere = (records: readonly ReceivedRecord[]): boolean => records.filter(isAccess).length >= accessRecords;
    await this.backend.waitFor(isThere, { timeoutMs: 20_000 });
    await this.logger.flush(); // What was logged before travels in batches of its own.
    const records = await this.backend.waitFor(isThere);
    // Warnings and errors travel before the rest.
    return records.sort((a, b) => (BigInt(a.timeUnixNano ?? 0) < BigInt(b.timeUnixNano ?? 0) ? -1 : 1));
  }

  /** Waits for the only access record. */
  async access(): Promise<ReceivedRecord> {
    const [record, ...others] = (await this.received()).filter(isAccess);
    if (record === undefined || others.length > 0) throw new Error(`expected one record, got ${others.length + 1}`);
    return record;
  }

  /** Settles when a request hangs. */
  async hung(): Promise<void> {
    await once(this.#events, 'hung');
  }

  /** Settles when a request has come to a meeting. */
  async arrived(): Promise<void> {
    await once(this.#events, 'arrived');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.close();
    await this.logger.close({ timeoutMs: 100 });
    await this.backend.close();
  }
}

/** As many requests as meet before any of them goes on. */
export const MEETING = 1000;

function createSample(log: Logger, events: EventEmitter): Sample {
  let arrived = 0;
  return {
    log,
    async text() {
      await setImmediate();
      log.info('deep inside');
      return 'hello';
    },
    failure: () => new TypeError('it broke'),
    refusal: { error: 'refused', token: 's3cret-value' },
    chunks: ['first,', 'second,', 'third'],
    hung: () => void events.emit('hung'),
    add(own) {
      own.add({ 'order.id': 7, 'http.route': 'mine' });
      own.add({ 'cart.size': 2 });
    },
    addLate: (own) => own.add({ 'too.late': true }),
    async meet(number) {
      arrived++;
      events.emit('arrived');
      if (arrived === MEETING) events.emit('met');
      else await once(events, 'met');
      await setImmediate();
      log.info('met', { number });
      return number;
    },
  };
}
