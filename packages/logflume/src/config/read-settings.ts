import type { ConfigDiagnostic } from './diagnostic.ts';
import type { EnvironmentVariables } from './env-reader.ts';
import { layFileUnder } from './file/lay-file-under.ts';
import {
  type ConfigFile,
  type ConfigFileDeps,
  type FileVariable,
  readConfigFile,
  valuesOf,
} from './file/read-config-file.ts';
import { referencesIn } from './file/substitute-variables.ts';
import { knownVariables } from './option-list.ts';
import { type EnvironmentDeps, type EnvironmentSettings, readEnvironment } from './read-environment.ts';

/** What reading environment and files needs of the world. */
export interface SettingsDeps extends Omit<EnvironmentDeps, 'sourceInFile'> {
  readonly checkMore: ConfigFileDeps['checkMore'];
}

/**
 * Reads the environment, and beneath it the files `LOGFLUME_CONFIG` and `OTEL_CONFIG_FILE` name. Never throws.
 *
 * While a file of OpenTelemetry is used, the other `OTEL_…` variables are not, as its specification demands.
 */
export function readSettings(env: EnvironmentVariables, deps: SettingsDeps): EnvironmentSettings {
  const diagnostics: ConfigDiagnostic[] = [];
  const putIn = new Set<string>();
  const readFile = (path: string): string => {
    const text = deps.readFile(path);
    for (const name of referencesIn(text)) putIn.add(name);
    return text;
  };
  const read = (variable: FileVariable): ConfigFile | undefined => {
    const path = (Object.hasOwn(env, variable) ? env[variable] : undefined)?.trim() ?? '';
    if (path === '') return undefined;
    const { file, diagnostic } = readConfigFile(variable, path, { ...deps, readFile, env });
    if (diagnostic !== undefined) diagnostics.push(diagnostic);
    if (file === undefined) return undefined;
    for (const what of file.unsupported.slice(0, 1)) {
      const more = file.unsupported.length > 1 ? `, and ${file.unsupported.length - 1} more` : '';
      const message = `${variable}: ${what}${more}`;
      diagnostics.push({ kind: 'unsupportedSetting', name: variable, source: `environment ${variable}`, message });
    }
    return file;
  };
  const [ours, standard] = [read('LOGFLUME_CONFIG'), read('OTEL_CONFIG_FILE')];
  const variables = standard === undefined ? env : withoutStandardVariables(env, putIn, diagnostics);
  const layers = [ours, standard].filter((file) => file !== undefined);
  const sourceInFile = (option: string) => {
    const file = layers.find((each) => valuesOf(each).has(option));
    return file === undefined ? undefined : (`file ${file.path}:${file.lineOf(option)}` as const);
  };
  const settings = layers.reduce(layFileUnder, readEnvironment(variables, { ...deps, sourceInFile }));
  return { ...settings, diagnostics: [...diagnostics, ...settings.diagnostics] };
}

/** @param putIn - variables that are put into a file, so they do have an effect. */
function withoutStandardVariables(
  env: EnvironmentVariables,
  putIn: ReadonlySet<string>,
  diagnostics: ConfigDiagnostic[],
): EnvironmentVariables {
  const isHidden = (name: string) => name.startsWith('OTEL_') && name !== 'OTEL_CONFIG_FILE';
  const isIdle = (name: string) => isHidden(name) && knownVariables.has(name) && !putIn.has(name);
  const hidden = Object.keys(env).filter((name) => isIdle(name) && env[name]?.trim());
  if (hidden.length > 0) {
    const more = hidden.length > 1 ? ` and ${hidden.length - 1} more` : '';
    const message = `OTEL_CONFIG_FILE is used, so ${hidden[0]}${more} of the environment has no effect`;
    const source = 'environment OTEL_CONFIG_FILE';
    if (!diagnostics.some(({ name }) => name === 'OTEL_CONFIG_FILE')) {
      diagnostics.push({ kind: 'unsupportedSetting', name: 'OTEL_CONFIG_FILE', source, message });
    }
  }
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isHidden(name)));
}
