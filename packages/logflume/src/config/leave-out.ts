import type { LogflumeError } from '@logflume/delivery';
import { expectedDestinations, expectedRoute } from './destination-variables.ts';
import { type ConfigDiagnostic, type SettingSource, toInvalidSetting } from './diagnostic.ts';
import type { EnvironmentVariables } from './env-reader.ts';

/** How to go on without what turned out to be wrong. */
export interface LeftOut {
  /** What is wrong of the two. */
  readonly option: 'destinations' | 'route';
  /** The environment without it. */
  readonly env: EnvironmentVariables;
  /** What to say, given the sources of what is used instead. */
  toDiagnostic(sources: Readonly<Record<string, SettingSource>>): ConfigDiagnostic;
}

/**
 * Says what to leave out when destinations and rules turn out not to fit together, which can be judged only when those of
 * all places are known: a variable, or a file, which is taken as a whole or not at all.
 *
 * @returns `undefined` when code itself is wrong.
 */
export function leaveOut(
  error: LogflumeError,
  sources: ReadonlyMap<string, SettingSource>,
  env: EnvironmentVariables,
): LeftOut | undefined {
  const option = String(error.details['option'] ?? '').startsWith('route') ? 'route' : 'destinations';
  const source = sources.get(option) ?? 'default';
  const [, place, rest = ''] = /^(environment|file) (.*)$/.exec(source) ?? [];
  if (place === undefined) return undefined;
  const name = place === 'file' ? 'LOGFLUME_CONFIG' : rest;
  return {
    option,
    env: Object.fromEntries(Object.entries(env).filter(([variable]) => variable !== name)),
    toDiagnostic: (used) =>
      place === 'file' ? toInvalidFile(rest, error) : toInvalidVariable(name, error, used[option] ?? 'default'),
  };
}

function toInvalidVariable(name: string, error: LogflumeError, used: SettingSource): ConfigDiagnostic {
  const expected = name === 'LOGFLUME_ROUTE' ? expectedRoute : expectedDestinations;
  const bad = { expected, got: `a list where ${error.message}` };
  return toInvalidSetting(name, '', bad, used === 'default' ? 'none of it' : `those of ${used}`);
}

function toInvalidFile(place: string, error: LogflumeError): ConfigDiagnostic {
  const [, file = '', line = ''] = /^(.*):(\d+)$/.exec(place) ?? [];
  const name = 'LOGFLUME_CONFIG';
  const message = `${name}: ${file}:${line}: ${error.message}; the whole file is ignored`;
  const key = String(error.details['option'] ?? '');
  const closest = typeof error.details['closest'] === 'string' ? error.details['closest'] : undefined;
  return { kind: 'invalidFile', name, source: `environment ${name}`, file, line: Number(line), key, closest, message };
}
