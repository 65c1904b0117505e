import type { HostLevels } from './host.ts';

/** OTLP severity numbers, 1 … 24, by level name. */
export type SeverityMapping = Readonly<Record<string, number>>;

/** The sets winston comes with, told by their names: `verbose` is 6 in one and 3 in another. */
const SETS: readonly SeverityMapping[] = [
  { error: 17, warn: 13, info: 9, http: 7, verbose: 6, debug: 5, silly: 1 },
  { emerg: 23, alert: 22, crit: 21, error: 17, warning: 13, notice: 10, info: 9, debug: 5 },
  { error: 17, warn: 13, help: 11, data: 10, info: 9, debug: 5, prompt: 4, verbose: 3, input: 2, silly: 1 },
];

/** Names that mean the same in everybody's own set. */
const NAMES: SeverityMapping = { fatal: 21, error: 17, warn: 13, info: 9, debug: 5, trace: 1 };

/** For a record that came without its set of levels. */
const ALL_NAMES: SeverityMapping = { ...SETS[1], ...SETS[0], ...NAMES };

/** Between neighbours of a set in which only one name, or none, is known. */
const STEP = 4;

/**
 * The severity number of every level of a set. Known sets have their table; in others, names that are not known take
 * their place between their neighbours, in the order of the set. Pure.
 *
 * @param own - laid over everything.
 */
export function severitiesOf(levels: HostLevels, own: SeverityMapping): ReadonlyMap<string, number> {
  const names = Object.keys(levels);
  const set = SETS.find(
    (each) => Object.keys(each).length === names.length && names.every((n) => Object.hasOwn(each, n)),
  );
  const knownOf = (name: string): number | undefined =>
    lookUp(own, name) ?? (set === undefined ? lookUp(NAMES, name.toLowerCase()) : set[name]);
  const all = names.map((name) => ({ rank: levels[name] ?? 0, severity: knownOf(name) }));
  const known = all.flatMap(({ rank, severity }) => (severity === undefined ? [] : [{ rank, severity }]));
  const anchors = known.length > 0 ? known.sort((a, b) => a.rank - b.rank) : endsOf(all.map(({ rank }) => rank));
  return new Map(names.map((name) => [name, knownOf(name) ?? interpolate(anchors, levels[name] ?? 0)]));
}

/** The severity number of a level whose set is not known, 0 for a name nobody knows. Pure. */
export function severityOfName(name: string, own: SeverityMapping): number {
  return lookUp(own, name) ?? lookUp(ALL_NAMES, name.toLowerCase()) ?? 0;
}

interface Anchor {
  readonly rank: number;
  readonly severity: number;
}

/** A set of which no name is known spans from an error to debugging. */
function endsOf(ranks: readonly number[]): Anchor[] {
  const first = Math.min(...ranks);
  const last = Math.max(...ranks);
  if (first === last) return [{ rank: first, severity: 9 }];
  return [
    { rank: first, severity: 17 },
    { rank: last, severity: 5 },
  ];
}

/** On the line through the nearest anchors on both sides, or through the last two where one side has none. */
function interpolate(anchors: readonly Anchor[], rank: number): number {
  const after = anchors.findIndex((anchor) => anchor.rank >= rank);
  const at = after === -1 ? anchors.length - 1 : Math.max(after, 1);
  const right = anchors[at];
  const left = anchors[at - 1];
  const only = right ?? left ?? anchors[0];
  if (only === undefined) return 0;
  const slope =
    left === undefined || right === undefined || left.rank === right.rank
      ? -STEP
      : (right.severity - left.severity) / (right.rank - left.rank);
  return Math.min(24, Math.max(1, Math.round(only.severity + slope * (rank - only.rank))));
}

function lookUp(mapping: SeverityMapping, name: string): number | undefined {
  return Object.hasOwn(mapping, name) ? mapping[name] : undefined;
}
