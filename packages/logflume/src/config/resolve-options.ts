import { LogflumeError } from '@logflume/delivery';
import { detectResource, type ResourceFacts } from '../resource/default-resource.ts';
import { checkOptions } from './check-options.ts';
import { defaults } from './defaults.ts';
import type { ConfigDiagnostic, SettingSource } from './diagnostic.ts';
import type { EnvironmentVariables, Setting } from './env-reader.ts';
import { findIdleOptions } from './find-idle-options.ts';
import { leaveOut } from './leave-out.ts';
import type { Headers, LoggerOptions, SpoolOptions, TlsOptions } from './logger-options.ts';
import { type LevelRules, parseLevels } from './parse-levels.ts';
import type { EnvironmentSettings } from './read-environment.ts';
import type { OptionValues } from './read-option-variables.ts';
import { readSettings } from './read-settings.ts';
import { checkTlsFiles, type ReadFile } from './read-tls.ts';
import { checkDestinations, checkRule, resolveDestinations, resolveRoute } from './resolve-destinations.ts';
import { type GivenEndpoint, parseEndpointOptions, resolveEndpoints, toLowerCaseNames } from './resolve-endpoints.ts';
import { resolveIntake } from './resolve-intake.ts';
import {
  decideOutput,
  destinationsOutsideCode,
  type OutputDecision,
  toConsoleLines,
  toFiles,
} from './resolve-output.ts';
import type { ResolvedOptions } from './resolved-options.ts';
import type { Take } from './take.ts';

/** What resolving needs of the world. */
export interface ResolveDeps {
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean;
  /** Reads a configuration, certificate or key file as text; may throw. */
  readonly readFile: ReadFile;
  /** Whether this Node compresses with zstd (≥ 22.15). */
  readonly hasZstd: boolean;
  readonly resource: ResourceFacts;
}

type Sources = Map<string, SettingSource>;

/**
 * Turns what was given in code, in the environment and in configuration files into one complete set of values: code
 * beats the environment, which beats a file, which beats the defaults.
 *
 * @param code - read now, not kept; a caller may be plain JavaScript, so everything is checked.
 * @param env - read now; a bad value never throws, it becomes one of `diagnostics` and counts as unset.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` if an option in code cannot work or does not exist;
 *   `ERR_LOGFLUME_UNSUPPORTED` if this version or this Node cannot serve it.
 */
export function resolveOptions(code: LoggerOptions, env: EnvironmentVariables, deps: ResolveDeps): ResolvedOptions {
  return resolveWith(code, env, deps, {});
}

/** What turned out to be of no use once everything was known. */
interface Without {
  /** Destinations of a variable. */
  readonly destinations?: boolean;
  /** All of the file with destinations or rules, for this reason. */
  readonly file?: LogflumeError;
  /** The rules of a file. */
  readonly routeOfFile?: boolean;
}

