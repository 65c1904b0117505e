import { createRateLimit } from '@logflume/delivery';
import { emitRecord, type Logger } from 'logflume';
import winston from 'winston';
import TransportStream from 'winston-transport';
import { type CallStamps, callOf, stampCalls } from './call-stamps.ts';
import { crashOf } from './crash-record.ts';
import { createFormatProbe } from './format-probe.ts';
import { type HostInfo, type HostLevels, type HostLogger, isHost, isInfo, levelNameOf } from './host.ts';
import { reportHostVersion } from './host-version.ts';
import { readMember } from './members.ts';
import { type LogflumeTransportOptions, resolveOptions } from './options.ts';
import { createTimestampParser } from './record-time.ts';
import { type SeverityMapping, severitiesOf, severityOfName } from './severity.ts';
import { type RecordFacts, readWithCare, toHostRecord } from './to-host-record.ts';
import { writeToStderr } from './write-to-stderr.ts';

/** Longest wait for the record of a crash, milliseconds: winston ends the process after 3000 by itself. */
const CRASH_FLUSH_MS = 2500;

/**
 * A winston transport that delivers to OTLP/HTTP backends through logflume.
 *
 * It takes every record in the tick it is written, never holds up other transports, never throws into a log call and
 * never emits `error`; what there is to say comes as a rate-limited `warn`. `logger.end()` and then `finish` means that
 * everything is delivered, or handed to the fallback. Use one instance for each winston logger; several can share a
 * `logger`.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` or `ERR_LOGFLUME_UNSUPPORTED` for an option that cannot work.
 * @example
 * ```ts
 * const log = winston.createLogger({ transports: [new LogflumeTransport({ endpoints: ['http://collector:4318'] })] });
 * ```
 */
export class LogflumeTransport extends TransportStream {
  /** What `logflume/register` looks for: a logger that has one gets no second. */
  readonly isLogflume: boolean = true;
  /** Set by winston while it waits for the record of a crash; it stays set when the process goes on. */
  _ending = false;
  /** The winston logger this transport belongs to, and its levels: as other transports have them. */
  parent: HostLogger | undefined = undefined;
  levels: HostLevels | undefined = undefined;

