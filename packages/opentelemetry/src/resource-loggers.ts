import {
  type CallContext,
  captureCall,
  createLogger,
  emitRecord,
  type HostRecord,
  type Logger,
  type LoggerOptions,
} from 'logflume';
import type { SdkLogRecord, SdkResource } from './host.ts';
import type { LastingOptions } from './lasting-transports.ts';
import type { RecordSink } from './record-sink.ts';
import { toHostRecord, toLasting, withResource } from './to-host-record.ts';

/** Resources with a logger of their own: each has a queue and connections. A judgement; an SDK has one resource. */
const MAX_LOGGERS = 4;

/** Records held for a resource that is not known yet; with one more it is taken as it is. A judgement. */
const MAX_HELD_RECORDS = 10_000;

/** Longest wait of a flush for a resource, milliseconds, where the caller gives no deadline. */
const RESOURCE_WAIT_MS = 5000;

/** The longest a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Longest wait of a close for transports, milliseconds, where `exit.timeoutMs` says nothing. */
const CLOSE_WAIT_MS = 5000;

/** Where the records of a resource go. */
interface Route {
  readonly logger: Logger;
  /** Attributes that go with each record, as the logger belongs to another resource. */
  readonly attributes: object | undefined;
}

/** One resource object of the SDK: its records wait, and then have a route. */
interface Lane {
  readonly resource: SdkResource;
  /** As they were emitted, with the context they were logged in. */
  readonly held: HostRecord[];
  route: Route | undefined;
  /** Settles when the attributes are there. */
  ready: Promise<void>;
}

/**
 * One logger for each resource, as a delivery has one, made when the first record of a resource comes. Resources of
 * equal attributes share one.
 *
 * Records of a resource with attributes still to come are held until it is complete, or too many are held, or a flush
 * cannot wait any longer, or the process ends: then the attributes that are there have to do.
 */
export class ResourceLoggers implements RecordSink {
  readonly #options: LoggerOptions;
  readonly #closeTransports: () => Promise<unknown>;
  readonly #lanes = new WeakMap<SdkResource, Lane>();
  readonly #waiting = new Set<Lane>();
  readonly #routes = new Map<string, Route>();
  readonly #loggers: Logger[] = [];
  /** Keeps the exit hooks of the delivery in place, and knows the context of calls, while records are held. */
  #keeper: Logger | undefined;
  #closed: Promise<void> | undefined;

  constructor({ loggerOptions, close }: LastingOptions) {
    this.#options = loggerOptions;
    this.#closeTransports = close;
  }

  take(record: SdkLogRecord, call: CallContext | undefined): void {
    const lane = this.#lanes.get(record.resource) ?? this.#open(record.resource);
    if (lane === undefined) return;
    if (lane.route !== undefined) return emit(lane.route, toHostRecord(record, call));
    const keeper = this.#keeper;
    const logged = call ?? (keeper === undefined ? undefined : captureCall(keeper));
    lane.held.push(toLasting(toHostRecord(record, logged)));
    if (lane.held.length >= MAX_HELD_RECORDS) this.#settle(lane);
  }

  async flush(timeoutMs: number | undefined): Promise<void> {
    const startMs = performance.now();
    await this.#settleWithin(timeoutMs ?? RESOURCE_WAIT_MS);
    const spentMs = performance.now() - startMs;
    const rest = timeoutMs === undefined ? {} : { timeoutMs: Math.max(0, timeoutMs - spentMs) };
    await Promise.all(this.#loggers.map((logger) => logger.flush(rest)));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#settleWithin(RESOURCE_WAIT_MS);
    await Promise.all(this.#loggers.map((logger) => logger.close()));
    await settledWithin(this.#closeTransports(), this.#options.exit?.timeoutMs ?? CLOSE_WAIT_MS);
  }

  /** @returns `undefined` once closed: the SDK hands on nothing then, and there is no logger to count it. */
  #open(resource: SdkResource): Lane | undefined {
    if (this.#closed !== undefined) return undefined;
    const lane: Lane = { resource, held: [], route: undefined, ready: Promise.resolve() };
    this.#lanes.set(resource, lane);
    if (resource.asyncAttributesPending !== true) {
      lane.route = this.#routeOf(resource);
      return lane;
    }
    this.#hold(lane);
    const settle = (): void => this.#settle(lane);
    lane.ready = waitFor(resource).then(settle, settle);
    return lane;
  }

  #hold(lane: Lane): void {
    this.#waiting.add(lane);
    if (this.#keeper !== undefined) return;
    this.#keeper = createLogger({ ...this.#options, onDiagnostic: () => undefined });
    // Before the delivery's own, which then finds the loggers that are made here.
    process.prependListener('exit', this.#settleAll);
  }

  #settle(lane: Lane): void {
    if (!this.#waiting.delete(lane)) return;
    const route = this.#routeOf(lane.resource);
    for (const record of lane.held) emit(route, record);
    lane.held.length = 0;
    lane.route = route;
    if (this.#waiting.size > 0) return;
    process.off('exit', this.#settleAll);
    void this.#keeper?.close();
    this.#keeper = undefined;
  }

  readonly #settleAll = (): void => {
    for (const lane of this.#waiting) this.#settle(lane);
  };

  /** Waits for resources that are not complete, then goes on with what they have. */
  async #settleWithin(timeoutMs: number): Promise<void> {
    if (this.#waiting.size === 0) return;
    const ready = Promise.all([...this.#waiting].map((lane) => lane.ready));
    await settledWithin(ready, timeoutMs);
    this.#settleAll();
  }

  #routeOf(resource: SdkResource): Route {
    const attributes = readAttributes(resource);
    const key = keyOf(attributes);
    const known = key === undefined ? undefined : this.#routes.get(key);
    if (known !== undefined) return known;
    const [first] = this.#loggers;
    if (first !== undefined && this.#loggers.length >= MAX_LOGGERS) return { logger: first, attributes };
    const logger = createLogger({ ...this.#options, resource: { ...attributes, ...this.#options.resource } });
    const route: Route = { logger, attributes: undefined };
    this.#loggers.push(logger);
    if (key !== undefined) this.#routes.set(key, route);
    return route;
  }
}

/** @param promise - does not reject. */
async function settledWithin(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.min(timeoutMs, MAX_TIMER_MS));
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function waitFor(resource: SdkResource): Promise<void> {
  await resource.waitForAsyncAttributes?.();
}

function emit({ logger, attributes }: Route, record: HostRecord): void {
  emitRecord(logger, attributes === undefined ? record : withResource(record, attributes));
}

/** Equal for equal attributes; `undefined` for values that JSON has no word for, a BigInt or a circle. */
function keyOf(attributes: object): string | undefined {
  try {
    return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  } catch {
    return undefined; // Then the resource shares a logger with none; its attributes are delivered all the same.
  }
}

/** Without the name the SDK gives a service that has none: the environment may know better, and else says the same. */
function readAttributes(resource: SdkResource): Record<string, unknown> {
  try {
    const attributes: Record<string, unknown> = { ...resource.attributes };
    const { 'service.name': name, ...others } = attributes;
    return typeof name === 'string' && name.startsWith('unknown_service') ? others : attributes;
  } catch {
    return {}; // A getter threw; what is detected and given by code describes the process without it.
  }
}