function resolveWith(
  code: LoggerOptions,
  env: EnvironmentVariables,
  deps: ResolveDeps,
  without: Without,
): ResolvedOptions {
  const options = withSpoolOptions(code);
  checkOptions(options);
  const checkMore = (given: LoggerOptions): void => {
    refuseMissingZstd(given, deps);
    checkTlsFiles(given.tls, deps.readFile);
    checkDestinations(given.destinations ?? [], deps.readFile);
    given.route?.forEach(checkRule);
  };
  checkMore(options);
  const codeEndpoints = parseEndpointOptions(options.endpoints ?? []);
  const settings = readSettings(env, {
    ...deps,
    checkMore: (given) => {
      checkMore(given);
      if (without.file !== undefined && (given.destinations ?? given.route) !== undefined) throw without.file;
    },
    isSetInCode: (path) => isGiven(options, path),
  });
  const decision = decideOutput({ options, env: settings, isTTY: deps.isTTY });
  const sources = new Map<string, SettingSource>();
  const pick: Take = (path, code, setting, fallback) => {
    const given = setting ?? settingOf<typeof code & {}>(path, settings.others);
    sources.set(path, code !== undefined ? 'code' : (given?.source ?? 'default'));
    return code ?? given?.value ?? fallback;
  };
  const balance = pick('balance', options.balance, settings.balance, undefined);
  sources.set('endpoints', decision.endpointsFrom === undefined ? 'default' : decision.output.source);
  sources.set('output', decision.output.source).set('console', decision.console.source);
  const resource = detectResource(settings, options.resource ?? {}, deps.resource);
  for (const [name, source] of Object.entries(resource.sources)) sources.set(`resource.${name}`, source);

  const general = {
    name: pick('name', options.name, undefined, defaults.name),
    version: pick('version', options.version, undefined, undefined),
    levels: resolveLevels(options, settings, pick),
    attributes: pick('attributes', copy(options.attributes), settings.attributes, {}),
    resource: resource.attributes,
    output: decision.output.value,
    console: decision.console.value,
    consoleLines: toConsoleLines(options.console ?? settings.console?.value),
    color: pick('color', undefined, settings.color, deps.isTTY && settings.ci?.value !== true),
    endpoints: resolveEndpoints(takeEndpoints(decision.endpointsFrom, codeEndpoints, settings), balance),
    headers: resolveHeaders(options, settings, sources),
    format: pick('format', options.format, settings.format, defaults.format),
    compression: pick('compression', options.compression, settings.compression, defaults.compression),
    balance,
    tls: resolveTls(options.tls ?? {}, settings, sources),
    axios: pick('axios', options.axios, undefined, undefined),
    ...resolveLimitsOfDelivery(options, settings, pick),
    fallback: pick('fallback', options.fallback, settings.fallback, undefined),
    files: toFiles(pick('file', options.file, undefined, undefined)),
    redact: pick('redact', options.redact, settings.redact, undefined),
    ...resolveIntake(options, pick),
    limits: resolveLimits(options, settings, pick),
    exit: {
      handleSignals: pick('exit.handleSignals', options.exit?.handleSignals, undefined, defaults.handleSignals),
      timeoutMs: pick('exit.timeoutMs', options.exit?.timeoutMs, undefined, undefined),
    },
    onDiagnostic: pick('onDiagnostic', options.onDiagnostic, undefined, undefined),
    sources: Object.fromEntries(sources),
    diagnostics: [
      ...settings.diagnostics,
      ...(decision.diagnostic === undefined ? [] : [decision.diagnostic]),
      ...findIdleOptions(sources),
    ],
  };
  // Rules between destinations that are left out have nothing to say, and are no mistake: not even those of code.
  const wereGiven =
    without.destinations || settings.others.has('destinations') || settings.diagnostics.some(isOfDestinations);
  const isOn =
    options.destinations !== undefined || !wereGiven || destinationsOutsideCode(options, settings) !== undefined;
  const given: LoggerOptions = {
    ...options,
    destinations: isOn ? pick('destinations', options.destinations, undefined, undefined) : undefined,
    route: isOn && !without.routeOfFile ? pick('route', options.route, undefined, undefined) : undefined,
  };
  general.sources = Object.fromEntries(sources);
  try {
    const destinations = resolveDestinations(given, general, deps.readFile);
    const names = destinations.map(({ name }) => name);
    return Object.freeze({ ...general, destinations, route: resolveRoute(given.route, names) });
  } catch (error) {
    if (!(error instanceof LogflumeError)) throw error;
    const leftOut = leaveOut(error, sources);
    switch (leftOut?.kind) {
      case undefined:
        throw error;
      case 'file':
        return resolveWith(options, env, deps, { ...without, file: error });
      case 'routeOfFile': {
        const rest = resolveWith(options, env, deps, { ...without, routeOfFile: true });
        return { ...rest, diagnostics: [leftOut.diagnostic, ...rest.diagnostics] };
      }
      case 'variable': {
        const variables = Object.fromEntries(Object.entries(env).filter(([name]) => name !== leftOut.name));
        const destinations = without.destinations || leftOut.option === 'destinations';
        const rest = resolveWith(options, variables, deps, { ...without, destinations });
        return { ...rest, diagnostics: [leftOut.toDiagnostic(rest.sources), ...rest.diagnostics] };
      }
      default:
        return leftOut satisfies never;
    }
  }
}