  /** Of the stream underneath, which has no type for it. */
  declare readonly _writableState: { sync: boolean } | undefined;
  readonly #logger: Logger;
  readonly #ownsLogger: boolean;
  readonly #mapping: SeverityMapping;
  readonly #ownLevel: string | undefined;
  readonly #warnings = createRateLimit();
  readonly #stamps = new Map<HostLogger, CallStamps>();
  /** Parts of the crash records seen: each comes twice when the transport is also listed as a handler. */
  readonly #crashes = new WeakSet<object>();
  #severities: ReadonlyMap<string, number> | undefined;
  #severitiesOf: HostLevels | undefined;
  #isSettling = false;
  readonly #parseTimestamp = createTimestampParser();
  readonly #startedMs = (): number => {
    const calls = this.parent === undefined ? undefined : this.#stamps.get(this.parent);
    return calls?.startedMs() ?? Number.POSITIVE_INFINITY;
  };
  readonly #message = (): string | undefined => {
    for (const calls of this.#stamps.values()) {
      const message = calls.message();
      if (message !== undefined) return message;
    }
    return undefined;
  };
  readonly #probe = createFormatProbe();
  readonly #writesArguments = (info: HostInfo): boolean => {
    for (const { format } of this.#stamps.keys()) if (this.#probe(format, info)) return true;
    return this.#probe(this.format, info);
  };

  constructor(options: LogflumeTransportOptions = {}) {
    // The delivery may have something to say before there is a transport to say it.
    const problems = { hear: (_message: string): void => undefined };
    const resolved = resolveOptions(options, (message) => problems.hear(message));
    super(resolved.base);
    problems.hear = (message) => this.#warn(message);
    this.#logger = resolved.logger;
    this.#ownsLogger = resolved.ownsLogger;
    this.#mapping = resolved.severityMapping;
    this.#ownLevel = resolved.base.level;
    // The base class listens once: after `remove` and `add` it knew neither logger nor levels, and let everything pass.
    this.removeAllListeners('pipe').removeAllListeners('unpipe');
    this.on('pipe', (source: unknown) => this.#attach(source));
    this.on('unpipe', (source: unknown) => this.#detach(source));
    reportHostVersion(winston.version);
  }

  /**
   * Takes a record, whatever its level. Winston calls it directly when the transport is a handler of exceptions.
   *
   * @param callback - called once, before this returns, without an argument.
   */
  override log(info: unknown, callback?: () => void): void {
    if (isInfo(info) && !this.silent) this.#take(info);
    if (isInfo(info)) this.#settleCrash(info);
    callback?.();
  }

  /** Starts a flush in the background. Winston calls it when the transport is removed; it can be added again. */
  override close(): void {
    void this.#logger.flush();
  }

  override _write(info: unknown, _encoding: unknown, callback: () => void): void {
    this.#offer(info);
    this.#skipTick();
    callback();
  }

  override _writev(chunks: readonly { readonly chunk: unknown }[], callback: () => void): void {
    for (const { chunk } of chunks) this.#offer(chunk);
    callback();
  }

  /** Ends with everything delivered or handed to the fallback, by a deadline, and never with an error. */
  override _final(callback: () => void): void {
    const ended = this.#ownsLogger ? this.#logger.close() : this.#logger.flush();
    void ended.then(() => callback());
  }

  #offer(info: unknown): void {
    if (!isInfo(info)) return;
    const made = this.#accepts(info) ? this.#format(info) : undefined;
    if (made === undefined) this.#settleCrash(info);
    else this.log(made, undefined);
  }

  /** As winston's base class decides, but a crash passes every level, and a level is also known without its symbol. */
  #accepts(info: HostInfo): boolean {
    if (this.silent) return false;
    const crash = crashOf(info);
    if (crash !== undefined) return crash === 'rejection' || Boolean(this.handleExceptions);
    const level = this.level || this.parent?.level;
    if (!level || this.levels === undefined) return true;
    const [limit, rank] = [this.levels[level], this.levels[levelNameOf(info)]];
    return limit !== undefined && rank !== undefined && limit >= rank;
  }

  /** @returns `undefined` for a record that the format filters out. */
  #format(info: HostInfo): HostInfo | undefined {
    if (this.format === undefined) return info;
    try {
      const made: unknown = Reflect.apply(this.format.transform, this.format, [
        Object.assign({}, info),
        this.format.options,
      ]);
      return isInfo(made) ? made : undefined;
    } catch (error) {
      this.#warn(`the format of the transport failed, records go without it: ${textOf(error)}`);
      return info;
    }
  }

  #take(info: HostInfo): void {
    if (crashOf(info) !== undefined && this.#isSecondCopy(info)) return;
    const severityText = levelNameOf(info);
    const call = callOf(info);
    const facts = {
      severityText,
      severityNumber: this.#severityOf(severityText),
      call,
      startedMs: this.#startedMs,
      message: this.#message,
      writesArguments: this.#writesArguments,
      parseTimestamp: this.#parseTimestamp,
    };
    try {
      emitRecord(this.#logger, toHostRecord(info, facts));
    } catch {
      // A getter threw. Read once more, member by member: the slow path of hostile records alone.
      this.#takeWithCare(info, facts);
    }
    if (this.listenerCount('logged') > 0) this.#emitSafely('logged', info);
  }

  #takeWithCare(info: HostInfo, facts: RecordFacts): void {
    this.#warn('a record has a member that throws when it is read; it is logged with what can be read');
    try {
      emitRecord(this.#logger, readWithCare(info, facts));
    } catch (error) {
      this.#warn(`a record could not be logged: ${textOf(error)}`);
    }
  }

  #severityOf(name: string): number {
    const { levels } = this;
    if (levels === undefined) return severityOfName(name, this.#mapping);
    if (this.#severities === undefined || this.#severitiesOf !== levels) {
      this.#severities = severitiesOf(levels, this.#mapping);
      this.#severitiesOf = levels;
    }
    return this.#severities.get(name) ?? severityOfName(name, this.#mapping);
  }

  /** Formats copy the record but not what it holds: winston makes these parts anew for every crash. */
  #isSecondCopy(info: HostInfo): boolean {
    const parts = [info, readMember(info, 'process'), readMember(info, 'os'), readMember(info, 'trace')];
    const objects = parts.filter((part) => typeof part === 'object' && part !== null);
    const isSeen = objects.some((part) => this.#crashes.has(part));
    for (const part of objects) this.#crashes.add(part);
    return isSeen;
  }

  /**
   * Tells winston, which waits for it before it ends the process, that the record of a crash is safe. It waits for
   * `finish`, which nobody else emits, as nobody has called `end()`; by it the transport falls out of the logger, so it
   * is put back in case the process goes on.
   */
  #settleCrash(info: HostInfo): void {
    if (!this._ending || this.#isSettling || crashOf(info) === undefined || this.parent?.exitOnError === false) return;
    this.#isSettling = true;
    const { parent } = this;
    void this.#logger.flush({ timeoutMs: CRASH_FLUSH_MS }).then(() => {
      this.#isSettling = false;
      // What a listener throws is an exception of its own, not a rejection of ours.
      process.nextTick(() => {
        this.emit('finish');
        if (parent !== undefined && !this.writableEnded && !parent.transports?.includes(this)) parent.pipe(this);
      });
    });
  }

  #attach(source: unknown): void {
    if (!isHost(source)) return;
    if (this.parent !== undefined && this.parent !== source) {
      this.#warn('a transport was added to a second logger, whose levels it does not know; make one for each logger');
    } else {
      this.parent = source;
      this.levels = source.levels;
      this.#checkLevel();
    }
    if (!this.#stamps.has(source)) this.#stamps.set(source, stampCalls(source, this.#logger));
  }

  /** Winston lets nothing pass at a level it does not know, and says nothing of it. */
  #checkLevel(): void {
    const { levels } = this;
    if (this.#ownLevel === undefined || levels === undefined || this.#ownLevel in levels) return;
    const known = Object.keys(levels).join(', ');
    const message = `level "${this.#ownLevel}" is none of the logger's, so nothing is taken; they are ${known}`;
    this.#warn(message);
    // Nobody can listen yet to a logger that is being made.
    writeToStderr(`logflume: ${message}\n`);
  }

  #detach(source: unknown): void {
    if (!isHost(source)) return;
    this.#stamps.get(source)?.release();
    this.#stamps.delete(source);
    if (this.parent !== source) return;
    this.parent = undefined;
    this.close();
  }

  #warn(message: string): void {
    const left = this.#warnings.admit(message, Date.now());
    if (left !== undefined) this.#emitSafely('warn', new Error(left === 0 ? message : `${message} (${left} more)`));
  }

  /** What a listener throws must not reach the log call this happens in. */
  #emitSafely(event: 'warn' | 'logged', value: unknown): void {
    try {
      this.emit(event, value);
    } catch {
      // The application's own listener; there is nobody to tell who did not just throw.
    }
  }

  /** The base class does the same: a callback in the same tick must not leave a tick of its own behind per record. */
  #skipTick(): void {
    if (this._writableState !== undefined) this._writableState.sync = false;
  }
}

function textOf(error: unknown): string {
  const message = isInfo(error) ? readMember(error, 'message') : error;
  return typeof message === 'string' ? message : 'unknown';
}
