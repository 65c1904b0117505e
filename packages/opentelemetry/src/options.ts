import { isLogger, LogflumeError, type Logger, type LoggerOptions } from 'logflume';

/** Options that share a logger and its delivery. It stays yours to close. */
export interface SharedLoggerOptions {
  /** From `createLogger`. Its resource and attributes are those of every record; its level is not looked at. */
  readonly logger: Logger;
}

/** Options that make a logger. Which records are wanted and the scope they have is for the SDK to decide. */
export interface OwnLoggerOptions extends Omit<LoggerOptions, 'level' | 'name' | 'version' | 'compression'> {
  readonly logger?: undefined;
  /** `gzip`, `zstd` or `none`; also as `CompressionAlgorithm` of OpenTelemetry. @defaultValue 'gzip' */
  readonly compression?: LoggerOptions['compression'] | (string & {});
  /** One receiver, as `OTLPLogExporter` names it: the same as `endpoints: [url]`. @defaultValue see `endpoints` */
  readonly url?: string | undefined;
  /** `timeoutMs` as `OTLPLogExporter` names it, milliseconds: here of one attempt. @defaultValue 10000 */
  readonly timeoutMillis?: number | undefined;
  /** Connections are always kept; `true` is accepted for options written for `OTLPLogExporter`. @defaultValue true */
  readonly keepAlive?: true | undefined;
  /**
   * Integer ≥ 1, accepted for options written for `OTLPLogExporter` and without effect: the delivery adapts the requests
   * under way to what the endpoint takes, and none fails for their number.
   */
  readonly concurrencyLimit?: number | undefined;
  /** `ca`, `cert` and `key` as in `tls`, and `keepAlive: true`, as `OTLPLogExporter` names them. */
  readonly httpAgentOptions?: HttpAgentOptions | undefined;
}

/** What of the options of an agent of `node:https` can be served. */
export interface HttpAgentOptions extends NonNullable<LoggerOptions['tls']> {
  readonly keepAlive?: true | undefined;
}

/** To make a logger or to share one. */
export type AdapterOptions = OwnLoggerOptions | SharedLoggerOptions;

/** What there is to work with. */
export type ResolvedOptions =
  | { readonly kind: 'shared'; readonly logger: Logger }
  | { readonly kind: 'own'; readonly loggerOptions: LoggerOptions };

/** Options of the stock exporter that have no counterpart, and what to do instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  userAgent: 'leave it out',
  selfObsMeterProvider: 'leave it out: stats() of a shared logger has the figures',
};

/** Options of a logger that the SDK decides, and where. */
const OF_THE_SDK: Readonly<Record<string, string>> = {
  level: 'set minimumSeverity in the configuration of the SDK',
  name: 'give it to getLogger of the SDK',
  version: 'give it to getLogger of the SDK',
};

/**
 * Sorts out whether a logger is shared or made, and translates what the stock exporter names otherwise.
 *
 * Values are checked by `createLogger`; here are only the names it does not know.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for an option that cannot work here, `ERR_LOGFLUME_UNSUPPORTED`
 *   for one of the stock exporter that has no counterpart.
 */
