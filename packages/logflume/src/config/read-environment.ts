import { defaults as deliveryDefaults } from '@logflume/delivery';
import { closestName } from './closest-name.ts';
import { defaults } from './defaults.ts';
import { readDestinationVariables } from './destination-variables.ts';
import type { ConfigDiagnostic } from './diagnostic.ts';
import {
  createEnvReader,
  type EnvironmentVariables,
  type EnvReader,
  type OtherPlaces,
  type Setting,
} from './env-reader.ts';
import {
  type Parsed,
  type ParsedValue,
  parseBoolean,
  parseEnum,
  parseInteger,
  parseMilliseconds,
  toBad,
} from './env-values.ts';
import { reportUnreadVariables } from './known-variables.ts';
import type { LoggerOptions } from './logger-options.ts';
import { consoleFormats, consoleRule, maxBatchRecords, maxLingerMs } from './option-rules.ts';
import { endpointVariables, parseEndpoints } from './otel-endpoint.ts';
import { type ExporterName, parseExporters } from './otel-exporters.ts';
import { parseHeaders } from './otel-headers.ts';
import { parseAttributes, parseResourceAttributes } from './otel-resource-attributes.ts';
import { expectedLevel, type ParsedLevels, parseLevels } from './parse-levels.ts';
import { type OptionValues, parseJson, parseOptionText, readOptionVariables } from './read-option-variables.ts';
import { type ReadFile, readTls, type TlsSettings } from './read-tls.ts';
import { faultOfKey, redactRule, rightPart } from './redact-rules.ts';
import type { GivenEndpoint } from './resolve-endpoints.ts';
import { isUnexpanded } from './unexpanded.ts';

/** What reading the environment needs besides the variables. */
export interface EnvironmentDeps extends OtherPlaces {
  readonly readFile: ReadFile;
  /** Whether this Node compresses with zstd (≥ 22.15). */
  readonly hasZstd: boolean;
}

/** What the environment says, before code and defaults are laid around it. `undefined`: nothing usable was set. */
export interface EnvironmentSettings {
  readonly disabled: Setting<boolean> | undefined;
  readonly exporters: Setting<ReadonlySet<ExporterName>> | undefined;
  /** At least one. */
  readonly endpoints: Setting<readonly GivenEndpoint[]> | undefined;
  /** By lower-case name; generic and signal-specific ones merged. */
  readonly headers: ReadonlyMap<string, Setting<string>>;
  readonly format: Setting<'otlp-protobuf' | 'otlp-json'> | undefined;
  readonly compression: Setting<'gzip' | 'zstd' | 'none'> | undefined;
  readonly balance: Setting<'least-loaded' | 'round-robin' | 'failover'> | undefined;
  readonly tls: TlsSettings;
  /** 0 is no limit. */
  readonly timeoutMs: Setting<number> | undefined;
  readonly lingerMs: Setting<number> | undefined;
  readonly maxRecords: Setting<number> | undefined;
  readonly maxAttributes: Setting<number> | undefined;
  readonly maxValueLength: Setting<number> | undefined;
  readonly fallback: Setting<'stderr' | 'stdout' | 'none'> | undefined;
  readonly console: Setting<NonNullable<LoggerOptions['console']>> | undefined;
  readonly redact: Setting<NonNullable<LoggerOptions['redact']>> | undefined;
  /** Whether an automatic build runs us: stdout is nobody's terminal then, whatever it claims. */
  readonly ci: Setting<boolean> | undefined;
  /** From `FORCE_COLOR`, else `NO_COLOR`. */
  readonly color: Setting<boolean> | undefined;
  readonly levels: Setting<ParsedLevels> | undefined;
  readonly serviceName: Setting<string> | undefined;
  readonly resourceAttributes: Setting<ReadonlyMap<string, string>> | undefined;
  /** `LOGFLUME_ATTRIBUTES` */
  readonly attributes: Setting<Readonly<Record<string, unknown>>> | undefined;
  /** Attributes of a configuration file, the weaker ones first; empty without one. */
  readonly resourceOfFile: readonly (readonly [string, Setting<unknown>])[];
  /** All other options, by path. */
  readonly others: OptionValues;
  /** One per variable at most. */
  readonly diagnostics: readonly ConfigDiagnostic[];
}

