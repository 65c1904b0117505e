import { format } from 'node:util';
import { type Attributes, addToEvent, type Level, type Logger } from 'logflume';
import { REQUEST_ID } from './core/request-logger.ts';

/** One level's method in Fastify's habit: `(message, ...)`, `(attributes, message)`, `(error, message)`. Never throws. */
export type FastifyLogMethod = (first: unknown, message?: unknown, ...rest: unknown[]) => void;

/** A logger as Fastify wants one: for `loggerInstance`, and on each request as `request.log`. */
export interface FastifyLogger {
  level: string;
  trace: FastifyLogMethod;
  debug: FastifyLogMethod;
  info: FastifyLogMethod;
  warn: FastifyLogMethod;
  error: FastifyLogMethod;
  fatal: FastifyLogMethod;
  /** Logs nothing. */
  silent: FastifyLogMethod;
  /** Makes a logger whose records carry `bindings` beside the parent's. Of the options, `level` alone is read. */
  child(bindings: object, options?: object): FastifyLogger;
  /** Adds attributes to the record of the request that runs. Never throws. */
  add(attributes: Attributes): void;
}

/**
 * Makes of a logger what Fastify takes as its own: `app.log` and `request.log` write records of logflume.
 *
 * Requests and replies among the attributes are named by method, path and status, never walked. What Fastify itself logs
 * of each request is left out as soon as the access log is registered, which tells the same and more.
 *
 * @example
 * ```ts
 * const app = fastify({ loggerInstance: createFastifyLogger(log) });
 * app.register(accessLog, { logger: log });
 * ```
 */
export function createFastifyLogger(logger: Logger): FastifyLogger {
  return new RequestFastifyLogger(() => logger, { hasAccessLog: false });
}

/** What all loggers of one application have in common. */
interface FastifyLogState {
  /** Whether an access log tells of the requests. */
  hasAccessLog: boolean;
}

/** What a request's logger needs of its entry. */
interface LoggedEntry {
  readonly id: string;
  add(attributes: Attributes): void;
}

/** The logger beneath is made when the first record is wanted: most requests log nothing by it. */
export class RequestFastifyLogger implements FastifyLogger {
  readonly #make: () => Logger;
  readonly #makeUnnamed: () => Logger;
  readonly state: FastifyLogState;
  #made: Logger | undefined;
  #entry: LoggedEntry | undefined;

  /** @param makeUnnamed - makes the same without the id Fastify gives a request, for one that gets its own. */
  constructor(make: () => Logger, state: FastifyLogState, makeUnnamed: () => Logger = make) {
    this.#make = make;
    this.#makeUnnamed = makeUnnamed;
    this.state = state;
    this.#made = undefined;
    this.#entry = undefined;
  }

  /** Makes this the logger of a request: its records carry the request's id. */
  attach(entry: LoggedEntry): this {
    this.#entry = entry;
    this.#made = undefined;
    return this;
  }

  get level(): string {
    const { level } = this.#logger;
    return level === 'off' ? 'silent' : level;
  }

  set level(level: string) {
    this.#logger.level = toThreshold(level);
  }

  trace(first: unknown, message?: unknown, ...rest: unknown[]): void {
    this.#write('trace', first, message, rest);
  }

  debug(first: unknown, message?: unknown, ...rest: unknown[]): void {
    this.#write('debug', first, message, rest);
  }

  info(first: unknown, message?: unknown, ...rest: unknown[]): void {
    this.#write('info', first, message, rest);
  }

  warn(first: unknown, message?: unknown, ...rest: unknown[]): void {
    this.#write('warn', first, message, rest);
  }

  error(first: unknown, message?: unknown, ...rest: unknown[]): void {
    this.#write('error', first, message, rest);
  }

  fatal(first: unknown, message?: unknown, ...rest: unknown[]): void {
    this.#write('fatal', first, message, rest);
  }

  silent(): void {}

