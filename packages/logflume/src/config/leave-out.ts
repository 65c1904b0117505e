import type { LogflumeError } from '@logflume/delivery';
import { expectedDestinations, expectedRoute } from './destination-variables.ts';
import { type ConfigDiagnostic, type SettingSource, toInvalidSetting } from './diagnostic.ts';

/** What to go on without. */
export type LeftOut =
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly option: 'destinations' | 'route';
      /** What to say, given the sources of what is used instead. */
      toDiagnostic(sources: Readonly<Record<string, SettingSource>>): ConfigDiagnostic;
    }
  /** All that a file may be left out for: what is to say is said when it is read again. */
  | { readonly kind: 'file' }
  | { readonly kind: 'routeOfFile'; readonly diagnostic: ConfigDiagnostic };

/**
 * Says what to leave out when destinations and rules turn out not to fit together, which can be judged only when those of
 * all places are known: a variable, a file, which is taken as a whole or not at all, or the rules of a file, where the
 * destinations are those of a stronger place: then the file may be right for itself.
 *
 * @returns `undefined` when code itself is wrong.
 */
export function leaveOut(error: LogflumeError, sources: ReadonlyMap<string, SettingSource>): LeftOut | undefined {
  const option = String(error.details['option'] ?? '').startsWith('route') ? 'route' : 'destinations';
  const [, place, rest = ''] = /^(environment|file) (.*)$/.exec(sources.get(option) ?? 'default') ?? [];
  if (place === undefined) return undefined;
  if (place === 'environment') {
    const toDiagnostic = (used: Readonly<Record<string, SettingSource>>): ConfigDiagnostic =>
      toInvalidVariable(rest, error, used[option] ?? 'default');
    return { kind: 'variable', name: rest, option, toDiagnostic };
  }
  const from = sources.get('destinations') ?? 'default';
  if (option === 'destinations' || from === 'default' || from.startsWith('file ')) return { kind: 'file' };
  return { kind: 'routeOfFile', diagnostic: toInvalidRoute(rest, error, from) };
}

function toInvalidVariable(name: string, error: LogflumeError, used: SettingSource): ConfigDiagnostic {
  const expected = name === 'LOGFLUME_ROUTE' ? expectedRoute : expectedDestinations;
  const bad = { expected, got: `a list where ${error.message}` };
  return toInvalidSetting(name, '', bad, used === 'default' ? 'none of it' : `those of ${used}`);
}

function toInvalidRoute(place: string, error: LogflumeError, destinationsFrom: SettingSource): ConfigDiagnostic {
  const [, file = '', line = ''] = /^(.*):(\d+)$/.exec(place) ?? [];
  const name = 'LOGFLUME_CONFIG';
  const message = `${name}: ${file}:${line}: ${error.message}; its route is ignored beside the destinations of ${destinationsFrom}`;
  const key = String(error.details['option'] ?? '');
  return {
    kind: 'invalidFile',
    name,
    source: `environment ${name}`,
    file,
    line: Number(line),
    key,
    closest: undefined,
    message,
  };
}
