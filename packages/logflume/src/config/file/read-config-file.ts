import { LogflumeError } from '@logflume/delivery';
import { checkOptions } from '../check-options.ts';
import type { InvalidFile } from '../diagnostic.ts';
import type { EnvironmentVariables } from '../env-reader.ts';
import type { LoggerOptions } from '../logger-options.ts';
import { optionList } from '../option-list.ts';
import { rightPart } from '../redact-rules.ts';
import { type GivenEndpoint, parseEndpointOptions } from '../resolve-endpoints.ts';
import { showValue } from '../show-value.ts';
import { type ConfigMap, type ConfigNode, ConfigTextError, memberOf, placeOf, toValue } from './config-node.ts';
import { fromOpenTelemetryConfig } from './opentelemetry-config.ts';
import { parseJsonConfig } from './parse-json-config.ts';
import { parseYamlConfig } from './parse-yaml-config.ts';
import { readByRules } from './read-by-rules.ts';

/** The variables that name a configuration file, from the strongest to the weakest. */
export const fileVariables = ['LOGFLUME_CONFIG', 'OTEL_CONFIG_FILE'] as const;

export type FileVariable = (typeof fileVariables)[number];

/** What a configuration file says: checked as options in code are. */
export interface ConfigFile {
  readonly path: string;
  readonly options: LoggerOptions;
  /** Those of `options`, read. */
  readonly endpoints: readonly GivenEndpoint[];
  /** `disabled: true` of an OpenTelemetry file. */
  readonly isDisabled: boolean;
  /** The line of an option, by path. */
  readonly lineOf: (option: string) => number;
  /** What a file of OpenTelemetry asks for and does not get, a sentence each. */
  readonly unsupported: readonly string[];
}

/** What became of a file. */
export interface FileReading {
  /** What is in force of it: all; of one that is wrong its `redact`, as far as it is right; `undefined` for nothing. */
  readonly file: ConfigFile | undefined;
  /** What is wrong with it. */
  readonly diagnostic: InvalidFile | undefined;
}

/** What reading a file needs of the world. */
export interface ConfigFileDeps {
  /** Reads a file as text; may throw. */
  readonly readFile: (path: string) => string;
  readonly env: EnvironmentVariables;
  /** What cannot be known without the process: whether certificates are there, whether Node has zstd. May throw. */
  readonly checkMore: (options: LoggerOptions) => void;
}

/** Nobody writes a larger one. */
const maxFileUnits = 1024 * 1024;

/**
 * Reads a configuration file: YAML by its ending `.yaml` or `.yml`, else JSON. Never throws.
 *
 * A file is taken as a whole or not at all: half a configuration is one nobody wrote. But what it takes out of records
 * stays out of them, as a mistake beside it is no reason to write secrets.
 *
 * @returns with the first thing that is wrong, where something is: file, line, key and, for an unknown key, the closest
 *   one there is.
 */
export function readConfigFile(variable: FileVariable, path: string, deps: ConfigFileDeps): FileReading {
  try {
    return { file: toConfigFile(variable, path, parse(path, deps), deps), diagnostic: undefined };
  } catch (error) {
    const file = error instanceof ConfigOptionError ? withRedactAlone(path, error.root) : undefined;
    return { file, diagnostic: toInvalidFile(variable, path, error, file !== undefined) };
  }
}

function withRedactAlone(path: string, root: ConfigMap): ConfigFile | undefined {
  const given = memberOf(root, 'redact');
  const redact = given === undefined ? undefined : rightPart(toValue(given.node, 'text'));
  if (redact === undefined) return undefined;
  return { path, options: { redact }, endpoints: [], isDisabled: false, lineOf: lineIn(root), unsupported: [] };
}

function lineIn(root: ConfigMap): ConfigFile['lineOf'] {
  return (option) => placeOf(root, option).line;
}