  child(bindings: object, options?: object): RequestFastifyLogger {
    return new RequestFastifyLogger(
      () => this.#logger.child(bindings, levelOf(options)),
      this.state,
      () => this.#logger.child({}, levelOf(options)), // Fastify binds nothing but its id.
    );
  }

  add(attributes: Attributes): void {
    if (this.#entry !== undefined) this.#entry.add(attributes);
    else addToEvent(attributes);
  }

  get #logger(): Logger {
    if (this.#made !== undefined) return this.#made;
    this.#made = this.#entry === undefined ? this.#make() : this.#makeUnnamed().child({ [REQUEST_ID]: this.#entry.id });
    return this.#made;
  }

  #write(level: Level, first: unknown, message: unknown, rest: readonly unknown[]): void {
    if (this.state.hasAccessLog && isToldAnyway(first, message)) return;
    const logger = this.#logger;
    if (!logger.isLevelEnabled(level)) return;
    // Fastify's texts are templates: `('order %d', 7)` and `({ a: 1 }, 'order %d', 7)`.
    if (typeof first === 'string') {
      if (first.includes('%') && message !== undefined) return logger[level](format(first, message, ...rest));
      return Reflect.apply(logger[level], logger, [first, message, ...rest]);
    }
    const isTemplate = typeof message === 'string' && message.includes('%') && rest.length > 0;
    const given = isTemplate ? [format(message, ...rest)] : [message, ...rest];
    Reflect.apply(logger[level], logger, [isBare(first) ? named(first) : first, ...given]);
  }
}

/**
 * Whether Fastify itself says what the access record says as well: that a request came, was answered, failed, broke off,
 * or found no route.
 */
function isToldAnyway(first: unknown, message: unknown): boolean {
  if (typeof first === 'string') return message === undefined && /^Route [A-Z-]+:\S* not found$/.test(first);
  if (!isBare(first)) return false;
  const { req, res, err } = first;
  if (!isLive(req) && !isLive(res)) return false;
  return Object.keys(first).every((name) => OWN_MEMBERS.has(name)) && (TEXTS.has(message) || isMessageOf(err, message));
}

const OWN_MEMBERS = new Set(['req', 'res', 'err', 'responseTime']);
const TEXTS = new Set<unknown>([
  'incoming request',
  'request completed',
  'request errored',
  'stream closed prematurely',
]);

function isMessageOf(error: unknown, message: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'message') === message;
}

/** What Fastify puts under these names. */
interface FastifyMembers {
  readonly req?: unknown;
  readonly res?: unknown;
  readonly err?: unknown;
  readonly responseTime?: unknown;
}

function isBare(value: unknown): value is FastifyMembers {
  return typeof value === 'object' && value !== null && !(value instanceof Error);
}

/** Whether a value is Fastify's request or reply, or one of node:http. */
function isLive(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && ('raw' in value || 'socket' in value);
}

/** Attributes with the live objects among them by name: to walk one would write out the whole server. */
function named(given: FastifyMembers): object {
  const { req, res, responseTime, ...rest } = given;
  if (!isLive(req) && !isLive(res)) return given;
  return {
    ...rest,
    ...(isLive(req) ? { 'http.request.method': req['method'], 'url.path': pathOf(req['url']) } : { req }),
    ...(isLive(res) ? { 'http.response.status_code': res['statusCode'] } : { res }),
    'http.server.request.duration': typeof responseTime === 'number' ? responseTime / 1000 : undefined,
  };
}

function pathOf(url: unknown): unknown {
  return typeof url === 'string' ? url.split('?', 1)[0] : undefined;
}

function levelOf(options: object | undefined): { readonly level: Level | 'off' } | undefined {
  const level: unknown = options === undefined ? undefined : Reflect.get(options, 'level');
  return typeof level === 'string' && level !== '' ? { level: toThreshold(level) } : undefined;
}

/** Fastify's word for no records at all is another one; what is no level is refused by the logger. */
function toThreshold(level: string): Level | 'off' {
  return level === 'silent' ? 'off' : (level as Level);
}
