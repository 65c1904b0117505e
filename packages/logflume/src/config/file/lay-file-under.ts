import type { SettingSource } from '../diagnostic.ts';
import type { Setting } from '../env-reader.ts';
import { type ParsedLevels, parseLevels } from '../parse-levels.ts';
import type { EnvironmentSettings } from '../read-environment.ts';
import { toLowerCaseNames } from '../resolve-endpoints.ts';
import { type ConfigFile, valuesOf } from './read-config-file.ts';

/** Fills in from a file what the environment did not say: the environment beats the file, the file beats the defaults. */
export function layFileUnder(settings: EnvironmentSettings, file: ConfigFile): EnvironmentSettings {
  const sourceOf = (path: string): SettingSource => `file ${file.path}:${file.lineOf(path)}`;
  const setting = <T>(path: string, value: T | undefined): Setting<T> | undefined =>
    value === undefined ? undefined : { value, source: sourceOf(path) };
  const { options } = file;
  const others = new Map(settings.others);
  for (const [path, value] of valuesOf(file)) {
    if (!others.has(path)) others.set(path, { value, source: sourceOf(path) });
  }
  const levels: ParsedLevels | undefined = options.level === undefined ? undefined : parseLevels(options.level);
  return {
    ...settings,
    disabled: settings.disabled ?? (file.isDisabled ? setting('disabled', true) : undefined),
    // An empty list is no address; only code can refuse those of the environment by it.
    endpoints: settings.endpoints ?? (file.endpoints.length > 0 ? setting('endpoints', file.endpoints) : undefined),
    headers: new Map([...headersOf(file, sourceOf), ...settings.headers]),
    console: settings.console ?? setting('console', options.console),
    levels: settings.levels ?? setting('level', levels),
    resourceOfFile: [...resourceOf(file, sourceOf), ...settings.resourceOfFile],
    others,
  };
}

type SourceOf = (path: string) => SettingSource;

function headersOf({ options }: ConfigFile, sourceOf: SourceOf): readonly (readonly [string, Setting<string>])[] {
  // A file holds no function.
  if (options.headers === undefined || typeof options.headers === 'function') return [];
  return Object.entries(options.headers).flatMap(([name, value]) =>
    Object.keys(toLowerCaseNames({ [name]: value })).map((lower) => [
      lower,
      { value, source: sourceOf(`headers.${name}`) },
    ]),
  );
}

function resourceOf({ options }: ConfigFile, sourceOf: SourceOf): readonly (readonly [string, Setting<unknown>])[] {
  return Object.entries(options.resource ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, { value, source: sourceOf(`resource.${name}`) }]);
}