export function resolveOptions(options: AdapterOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrong('options', 'options must be an object');
  }
  if (options.logger !== undefined) return { kind: 'shared', logger: checkShared(options) };
  refuse(options, UNSUPPORTED, 'ERR_LOGFLUME_UNSUPPORTED', 'cannot be served');
  refuse(options, OF_THE_SDK, 'ERR_LOGFLUME_INVALID_OPTION', 'is decided by the SDK');
  const {
    logger: _,
    url,
    timeoutMillis,
    keepAlive,
    compression,
    concurrencyLimit,
    httpAgentOptions,
    ...loggerOptions
  } = options;
  if (keepAlive !== undefined && keepAlive !== true) {
    throw new LogflumeError(
      'ERR_LOGFLUME_UNSUPPORTED',
      'keepAlive cannot be served unless it is true; give axios, an instance made with an agent of yours',
      { details: { option: 'keepAlive' } },
    );
  }
  checkPair('url', url, 'endpoints', loggerOptions.endpoints);
  checkPair('timeoutMillis', timeoutMillis, 'timeoutMs', loggerOptions.timeoutMs);
  checkTimeout(timeoutMillis);
  checkLimit(concurrencyLimit);
  checkPair('httpAgentOptions', httpAgentOptions, 'tls', loggerOptions.tls);
  const tls = toTls(httpAgentOptions);
  return {
    kind: 'own',
    loggerOptions: {
      ...loggerOptions,
      ...(tls === undefined ? {} : { tls }),
      ...(url === undefined ? {} : { endpoints: [url] }),
      ...(timeoutMillis === undefined ? {} : { timeoutMs: timeoutMillis }),
      ...(compression === undefined ? {} : { compression: toCompression(compression) }),
    },
  };
}

function checkShared(options: SharedLoggerOptions): Logger {
  const { logger, ...others } = options;
  if (!isLogger(logger)) throw wrong('logger', 'logger must be a logger from createLogger');
  const [surplus] = Object.keys(others);
  if (surplus === undefined) return logger;
  throw wrong(surplus, `${surplus} cannot be given beside logger, which has its own; leave one of the two out`);
}

function refuse(
  options: object,
  names: Readonly<Record<string, string>>,
  code: 'ERR_LOGFLUME_UNSUPPORTED' | 'ERR_LOGFLUME_INVALID_OPTION',
  why: string,
): void {
  for (const [option, advice] of Object.entries(names)) {
    if (Reflect.get(options, option) === undefined) continue;
    throw new LogflumeError(code, `${option} ${why}; ${advice}`, { details: { option } });
  }
}

function checkPair(option: string, value: unknown, own: string, ownValue: unknown): void {
  if (value === undefined || ownValue === undefined) return;
  throw wrong(option, `${option} and ${own} say the same; leave one of the two out`);
}

function checkTimeout(timeoutMillis: unknown): void {
  if (timeoutMillis === undefined || (typeof timeoutMillis === 'number' && timeoutMillis > 0)) return;
  throw wrong('timeoutMillis', 'timeoutMillis must be a number of milliseconds above 0');
}

function checkLimit(limit: unknown): void {
  if (limit === undefined || (Number.isInteger(limit) && Number(limit) >= 1)) return;
  throw wrong('concurrencyLimit', 'concurrencyLimit must be an integer of 1 or more');
}

/** An agent may be told a hundred things; those that are not about certificates belong to an agent of one's own. */
function toTls(agentOptions: HttpAgentOptions | undefined): LoggerOptions['tls'] {
  if (agentOptions === undefined) return undefined;
  if (typeof agentOptions !== 'object' || agentOptions === null) throw unservedAgent('httpAgentOptions as it is');
  const { keepAlive, ca, cert, key, ...others } = agentOptions;
  const [other] = Object.keys(others);
  if (other !== undefined) throw unservedAgent(`httpAgentOptions.${other}`);
  if (keepAlive !== undefined && keepAlive !== true) throw unservedAgent('httpAgentOptions.keepAlive other than true');
  return { ca, cert, key };
}

function unservedAgent(what: string): LogflumeError {
  const message = `${what} cannot be served; give axios, an instance made with an agent of yours`;
  return new LogflumeError('ERR_LOGFLUME_UNSUPPORTED', message, { details: { option: 'httpAgentOptions' } });
}

function toCompression(compression: unknown): NonNullable<LoggerOptions['compression']> {
  if (compression === 'gzip' || compression === 'zstd' || compression === 'none') return compression;
  throw wrong('compression', 'compression must be one of gzip, zstd, none');
}

function wrong(option: string, message: string): LogflumeError {
  return new LogflumeError('ERR_LOGFLUME_INVALID_OPTION', message, { details: { option } });
}