function parse(path: string, { readFile, env }: ConfigFileDeps): ConfigNode {
  const text = readFile(path);
  if (text.length > maxFileUnits) throw new ConfigTextError(1, `it is larger than ${maxFileUnits} characters`);
  // Some editors begin a file with a mark that is no part of it.
  const bare = text.replace(/^\uFEFF/, '');
  return /\.ya?ml$/i.test(path) ? parseYamlConfig(bare, env) : parseJsonConfig(bare, env);
}

/** What is wrong with an option, and where it stands: by the name the file has for it, too. */
class ConfigOptionError extends Error {
  readonly root: ConfigMap;
  readonly line: number;
  override readonly cause: LogflumeError;

  constructor(root: ConfigMap, cause: LogflumeError) {
    const { line, as } = placeOf(root, String(cause.details['option'] ?? ''));
    super(as === undefined ? cause.message : `${as}, here ${cause.message}`);
    this.root = root;
    this.line = line;
    this.cause = cause;
  }
}

function toConfigFile(variable: FileVariable, path: string, node: ConfigNode, deps: ConfigFileDeps): ConfigFile {
  const isOurs = variable === 'LOGFLUME_CONFIG';
  const empty: ConfigMap = { kind: 'map', line: 1, members: [] };
  const given = node.kind === 'scalar' && node.value === null ? empty : node;
  if (given.kind !== 'map') throw new ConfigTextError(given.line, 'it must hold keys and values');
  const { root, isDisabled, unsupported } = isOurs
    ? { root: withoutSchema(given), isDisabled: false, unsupported: [] }
    : fromOpenTelemetryConfig(given);
  const value = readByRules(root);
  try {
    checkOptions(value);
    // Checked just now: what the rules accept is what the type says.
    const options = value as LoggerOptions;
    const endpoints = parseEndpointOptions(options.endpoints ?? []);
    deps.checkMore(options);
    return { path, options, endpoints, isDisabled, lineOf: lineIn(root), unsupported };
  } catch (error) {
    if (!(error instanceof LogflumeError)) throw error;
    throw new ConfigOptionError(root, error);
  }
}

/** `$schema` is for editors. */
function withoutSchema(root: ConfigMap): ConfigMap {
  return { ...root, members: root.members.filter(({ key }) => key !== '$schema') };
}

function toInvalidFile(variable: FileVariable, path: string, error: unknown, isRedactKept: boolean): InvalidFile {
  const cause = error instanceof ConfigOptionError ? error.cause : undefined;
  const line = error instanceof ConfigOptionError || error instanceof ConfigTextError ? error.line : undefined;
  // What could not be read need not be a path: it may be a token that was put into the wrong variable.
  const where = line === undefined ? showPath(path) : `${onOneLine(path)}:${line}`;
  const what = line === undefined ? `it cannot be read (${codeOf(error)})` : messageOf(error);
  return {
    kind: 'invalidFile',
    name: variable,
    source: `environment ${variable}`,
    file: line === undefined ? where : onOneLine(path),
    line,
    key: textOf(cause?.details['option']),
    closest: textOf(cause?.details['closest']),
    message: `${variable}: ${where}: ${what}; the whole file is ignored${isRedactKept ? ', but for its redact' : ''}`,
  };
}

/** A configuration that was put into the variable itself has headers in it. */
function showPath(path: string): string {
  return /^\{|:\s/.test(path) ? 'something that is no path' : showValue(path).slice(1, -1);
}

function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it cannot be read';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The errno name, such as `ENOENT`; the text of an error may hold more than is good. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'an unexpected error';
}

/** Values of a file by option path, for those options that have one value. */
export function valuesOf(file: ConfigFile): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const { path } of optionList) {
    const value = path
      .split('.')
      .reduce<unknown>((at, name) => (isObject(at) ? Reflect.get(at, name) : undefined), file.options);
    if (value !== undefined) values.set(path, value);
  }
  return values;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
