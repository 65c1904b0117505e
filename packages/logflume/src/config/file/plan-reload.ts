import type { ConfigDiagnostic, FileReloadDiagnostic } from '../diagnostic.ts';
import type { ResolvedDestination, ResolvedOptions } from '../resolved-options.ts';

/** A part of the configuration that can change while the program runs. */
export const reloadable = ['levels', 'endpoints', 'destinations', 'route', 'sampling', 'repeats', 'rateLimit'] as const;

export type Reloadable = (typeof reloadable)[number];

/** What to do about a changed file. */
export interface ReloadPlan {
  /** What to put in force now; empty for an invalid file. */
  readonly apply: readonly Reloadable[];
  /** What to say; `undefined` when nothing of it concerns this logger. */
  readonly diagnostic: FileReloadDiagnostic | undefined;
}

/** Said of options by their own names. */
const optionNames: Readonly<Record<string, string>> = { levels: 'level' };

/** No values of an option, or code's alone: a difference in them is none. */
const ignored: readonly string[] = ['sources', 'diagnostics', 'onDiagnostic', 'color', 'axios'];

/**
 * Compares what was resolved when the logger was made, or at the last reload, with what the file says now. Pure.
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
    const message = invalid.message.replace('the whole file is ignored', 'the configuration before stays in force');
    return { apply: [], diagnostic: { kind: 'fileNotReloaded', file: invalid.file, message } };
  }
  // General endpoints are one of the destinations, where there are any.
  const told = after.destinations.length > 0 ? [...ignored, 'endpoints'] : ignored;
  const changed = Object.keys(after).filter((name) => !told.includes(name) && !isSame(name, before, after));
  if (changed.length === 0) return { apply: [], diagnostic: undefined };
  const apply = canApply.filter((name) => changed.includes(name) && isApplicable(name, before, after));
  const toOption = (name: string): string => optionNames[name] ?? name;
  const [now, later] = [apply.map(toOption), changed.filter((name) => !isOneOf(name, apply)).map(toOption)];
  const said = [
    ...(now.length > 0 ? [`${now.join(', ')} changed`] : []),
    ...(later.length > 0 ? [`${later.join(', ')} will change with the next start`] : []),
  ];
  const file = fileOf(after) ?? fileOf(before) ?? 'the configuration file';
  return {
    apply,
    diagnostic: { kind: 'fileReloaded', file, changed: now, message: `${file} was read anew: ${said.join('; ')}` },
  };
}

/** Destinations stay as they were made, but for their endpoints; rules are between those there are. */
function isApplicable(name: Reloadable, before: ResolvedOptions, after: ResolvedOptions): boolean {
  const [old, young] = [before.destinations, after.destinations];
  switch (name) {
    case 'levels':
    case 'endpoints':
    case 'sampling':
    case 'repeats':
    case 'rateLimit':
      return true;
    case 'destinations':
      return toComparable(old.map(withoutEndpoints)) === toComparable(young.map(withoutEndpoints));
    case 'route':
      return toComparable(old.map(nameOf)) === toComparable(young.map(nameOf));
    default:
      return name satisfies never;
  }
}

function withoutEndpoints({ endpoints: _, ...rest }: ResolvedDestination): unknown {
  return rest;
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
  return toComparable(Reflect.get(before, name)) === toComparable(Reflect.get(after, name));
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
