import type { DeliveryReport, DeliveryStats } from '@logflume/delivery';
import type { Level, LevelThreshold } from './config/parse-levels.ts';
import type { SuppressedStats } from './intake/suppressed.ts';

/**
 * Names and values that describe a record, a logger or a context: a literal, an object of an interface or a class, a
 * `Map`. Values may be anything; what OTLP has no word for becomes text. `undefined` members are left out.
 */
export type Attributes = object;

/** Attributes, or a function that makes them: called only when the record is logged, and at once. */
export type LazyAttributes = Attributes | (() => Attributes);

/**
 * One level's method. Never throws, never blocks, returns nothing; may be taken off its logger, as in
 * `promise.catch(log.error)`. No argument is lost: one that fits no place is in the attribute `log.arguments`.
 *
 * An error becomes the attributes `exception.type`, `exception.message`, `exception.stacktrace`, …; so does one that
 * stands in the attribute `err` or `error`.
 */
export interface LogMethod {
  /** Logs a message. `attributes` may be a function, for what is dear to compute. */
  (message: string, attributes?: LazyAttributes): void;
  /** Logs a message about an error, or about whatever else was thrown. */
  (message: string, error: unknown, attributes?: LazyAttributes): void;
  /** Logs an error with its own message; `unknown`, as that is what a `catch` has. */
  (error: unknown, attributes?: LazyAttributes): void;
  /** The order pino has. */
  (attributes: Attributes, message: string): void;
}

/** The same with the level as an argument. A level that does not exist counts as `info`, and is kept in the record. */
export interface LevelLogMethod {
  (level: Level, message: string, attributes?: LazyAttributes): void;
  (level: Level, message: string, error: unknown, attributes?: LazyAttributes): void;
  (level: Level, error: unknown, attributes?: LazyAttributes): void;
  (level: Level, attributes: Attributes, message: string): void;
}

/** What an event may have beside its name and attributes. */
export interface EventOptions {
  /** How severe it is. @defaultValue 'info' */
  readonly level?: Level | undefined;
  /** Body of the record, any value. @defaultValue none */
  readonly body?: unknown;
  /**
   * When it happened, if not now: a Date, or milliseconds since the epoch, ≥ 0. Anything else counts as now.
   * @defaultValue now
   */
  readonly timestamp?: Date | number | undefined;
}

/** What a child has of its own beside its attributes. */
export interface ChildOptions {
  /**
   * Scope name of the child; `LOG_LEVEL` and `level` select by it. One of a fixed set, such as a module's: each name is
   * remembered for the life of the process.
   * @defaultValue the parent's
   */
  readonly name?: string | undefined;
  /** Level of the child alone. @defaultValue that of its name, else the parent's, following its changes */
  readonly level?: LevelThreshold | undefined;
}

/** How long a flush or a close may take. */
export interface FlushOptions {
  /**
   * Milliseconds, ≥ 0. Higher waits longer for a slow receiver; 0 only starts the sending.
   * @defaultValue `exit.timeoutMs`, which is 5000
   */
  readonly timeoutMs?: number | undefined;
}

/**
 * What became of all records that passed their level. What was left out on purpose was never accepted, so that the ledger
 * adds up without it.
 */
export interface LoggerStats extends DeliveryStats {
  readonly suppressed: SuppressedStats;
}

/**
 * Writes structured records and delivers them.
 *
 * Every method that has a name may be taken off its logger and called alone.
 */
export interface Logger {
  /** Finest detail, off by default. */
  readonly trace: LogMethod;
  /** For developers, off by default. */
  readonly debug: LogMethod;
  /** What happens in the ordinary course of things. */
  readonly info: LogMethod;
  /** Something to look at, some time. Sent before anything less severe when room is short. */
  readonly warn: LogMethod;
  /** Something failed. Sent sooner than the rest. */
  readonly error: LogMethod;
  /** The application cannot go on. It does not end the process. */
  readonly fatal: LogMethod;
  /** Logs at a level that is known at run time alone. */
  readonly log: LevelLogMethod;
  /**
   * Logs an event: a record with a name that says what its attributes mean. Never throws.
   *
   * @param name - static and namespaced, such as `order.shipped`; OTLP's `event_name`.
   */
  readonly event: (name: string, attributes?: LazyAttributes, options?: EventOptions) => void;
  /**
   * Makes a logger whose records carry attributes beside the parent's; they are encoded once. A child's `flush`,
   * `close` and `stats` are those of the delivery all children share. Cheap enough for one child per request.
   *
   * @param attributes - read now, not kept. Where both have a name, the child's wins.
   * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `level` that does not exist.
   */
  readonly child: (attributes: Attributes, options?: ChildOptions) => Logger;
  /**
   * The level in force; can be set at run time, and children without a level of their own follow. Children of one parent and
   * one name share theirs. Set on a child without a name it is that of the child, and of those made of it from then on.
   *
   * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` when set to a word that is no level.
   */
  level: LevelThreshold;
  /**
   * Sets the level for a limited time, after which the one that would hold without it holds again: to look closely at a
   * program that runs, without forgetting it at `debug`. Setting `level`, or calling this again, ends it. The timer keeps
   * no process alive.
   *
   * @param durationMs - 1 … 2147483647.
   * @returns what ends it early; calling that later does nothing.
   * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a word that is no level, or a time that is none.
   * @example
   * ```ts
   * log.setLevelFor('debug', 10 * 60_000);
   * ```
   */
  readonly setLevelFor: (level: LevelThreshold, durationMs: number) => () => void;
  /** Says whether a record of a level would be logged: for work that only serves the record. */
  readonly isLevelEnabled: (level: Level) => boolean;
  /** Sends what is pending. Never rejects; settles by its deadline, or as soon as nothing more can be sent before it. */
  readonly flush: (options?: FlushOptions) => Promise<DeliveryReport>;
  /**
   * Flushes, hands what is left to the fallback, and ends. Never rejects. Later records are counted as dropped
   * (`closed`); every later call answers as the first.
   */
  readonly close: (options?: FlushOptions) => Promise<DeliveryReport>;
  /**
   * The ledger, each endpoint's health, and what was left out on purpose:
   * `accepted = delivered + rejected + fallback + dropped.total + pending`.
   */
  readonly stats: () => LoggerStats;
  /** As `close()`: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