/**
 * Reads every variable logflume knows. Pure apart from the files `deps.readFile` is asked for; never throws.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readEnvironment(env: EnvironmentVariables, deps: EnvironmentDeps): EnvironmentSettings {
  const reader = createEnvReader(env, deps);
  const exporters = readExporters(reader);
  const disabled = reader.read(['OTEL_SDK_DISABLED'], parseBoolean, { otherwise: 'false' });
  const isSilent = disabled?.value === true || exporters?.value.has('none') === true;
  const withoutEndpoint = exporters?.value.has('otlp') ? defaults.endpoint : 'the console';
  const settings: Omit<EnvironmentSettings, 'diagnostics'> = {
    disabled,
    exporters,
    endpoints: reader.read(endpointVariables, parseEndpoints, {
      option: 'endpoints',
      otherwise: isSilent ? 'no output' : withoutEndpoint,
    }),
    headers: readHeaders(reader),
    format: reader.read(otlp('PROTOCOL'), parseProtocol, { option: 'format', otherwise: '"http/protobuf"' }),
    compression: reader.read(otlp('COMPRESSION'), toCompressionParser(deps.hasZstd), {
      option: 'compression',
      otherwise: `the default, "${defaults.compression}"`,
    }),
    balance: reader.read(['LOGFLUME_BALANCE'], parseEnum(['least-loaded', 'round-robin', 'failover']), {
      option: 'balance',
      otherwise: 'the default, "least-loaded"',
    }),
    tls: readTls(reader, deps.readFile),
    timeoutMs: readTimeout(reader),
    ...readBatch(reader),
    ...readLimits(reader),
    fallback: reader.read(['LOGFLUME_FALLBACK'], parseEnum(['stderr', 'stdout', 'none']), {
      option: 'fallback',
      otherwise: 'the default, "stderr"',
    }),
    console: reader.read(['LOGFLUME_CONSOLE'], parseConsole, { option: 'console', otherwise: 'the default' }),
    redact: reader.read(['LOGFLUME_REDACT'], parseRedact, { option: 'redact', otherwise: 'nothing is redacted' }),
    ci: readCi(reader),
    color: readColor(reader),
    levels: reader.read(['LOG_LEVEL'], parseLevelText, {
      option: 'level',
      otherwise: `the default, "${defaults.level}"`,
    }),
    serviceName: reader.read(['OTEL_SERVICE_NAME'], parseName, { otherwise: 'the detected name' }),
    resourceAttributes: reader.read(['OTEL_RESOURCE_ATTRIBUTES'], parseResourceAttributes, { otherwise: 'none of it' }),
    attributes: reader.read(['LOGFLUME_ATTRIBUTES'], parseAttributes, {
      option: 'attributes',
      otherwise: 'none of it',
    }),
    resourceOfFile: [],
    others: new Map([...readOptionVariables(reader), ...readDestinationVariables(reader)]),
  };
  // Only gRPC knows a connection without a scheme; HTTP takes the scheme of the URL. Read to report nonsense.
  reader.read(otlp('INSECURE'), parseBoolean, { otherwise: 'the scheme of the endpoint' });
  reportUnreadVariables(env, reader);
  return { ...settings, diagnostics: reader.diagnostics };
}

/** The signal-specific variable, then the generic one. */
function otlp(what: string): readonly string[] {
  return [`OTEL_EXPORTER_OTLP_LOGS_${what}`, `OTEL_EXPORTER_OTLP_${what}`];
}