/** Whether something is wrong with a place where destinations may be given. */
function isOfDestinations({ kind, name }: ConfigDiagnostic): boolean {
  return kind === 'invalidFile' || (kind === 'invalidSetting' && name === 'LOGFLUME_DESTINATIONS');
}

function refuseMissingZstd(options: LoggerOptions, deps: ResolveDeps): void {
  if (options.compression !== 'zstd' || deps.hasZstd) return;
  const message = `compression "zstd" needs Node 22.15 or newer, this is ${deps.resource.nodeVersion}; write "gzip"`;
  throw new LogflumeError('ERR_LOGFLUME_UNSUPPORTED', message, { details: { option: 'compression', got: 'zstd' } });
}

/** Whether code gave a value at a path of one or two names. */
function isGiven(options: LoggerOptions, path: string): boolean {
  let value: unknown = options;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return false;
    value = Reflect.get(value, name);
  }
  return value !== undefined;
}

function resolveLevels(options: LoggerOptions, settings: EnvironmentSettings, pick: Take): LevelRules {
  const code = options.level === undefined ? undefined : parseLevels(options.level);
  const parsed = pick('level', code, settings.levels, undefined);
  return { default: parsed?.default ?? defaults.level, byName: parsed?.byName ?? new Map() };
}

function takeEndpoints(
  from: OutputDecision['endpointsFrom'],
  code: readonly GivenEndpoint[],
  settings: EnvironmentSettings,
): readonly GivenEndpoint[] {
  switch (from) {
    case undefined:
      return [];
    case 'code':
      return code;
    case 'environment':
      return settings.endpoints?.value ?? [];
    case 'default':
      return [{ address: { url: defaults.endpoint, authorization: undefined }, given: {} }];
    default:
      return from satisfies never;
  }
}

/** Lays the headers of code over those of the environment; a function is asked first and laid over them each time. */
function resolveHeaders(
  options: LoggerOptions,
  settings: EnvironmentSettings,
  sources: Sources,
): ResolvedOptions['headers'] {
  const under: Record<string, string> = {};
  for (const [name, { value, source }] of settings.headers) {
    under[name] = value;
    sources.set(`headers.${name}`, source);
  }
  const { headers } = options;
  sources.set('headers', headers !== undefined ? 'code' : ([...settings.headers.values()][0]?.source ?? 'default'));
  if (typeof headers === 'function') {
    return async (): Promise<Headers> => ({ ...under, ...toLowerCaseNames(await headers()) });
  }
  const over = toLowerCaseNames(headers ?? {});
  for (const name of Object.keys(over)) sources.set(`headers.${name}`, 'code');
  return { ...under, ...over };
}

/**
 * PEM and file are two forms of one thing: what gives either hides both forms of what is weaker. A client certificate
 * and its key belong together: each place gives both or neither.
 */
function resolveTls(code: TlsOptions, { tls, others }: EnvironmentSettings, sources: Sources): TlsOptions {
  const settings = new Map<string, Setting<unknown>>();
  for (const [path, setting] of others) if (path.startsWith('tls.')) settings.set(path.slice(4), setting);
  for (const [name, setting] of Object.entries(tls)) if (setting !== undefined) settings.set(name, setting);
  for (const [name, value] of Object.entries(code))
    if (value !== undefined) settings.set(name, { value, source: 'code' });
  const strongest = (names: readonly string[]): TlsOptions => {
    const best = Math.min(...names.map((name) => rankOf(settings.get(name)?.source)));
    for (const name of names) sources.set(`tls.${name}`, 'default');
    const taken = names.filter((name) => rankOf(settings.get(name)?.source) === best && settings.has(name));
    for (const name of taken) sources.set(`tls.${name}`, settings.get(name)?.source ?? 'default');
    // Each was accepted by the rule of its option.
    return Object.fromEntries(taken.map((name) => [name, settings.get(name)?.value])) as TlsOptions;
  };
  return {
    ...strongest(['ca', 'caFile']),
    ...strongest(['cert', 'certFile', 'key', 'keyFile']),
    ...strongest(['serverName']),
  };
}

