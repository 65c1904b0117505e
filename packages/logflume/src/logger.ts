import type { DeliveryReport, DeliveryStats } from '@logflume/delivery';
import type { Attributes } from './config/logger-options.ts';
import type { Level, LevelThreshold } from './config/parse-levels.ts';

/** Attributes, or a function that makes them: called only when the record is logged. */
export type LazyAttributes = Attributes | (() => Attributes);

/**
 * One level's method. Never throws, never blocks, returns nothing. No argument is lost: one that fits no place is in
 * the attribute `log.arguments`.
 */
export interface LogMethod {
  (message: string, attributes?: LazyAttributes): void;
  (message: string, error: unknown, attributes?: LazyAttributes): void;
  (error: Error, attributes?: LazyAttributes): void;
  (attributes: Attributes, message: string): void;
}

/** The same with the level as an argument. */
export interface LevelLogMethod {
  (level: Level, message: string, attributes?: LazyAttributes): void;
  (level: Level, message: string, error: unknown, attributes?: LazyAttributes): void;
  (level: Level, error: Error, attributes?: LazyAttributes): void;
  (level: Level, attributes: Attributes, message: string): void;
}

export interface EventOptions {
  /** @defaultValue 'info' */
  readonly level?: Level | undefined;
  /** Body of the record, any value. @defaultValue none */
  readonly body?: unknown;
  /** When it happened, if not now: a Date, or milliseconds since the epoch. */
  readonly timestamp?: Date | number | undefined;
}

export interface ChildOptions {
  /** Scope name of the child; `LOG_LEVEL` and `level` select by it. @defaultValue the parent's */
  readonly name?: string | undefined;
  /** Level of the child alone. @defaultValue that of its name, else the parent's, following its changes */
  readonly level?: LevelThreshold | undefined;
}

/** Writes structured records and delivers them. */
export interface Logger {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  readonly log: LevelLogMethod;
  /**
   * Logs an event: a record with a name that says what its attributes mean.
   *
   * @param name - static and namespaced, such as `order.shipped`; OTLP's `event_name`.
   */
  event(name: string, attributes?: LazyAttributes, options?: EventOptions): void;
  /**
   * Makes a logger whose records carry attributes beside the parent's; they are encoded once. A child's `flush`,
   * `close` and `stats` are those of the delivery all children share.
   */
  child(attributes: Attributes, options?: ChildOptions): Logger;
  /**
   * The level in force; can be set at run time, and children without a level of their own follow.
   *
   * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` when set to a word that is no level.
   */
  level: LevelThreshold;
  isLevelEnabled(level: Level): boolean;
  /**
   * Sends what is pending. Never rejects; settles by its deadline, or as soon as nothing more can be sent before it.
   *
   * @param options - `timeoutMs`, 5000 if left out.
   */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  /** Flushes, hands what is left to the fallback, and ends. Later records are counted as dropped (`closed`). */
  close(options?: { readonly timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  /** The ledger and each endpoint's health: `accepted = delivered + rejected + fallback + dropped.total + pending`. */
  stats(): DeliveryStats;
  [Symbol.asyncDispose](): Promise<void>;
}