function readExporters(reader: EnvReader): Setting<ReadonlySet<ExporterName>> | undefined {
  const name = 'OTEL_LOGS_EXPORTER';
  const setting = reader.read([name], parseExporters, { otherwise: 'the default' });
  const remark = { name, source: `environment ${name}` } as const;
  if (setting?.value.has('logging')) {
    const message = `${name} holds "logging", an old word; write "console"`;
    reader.report({ kind: 'deprecatedSetting', ...remark, message });
  }
  return setting;
}

function readHeaders(reader: EnvReader): ReadonlyMap<string, Setting<string>> {
  const merged = new Map<string, Setting<string>>();
  for (const name of otlp('HEADERS').toReversed()) {
    const setting = reader.read([name], parseHeaders, { otherwise: 'no header of it' });
    for (const [header, value] of setting?.value ?? []) merged.set(header, { value, source: `environment ${name}` });
  }
  return merged;
}

function parseProtocol(text: string): ParsedValue<'otlp-protobuf' | 'otlp-json'> {
  const protocol = parseEnum(['http/protobuf', 'http/json'])(text);
  if (protocol.kind === 'bad') return protocol;
  return { kind: 'ok', value: protocol.value === 'http/json' ? 'otlp-json' : 'otlp-protobuf' };
}

function toCompressionParser(hasZstd: boolean): (text: string) => ParsedValue<'gzip' | 'zstd' | 'none'> {
  const parse = parseEnum(['gzip', 'zstd', 'none']);
  return (text) => {
    const parsed = parse(text);
    if (parsed.kind !== 'ok' || parsed.value !== 'zstd' || hasZstd) return parsed;
    return toBad('"gzip" or "none"', 'zstd needs Node 22.15 or newer');
  };
}

/** An attempt ends at the exporter's timeout or at that of the whole export, whichever is shorter; 0 never ends it. */
function readTimeout(reader: EnvReader): Setting<number> | undefined {
  const use = { option: 'timeoutMs', otherwise: `the default, ${deliveryDefaults.timeoutMs} ms` };
  const attempt = reader.read(otlp('TIMEOUT'), parseMilliseconds(), use);
  const cap = reader.read(['OTEL_BLRP_EXPORT_TIMEOUT'], parseMilliseconds(), { ...use, otherwise: 'no cap' });
  if (cap === undefined || cap.value === 0) return attempt;
  const timeoutMs = attempt?.value ?? deliveryDefaults.timeoutMs;
  return timeoutMs === 0 || cap.value < timeoutMs ? cap : attempt;
}

function readBatch(reader: EnvReader): Pick<EnvironmentSettings, 'lingerMs' | 'maxRecords'> {
  const queue = 'OTEL_BLRP_MAX_QUEUE_SIZE';
  const records = reader.read([queue], parseInteger(1), { otherwise: 'a queue bounded in bytes' });
  if (records !== undefined) {
    // Any factor we chose would either waste memory or throw away a burst that fits.
    const message = `${queue} has no effect: the queue is bounded in bytes, not in records; use LOGFLUME_QUEUE_MAX_BYTES`;
    reader.report({ kind: 'unsupportedSetting', name: queue, source: records.source, message });
  }
  return {
    lingerMs: reader.read(['OTEL_BLRP_SCHEDULE_DELAY'], parseMilliseconds(maxLingerMs), {
      option: 'batch.lingerMs',
      otherwise: `the default, ${deliveryDefaults.lingerMs} ms`,
    }),
    maxRecords: reader.read(['OTEL_BLRP_MAX_EXPORT_BATCH_SIZE'], parseInteger(1, maxBatchRecords), {
      option: 'batch.maxRecords',
      otherwise: `the default, ${deliveryDefaults.maxBatchRecords}`,
    }),
  };
}