function rankOf(source: SettingSource | undefined): number {
  if (source === undefined || source === 'default') return 3;
  return source === 'code' ? 0 : source.startsWith('environment ') ? 1 : 2;
}

function resolveLimits(
  { limits }: LoggerOptions,
  { maxAttributes, maxValueLength }: EnvironmentSettings,
  pick: Take,
): ResolvedOptions['limits'] {
  return {
    maxAttributes: pick('limits.maxAttributes', limits?.maxAttributes, maxAttributes, defaults.maxAttributes),
    maxValueLength: pick('limits.maxValueLength', limits?.maxValueLength, maxValueLength, defaults.maxValueLength),
  };
}

/** Numbers whose defaults are delivery's: here they stay `undefined` when nobody set them. */
function resolveLimitsOfDelivery(
  { timeoutMs, strictOtlp, on400, ordered, batch, queue, retry, spool }: CheckedOptions,
  settings: EnvironmentSettings,
  pick: Take,
): Pick<ResolvedOptions, 'timeoutMs' | 'strictOtlp' | 'on400' | 'ordered' | 'batch' | 'queue' | 'retry' | 'spool'> {
  return {
    timeoutMs: pick('timeoutMs', timeoutMs, settings.timeoutMs, undefined),
    strictOtlp: pick('strictOtlp', strictOtlp, undefined, undefined),
    on400: pick('on400', on400, undefined, undefined),
    ordered: pick('ordered', ordered, undefined, undefined),
    batch: {
      maxRecords: pick('batch.maxRecords', batch?.maxRecords, settings.maxRecords, undefined),
      maxBytes: pick('batch.maxBytes', batch?.maxBytes, undefined, undefined),
      lingerMs: pick('batch.lingerMs', batch?.lingerMs, settings.lingerMs, undefined),
    },
    queue: { maxBytes: pick('queue.maxBytes', queue?.maxBytes, undefined, undefined) },
    retry: {
      baseDelayMs: pick('retry.baseDelayMs', retry?.baseDelayMs, undefined, undefined),
      maxDelayMs: pick('retry.maxDelayMs', retry?.maxDelayMs, undefined, undefined),
      maxAgeMs: pick('retry.maxAgeMs', retry?.maxAgeMs, undefined, undefined),
      maxServerErrorRetries: pick('retry.maxServerErrorRetries', retry?.maxServerErrorRetries, undefined, undefined),
    },
    spool: {
      dir: pick('spool.dir', spool?.dir, undefined, undefined),
      mode: pick('spool.mode', spool?.mode, undefined, undefined),
      maxBytes: pick('spool.maxBytes', spool?.maxBytes, undefined, undefined),
      fsync: pick('spool.fsync', spool?.fsync, undefined, undefined),
    },
  };
}

/** Options in which `spool` is an object. */
type CheckedOptions = Omit<LoggerOptions, 'spool'> & { readonly spool?: SpoolOptions | undefined };

/** In code the directory alone will do. */
function withSpoolOptions(options: LoggerOptions): CheckedOptions {
  return hasSpoolObject(options) ? options : { ...options, spool: { dir: String(options.spool) } };
}

function hasSpoolObject(options: LoggerOptions): options is CheckedOptions {
  return typeof options?.spool !== 'string';
}

/** What the option's own rule accepted is what code could have given at this path. */
function settingOf<T>(path: string, values: OptionValues): Setting<T> | undefined {
  return values.get(path) as Setting<T> | undefined;
}

function copy<T extends object>(value: T | undefined): T | undefined {
  return value === undefined ? undefined : { ...value };
}
