import type { ConfigDiagnostic, FileReloadDiagnostic } from '../diagnostic.ts';
import type { ResolvedDestination, ResolvedOptions } from '../resolved-options.ts';

/** A part of the configuration that can change while the program runs. */
export const reloadable = ['levels', 'endpoints', 'destinations', 'route', 'sampling', 'repeats', 'rateLimit'] as const;

export type Reloadable = (typeof reloadable)[number];

/** What to do about a changed file. */
export interface ReloadPlan {
  /** What to put in force now; empty for an invalid file. */
  readonly apply: readonly Reloadable[];
  /** What is in force then: to be compared with the next time. */
  readonly running: ResolvedOptions;
  /** What to say; `undefined` when nothing of it concerns this logger. */
  readonly diagnostic: FileReloadDiagnostic | undefined;
}

/** Said of options by their own names. */
const optionNames: Readonly<Record<string, string>> = { levels: 'level' };

/** Destinations whose endpoints change at once, and something else with the next start. */
const REST = 'the rest of destinations';

/** No values of an option, or code's alone: a difference in them is none. */
const ignored: readonly string[] = ['sources', 'diagnostics', 'onDiagnostic', 'color', 'axios'];

/**
 * Compares what runs with what the file says now. Pure.
 *
 * A file that is wrong changes nothing. What cannot change while the program runs is named, and keeps its value.
 */
export function planReload(
  before: ResolvedOptions,
  after: ResolvedOptions,
  canApply: readonly Reloadable[],
): ReloadPlan {
  const invalid = after.diagnostics.find(isInvalidFile);
  if (invalid !== undefined) {
    const message = invalid.message.replace(/[^;]* ignored[^;]*$/, ' the configuration before stays in force');
    return { apply: [], running: before, diagnostic: { kind: 'fileNotReloaded', file: invalid.file, message } };
  }
  // General endpoints are one of the destinations, where there are any.
  const told = after.destinations.length > 0 ? ['endpoints'] : [];
  const compared = Object.keys(after).filter((name) => !ignored.includes(name) && !told.includes(name));
  const changed = compared.filter((name) => !isSame(name, before, after));
  const apply = canApply.filter((name) => changed.includes(name) && isApplicable(name, before, after));
  const later = changed.filter((name) => !isOneOf(name, apply));
  if (apply.includes('destinations') && !isRestSame(before, after)) later.push(REST);
  const kept = [...later, ...told].map((name) => [name, Reflect.get(before, name)]);
  const running: ResolvedOptions = {
    ...after,
    ...Object.fromEntries(kept),
    destinations: before.destinations.map((old, index) => ({
      ...old,
      endpoints: (apply.includes('destinations') ? after : before).destinations[index]?.endpoints ?? old.endpoints,
    })),
  };
  if (changed.length === 0) return { apply, running, diagnostic: undefined };
  const [now, next] = [toOptions(apply), toOptions(later)];
  const said = [
    ...(now.length > 0 ? [`${now.join(', ')} changed`] : []),
    ...(next.length > 0 ? [`${next.join(', ')} will change with the next start`] : []),
  ];
  const file = fileOf(after) ?? fileOf(before) ?? 'the configuration file';
  return {
    apply,
    running,
    diagnostic: { kind: 'fileReloaded', file, changed: now, message: `${file} was read anew: ${said.join('; ')}` },
  };
}

/** Destinations stay as they were made, but for their endpoints; rules are between those there are. */
function isApplicable(name: Reloadable, before: ResolvedOptions, after: ResolvedOptions): boolean {
  switch (name) {
    case 'levels':
    case 'sampling':
    case 'repeats':
    case 'rateLimit':
      return true;
    case 'endpoints':
      return after.endpoints.length > 0; // Without one, other outputs take their place.
    case 'destinations':
      return (
        areNamesSame(before, after) &&
        !isEqual(before.destinations.map(endpointsOf), after.destinations.map(endpointsOf))
      );
    case 'route':
      return areNamesSame(before, after);
    default:
      return name satisfies never;
  }
}

function toOptions(names: readonly string[]): readonly string[] {
  return names.map((name) => optionNames[name] ?? name);
}

function areNamesSame(before: ResolvedOptions, after: ResolvedOptions): boolean {
  return isEqual(before.destinations.map(nameOf), after.destinations.map(nameOf));
}

/** Whether destinations of the same names differ in nothing but their endpoints and what all of them take from above. */
function isRestSame(before: ResolvedOptions, after: ResolvedOptions): boolean {
  return before.destinations.every((old, index) => {
    const young = after.destinations[index];
    return Object.keys(old).every((name) => {
      const [was, is] = [Reflect.get(old, name), Reflect.get(Object(young), name)];
      if (name === 'endpoints' || ignored.includes(name) || isEqual(was, is)) return true;
      return isEqual(was, Reflect.get(before, name)) && isEqual(is, Reflect.get(after, name));
    });
  });
}

function endpointsOf({ endpoints }: ResolvedDestination): unknown {
  return endpoints;
}

function nameOf({ name }: ResolvedDestination): string {
  return name;
}

function isOneOf(name: string, names: readonly string[]): boolean {
  return names.includes(name);
}

function isInvalidFile(event: ConfigDiagnostic): event is Extract<ConfigDiagnostic, { kind: 'invalidFile' }> {
  return event.kind === 'invalidFile';
}

function isSame(name: string, before: ResolvedOptions, after: ResolvedOptions): boolean {
  if (name !== 'destinations') return isEqual(Reflect.get(before, name), Reflect.get(after, name));
  const areEndpointsSame = isEqual(before.destinations.map(endpointsOf), after.destinations.map(endpointsOf));
  return areNamesSame(before, after) && areEndpointsSame && isRestSame(before, after);
}

function isEqual(one: unknown, other: unknown): boolean {
  return toComparable(one) === toComparable(other);
}

/** As text, without what is made anew by each resolution: functions around the same code, the id of the process. */
function toComparable(value: unknown): string {
  return JSON.stringify({ value }, (key, member: unknown) => {
    if (key === 'service.instance.id' || typeof member === 'function') return undefined;
    if (member instanceof Map) return [...member];
    return member instanceof RegExp || typeof member === 'bigint' ? String(member) : member;
  });
}

/** The file some value came from. */
function fileOf({ sources }: ResolvedOptions): string | undefined {
  const source = Object.values(sources).find((each) => /^file .*:\d+$/.test(each));
  return source?.replace(/^file (.*):\d+$/, '$1');
}