function readLimits(reader: EnvReader): Pick<EnvironmentSettings, 'maxAttributes' | 'maxValueLength'> {
  const names = (what: string) => [`OTEL_LOGRECORD_ATTRIBUTE_${what}_LIMIT`, `OTEL_ATTRIBUTE_${what}_LIMIT`];
  return {
    maxAttributes: reader.read(names('COUNT'), parseInteger(0), {
      option: 'limits.maxAttributes',
      otherwise: `the default, ${defaults.maxAttributes}`,
    }),
    maxValueLength: reader.read(names('VALUE_LENGTH'), parseInteger(0), {
      option: 'limits.maxValueLength',
      otherwise: 'the default, no limit',
    }),
  };
}

function parseConsole(text: string): ParsedValue<NonNullable<LoggerOptions['console']>> {
  const parsed = parseOptionText(text, { path: 'console', rule: consoleRule });
  if (parsed.kind === 'ok') return { kind: 'ok', value: parsed.value as NonNullable<LoggerOptions['console']> }; // by its rule
  const close = closestName(text, ['true', 'false', ...consoleFormats]);
  return { kind: 'bad', bad: { ...parsed.bad, hint: close === undefined ? undefined : `write "${close}"` } };
}

/** Names separated by commas or blanks, or JSON: what can be redacted is, whatever is wrong with the rest. */
function parseRedact(text: string): Parsed<NonNullable<LoggerOptions['redact']>> {
  const names = text.startsWith('{') || parseJson(text) !== undefined ? [] : namesIn(text);
  const json = names.length === 0 ? text : JSON.stringify(names);
  const parsed = parseRedactJson(json);
  if (parsed.kind === 'ok') return parsed;
  const value = rightPart(parseJson(json));
  const bad = names.map(faultOfKey).find((fault) => fault !== undefined) ?? parsed.bad;
  return value === undefined ? { kind: 'bad', bad } : { kind: 'partly', value, bad };
}

/** Quotes around names are those of a list that lacks its brackets; brackets around all, of one that lacks quotes. */
function namesIn(text: string): readonly string[] {
  const bare = /^\[(.*)\]$/s.exec(text)?.[1] ?? text;
  const names = bare.split(/[,\s]+/).map((name) => name.replace(/^(["'])(.*)\1$/, '$2'));
  return names.filter((name) => name !== '');
}

function parseRedactJson(json: string): ParsedValue<NonNullable<LoggerOptions['redact']>> {
  const parsed = parseOptionText(json, { path: 'redact', rule: redactRule });
  if (parsed.kind === 'bad') return parsed;
  return { kind: 'ok', value: parsed.value as NonNullable<LoggerOptions['redact']> }; // by its rule
}

/** Builders say `CI=true`, some of them `CI=1` or their own name. */
function readCi(reader: EnvReader): Setting<boolean> | undefined {
  const text = reader.text('CI');
  return text === undefined ? undefined : { value: !/^(?:false|0)$/i.test(text), source: 'environment CI' };
}

/** As Node does: `FORCE_COLOR` wins, and only `0` and `false` in it mean no; `NO_COLOR` means no with any value. */
function readColor(reader: EnvReader): Setting<boolean> | undefined {
  const force = reader.text('FORCE_COLOR');
  if (force !== undefined) return { value: !/^(0|false)$/i.test(force), source: 'environment FORCE_COLOR' };
  return reader.text('NO_COLOR') === undefined ? undefined : { value: false, source: 'environment NO_COLOR' };
}

function parseLevelText(text: string): Parsed<ParsedLevels> {
  const value = parseLevels(text);
  const isEmpty = value.default === undefined && value.byName.size === 0;
  if (!isEmpty && value.problems.length === 0) return { kind: 'ok', value };
  const expected = `${expectedLevel}, or levels by name such as "info,db=debug"`;
  if (isEmpty && value.problems.length === 0) return toBad(expected);
  const bad = { expected, got: `a text where ${value.problems.slice(0, 3).join(', and ')}` };
  return isEmpty ? { kind: 'bad', bad } : { kind: 'partly', value, bad };
}

function parseName(text: string): ParsedValue<string> {
  if (!isUnexpanded(text)) return { kind: 'ok', value: text };
  return toBad('free of "$(…)" references', 'define the variable it refers to before this one');
}
