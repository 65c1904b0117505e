import { createLogger, emitRecord, type Level, type Logger, type LoggerOptions, severityOfLevel } from 'logflume';
import { type NestCall, parseNestCall, parseNestError, resolveNestMessage } from './nestjs-arguments.ts';

/** Nest's names of levels, the gravest last. */
export type NestLevel = 'verbose' | 'debug' | 'log' | 'warn' | 'error' | 'fatal';

const LEVELS: Readonly<Record<NestLevel, Level>> = {
  verbose: 'trace',
  debug: 'debug',
  log: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};

/**
 * A `LoggerService` for Nest: what Nest and every `new Logger('Orders')` log becomes records of logflume, the arguments
 * read as by `ConsoleLogger` of Nest 12. A class, as it is the token by which `app.get()` finds it.
 *
 * Its methods never throw. The name of a logger is the attribute `nestjs.context`.
 *
 * @example
 * ```ts
 * app.useLogger(app.get(LogflumeLoggerService));
 * ```
 */
export class LogflumeLoggerService {
  readonly #logger: Logger;
  #levels: readonly string[] | undefined;

  /** @param logger - from `createLogger`, or options to make one. @defaultValue the environment configures it */
  constructor(logger?: Logger | LoggerOptions) {
    this.#logger = logger !== undefined && 'isLevelEnabled' in logger ? logger : createLogger(logger);
    this.#levels = undefined;
  }

  log(message: unknown, ...further: unknown[]): void {
    this.#write('log', message, further);
  }

  error(message: unknown, ...further: unknown[]): void {
    this.#write('error', message, further);
  }

  warn(message: unknown, ...further: unknown[]): void {
    this.#write('warn', message, further);
  }

  debug(message: unknown, ...further: unknown[]): void {
    this.#write('debug', message, further);
  }

  verbose(message: unknown, ...further: unknown[]): void {
    this.#write('verbose', message, further);
  }

  fatal(message: unknown, ...further: unknown[]): void {
    this.#write('fatal', message, further);
  }

  /** Lets through what is listed and what is graver than all of it, of what the logger itself lets through. */
  setLogLevels(levels: readonly string[]): void {
    this.#levels = levels;
  }

  #write(level: NestLevel, message: unknown, further: readonly unknown[]): void {
    if (!this.#isEnabled(level)) return;
    const given = [message, ...further];
    const call = level === 'error' || level === 'fatal' ? parseNestError(given) : parseNestCall(given);
    const messages = call.messages.map(resolve);
    // An error among the messages belongs to the first record, as in JSON lines of Nest.
    const error = messages.find((each) => each instanceof Error);
    const bodies =
      messages[0] === error
        ? messages.with(0, error?.message ?? messages[0])
        : messages.filter((each) => each !== error);
    for (const [index, body] of bodies.entries()) {
      emitRecord(this.#logger, {
        severityNumber: severityOfLevel[LEVELS[level]],
        severityText: level.toUpperCase(),
        body,
        attributes: attributesOf(call),
        exception: index === 0 ? error : undefined,
      });
    }
  }

  #isEnabled(level: NestLevel): boolean {
    if (!this.#logger.isLevelEnabled(LEVELS[level])) return false;
    const levels = this.#levels;
    if (levels === undefined || levels.includes(level)) return true;
    const names = Object.keys(LEVELS);
    return levels.length > 0 && names.indexOf(level) > Math.max(...levels.map((each) => names.indexOf(each)));
  }
}

function attributesOf({ context, stack, params }: NestCall): object {
  return { ...params, 'exception.stacktrace': stack, 'nestjs.context': context };
}

function resolve(message: unknown): unknown {
  try {
    return resolveNestMessage(message);
  } catch (error) {
    return error; // The application's own function threw: its record says so.
  }
}
