import { format } from 'node:util';
import { type Attributes, addToEvent, isLogger, type Level, type Logger } from 'logflume';
import { describeGiven, invalidOption } from './core/invalid-option.ts';
import { REQUEST_ID } from './core/request-logger.ts';
import { isBare, isToldAnyway, type LoggedExchange, named } from './fastify-lines.ts';

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
 * of a request is left out where the record of the access log tells the same and more.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for what is no logger.
 * @example
 * ```ts
 * const app = fastify({ loggerInstance: createFastifyLogger(log) });
 * app.register(accessLog, { logger: log });
 * ```
 */
export function createFastifyLogger(logger: Logger): FastifyLogger {
  if (!isLogger(logger)) {
    // Else the first request would end the process: Fastify makes a child of it where nobody catches.
    throw invalidOption('logger', `createFastifyLogger takes what createLogger() made, got ${describeGiven(logger)}`);
  }
  return new RequestFastifyLogger(logger);
}

/** The logger beneath is made when the first record is wanted: most requests log nothing by it. */
export class RequestFastifyLogger implements FastifyLogger {
  readonly #above: Logger | RequestFastifyLogger;
  readonly #bindings: object | undefined;
  readonly #options: object | undefined;
  readonly #exchange: LoggedExchange | undefined;
  readonly #hostId: string | undefined;
  /** As it was assigned. */
  #level: string | undefined;
  #made: Logger | undefined;

  /** @param hostId - the id Fastify gave the request of `exchange`, for the first logger of that request. */
  constructor(
    above: Logger | RequestFastifyLogger,
    bindings?: object,
    options?: object,
    exchange?: LoggedExchange,
    hostId?: string,
  ) {
    this.#above = above;
    this.#bindings = bindings;
    this.#options = options;
    this.#exchange = exchange;
    this.#hostId = hostId;
    this.#level = undefined;
    this.#made = undefined;
  }

  /**
   * Makes the logger of a request: the same, but its records carry the request's id in place of the one Fastify gave it.
   * Another one, as a factory of child loggers may hand out one for many requests.
   */
  forRequest(exchange: LoggedExchange, hostId: string): RequestFastifyLogger {
    const logger = new RequestFastifyLogger(this.#above, this.#bindings, this.#options, exchange, hostId);
    logger.#level = this.#level;
    return logger;
  }

  get level(): string {
    const { level } = this.#logger;
    return level === 'off' ? 'silent' : level;
  }

  set level(level: string) {
    this.#logger.level = toThreshold(level);
    this.#level = level;
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
    return new RequestFastifyLogger(this, bindings, options, this.#exchange);
  }

  add(attributes: Attributes): void {
    if (this.#exchange !== undefined) this.#exchange.entry.add(attributes);
    else addToEvent(attributes);
  }

  get #logger(): Logger {
    this.#made ??= this.#make();
    return this.#made;
  }

  get #aboveLogger(): Logger {
    return this.#above instanceof RequestFastifyLogger ? this.#above.#logger : this.#above;
  }

  #make(): Logger {
    if (this.#exchange === undefined || this.#hostId === undefined)
      return this.#childOf(this.#aboveLogger, this.#bindings);
    const above = this.#above instanceof RequestFastifyLogger ? this.#above.#without(this.#hostId) : this.#above;
    const logger = this.#childOf(above, withoutId(this.#bindings, this.#hostId));
    return logger.child({ [REQUEST_ID]: this.#exchange.entry.id });
  }

  /** The logger beneath: a copy without the id Fastify gave a request, where that is bound to it or further up. */
  #without(hostId: string): Logger {
    const above = this.#above instanceof RequestFastifyLogger ? this.#above.#without(hostId) : this.#above;
    const bindings = withoutId(this.#bindings, hostId);
    const isSame = bindings === this.#bindings && above === this.#aboveLogger;
    return isSame ? this.#logger : this.#childOf(above, bindings);
  }

  #childOf(above: Logger, bindings: object | undefined): Logger {
    if (bindings === undefined) return above; // Whose level was set with ours.
    const logger = childOf(above, bindings, this.#options);
    if (this.#level !== undefined) logger.level = toThreshold(this.#level);
    return logger;
  }

  /** Asks further up while there is no logger: most that is off is not worth making one. */
  #isEnabled(level: Level): boolean {
    if (this.#made === undefined && this.#level === undefined && !hasLevel(this.#options)) {
      const above = this.#above;
      return above instanceof RequestFastifyLogger ? above.#isEnabled(level) : above.isLevelEnabled(level);
    }
    return this.#logger.isLevelEnabled(level);
  }

  #write(level: Level, first: unknown, message: unknown, rest: readonly unknown[]): void {
    if (!this.#isEnabled(level) || isToldAnyway(first, message, this.#exchange)) return;
    const logger = this.#logger;
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

function childOf(logger: Logger, bindings: object, options: object | undefined): Logger {
  try {
    return logger.child(bindings, levelOf(options));
  } catch {
    return logger.child(bindings); // Its level is none of ours, as other loggers have some of their own.
  }
}

/** Bindings without the name that has the id Fastify gave a request, whatever `requestIdLogLabel` calls it. */
function withoutId(bindings: object | undefined, hostId: string): object | undefined {
  if (bindings === undefined) return undefined;
  try {
    const kept = Object.entries(bindings);
    const at = kept.findIndex(([, value]) => value === hostId);
    return at < 0 ? bindings : Object.fromEntries(kept.toSpliced(at, 1));
  } catch {
    return bindings; // A getter throws: the encoder reads what can be read.
  }
}

function levelOf(options: object | undefined): { readonly level: Level | 'off' } | undefined {
  return hasLevel(options) ? { level: toThreshold(options.level) } : undefined;
}

function hasLevel(options: object | undefined): options is { readonly level: string } {
  const level: unknown = options !== undefined && 'level' in options ? options.level : undefined;
  return typeof level === 'string' && level !== '';
}

/** Fastify's word for no records at all is another one; what is no level is left to the logger. */
function toThreshold(level: string): Level | 'off' {
  return level === 'silent' ? 'off' : (level as Level);
}
