import type { FileOutputOptions } from '../output/file/file-options.ts';
import { defaults } from './defaults.ts';
import type { ConfigDiagnostic, SettingSource } from './diagnostic.ts';
import type { Setting } from './env-reader.ts';
import type { ConsoleFormat, ConsoleOptions, LoggerOptions } from './logger-options.ts';
import type { EnvironmentSettings } from './read-environment.ts';
import type { Output, ResolvedFile, ResolvedOptions } from './resolved-options.ts';

/** What decides where records go. */
export interface OutputFacts {
  readonly options: LoggerOptions;
  readonly env: EnvironmentSettings;
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean;
}

/** Where records go, and why. */
export interface OutputDecision {
  readonly output: Setting<Output>;
  readonly console: Setting<false | ConsoleFormat>;
  /** Where the addresses are to be taken from; `undefined` without a backend, `default` for the specification's. */
  readonly endpointsFrom: 'code' | 'environment' | 'default' | undefined;
  readonly diagnostic: ConfigDiagnostic | undefined;
}

/**
 * Decides where records go. Pure.
 *
 * - `OTEL_SDK_DISABLED=true` and `OTEL_LOGS_EXPORTER=none` silence everything, code included: a deployment must be able
 *   to switch an application off without changing it. They are the one exception to "code beats the environment".
 * - Endpoints in code are used. Those of the environment are used unless `OTEL_LOGS_EXPORTER` names exporters and
 *   `otlp` is not one of them. `otlp` without any address means the specification's default address.
 * - Destinations are as endpoints in code: those of the environment are not used beside them, nor beside an empty list.
 * - Destinations of the environment or a file stand beside the endpoints of these two, and are left out with them.
 * - Without an endpoint or a file the console is the output, unless it is switched off.
 */
export function decideOutput({ options, env, isTTY }: OutputFacts): OutputDecision {
  const { disabled, exporters } = env;
  const silencer = disabled?.value === true ? disabled : exporters?.value.has('none') ? exporters : undefined;
  if (silencer !== undefined) {
    const { source } = silencer;
    const output = { value: 'none', source } as const;
    return { output, console: { value: false, source }, endpointsFrom: undefined, diagnostic: undefined };
  }
  const endpointsFrom = decideEndpoints(options, env);
  const own = hasDestinations(options) ? 'code' : destinationsOutsideCode(options, env)?.source;
  const backend = endpointsFrom === undefined ? own : toSource(endpointsFrom, env);
  const file = fileSource(options, env);
  const console = decideConsole({ options, env, isTTY }, backend !== undefined || file !== undefined);
  if (backend !== undefined) {
    return { output: { value: 'backend', source: backend }, console, endpointsFrom, diagnostic: undefined };
  }
  if (console.value === false && file !== undefined) {
    return { output: { value: 'file', source: file }, console, endpointsFrom, diagnostic: undefined };
  }
  const value = console.value === false ? 'none' : 'console';
  const diagnostic = console.value === false ? toNoOutput(console.source) : undefined;
  return { output: { value, source: console.source }, console, endpointsFrom, diagnostic };
}

function decideEndpoints(options: LoggerOptions, env: EnvironmentSettings): OutputDecision['endpointsFrom'] {
  if (options.endpoints === undefined && hasDestinations(options)) return undefined;
  if (options.endpoints !== undefined) return options.endpoints.length === 0 ? undefined : 'code';
  const names = env.exporters?.value;
  if (names !== undefined && !names.has('otlp')) return undefined;
  if (env.endpoints !== undefined) return 'environment';
  if (destinationsOutsideCode(options, env) !== undefined) return undefined;
  return names === undefined ? undefined : 'default';
}

/** Then code has said where records go. */
function hasDestinations({ destinations }: LoggerOptions): boolean {
  return destinations !== undefined && destinations.length > 0;
}

/**
 * Those of the environment or a file, unless `OTEL_LOGS_EXPORTER` leaves out what is not in code, or code has a list of its
 * own, be it empty.
 */
export function destinationsOutsideCode(
  options: LoggerOptions,
  { others, exporters }: EnvironmentSettings,
): Setting<unknown> | undefined {
  if (options.destinations !== undefined) return undefined;
  const setting = others.get('destinations');
  const isUsed = exporters === undefined || exporters.value.has('otlp');
  return isUsed && Array.isArray(setting?.value) && setting.value.length > 0 ? setting : undefined;
}

/** Where files were named; `undefined` without any. */
function fileSource({ file }: LoggerOptions, { others }: EnvironmentSettings): SettingSource | undefined {
  const setting: Setting<unknown> | undefined =
    file === undefined ? others.get('file') : { value: file, source: 'code' };
  const isEmpty = Array.isArray(setting?.value) && setting.value.length === 0;
  return isEmpty ? undefined : setting?.source;
}

function toSource(from: 'code' | 'environment' | 'default', env: EnvironmentSettings): SettingSource {
  if (from === 'code') return 'code';
  const setting = from === 'environment' ? env.endpoints : env.exporters;
  return setting?.source ?? 'default';
}

function decideConsole(facts: OutputFacts, hasOther: boolean): OutputDecision['console'] {
  const { options, env, isTTY } = facts;
  const suitable = isTTY && env.ci?.value !== true ? 'pretty' : 'json';
  const asked = options.console === undefined ? env.console : { value: options.console, source: 'code' as const };
  if (asked !== undefined) {
    const format = typeof asked.value === 'object' ? (asked.value.format ?? true) : asked.value;
    return { value: format === true ? suitable : format, source: asked.source };
  }
  const names = env.exporters?.value;
  const source = env.exporters?.source ?? 'default';
  if (names?.has('otlp/stdout')) return { value: 'otlp-json', source };
  if (names?.has('console') || names?.has('logging')) return { value: suitable, source };
  return { value: hasOther ? false : suitable, source: 'default' };
}

function toNoOutput(source: SettingSource): ConfigDiagnostic {
  const name = source === 'code' ? 'console' : source.replace(/^environment /, '');
  const message = `${name} is false and there is no endpoint, so records go nowhere; set endpoints or OTEL_EXPORTER_OTLP_ENDPOINT`;
  return { kind: 'noOutput', name, source, message };
}

/** How the lines of the console are split and shortened. */
export function toConsoleLines(console: LoggerOptions['console']): ResolvedOptions['consoleLines'] {
  const { stderrFrom, maxLineBytes }: ConsoleOptions = typeof console === 'object' ? console : {};
  return { stderrFrom, maxLineBytes };
}

/** Files with all their values. */
export function toFiles(file: LoggerOptions['file']): readonly ResolvedFile[] {
  const given = file === undefined ? [] : isFileList(file) ? file : [file];
  return given.map((each) => {
    const options: FileOutputOptions = typeof each === 'string' ? { path: each } : each;
    const { path, format, level, maxBytes, maxAgeMs, maxFiles, maxLineBytes } = options;
    return {
      path,
      format: format ?? defaults.fileFormat,
      level,
      maxBytes: maxBytes ?? defaults.maxFileBytes,
      maxAgeMs,
      maxFiles: maxFiles ?? defaults.maxFiles,
      maxLineBytes,
    };
  });
}

function isFileList(file: NonNullable<LoggerOptions['file']>): file is readonly (string | FileOutputOptions)[] {
  return Array.isArray(file);
}
