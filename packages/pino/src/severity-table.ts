import { decideSeverity, severityOfForeignName, severityOfName, standardLevels } from './decide-severity.ts';

/** The levels of a pino logger, as it shows them in `logger.levels`. */
export interface LevelNames {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, number>>;
}

/** What a record says of its level. */
export interface Severity {
  /** 1 … 24, or 0 when it is unknown. */
  readonly number: number;
  /** The host's own name of the level. */
  readonly text: string;
}

/** The levels every pino logger has, and bunyan too. */
export const standardLevelNames: LevelNames = Object.freeze({
  labels: Object.freeze(Object.fromEntries(Object.entries(standardLevels).map(([name, level]) => [level, name]))),
  values: standardLevels,
});

/** Never more of these for one set of levels: a number that is no level may come from anywhere in a line. */
const MAX_KNOWN = 256;

/** Severities by level number, decided once for each number of each set of levels. */
export class SeverityTable {
  readonly #known = new WeakMap<object, Map<number, Severity>>();

  of(level: number, names: LevelNames): Severity {
    let known = this.#known.get(names);
    if (known === undefined) {
      known = new Map();
      this.#known.set(names, known);
    }
    let severity = known.get(level);
    if (severity === undefined) {
      severity = { number: decideSeverity(level, names.values), text: names.labels[level] ?? String(level) };
      if (known.size < MAX_KNOWN) known.set(level, severity);
    }
    return severity;
  }

  /** Of a level that is known by its name alone, in any case of letters: that is what `formatters.level` often writes. */
  ofName(name: string, names: LevelNames): Severity {
    const lower = name.toLowerCase();
    for (const key of [name, lower]) {
      const level = numberAmong(names.values, key);
      if (level !== undefined) return { number: this.of(level, names).number, text: name };
    }
    return { number: numberAmong(severityOfName, lower) ?? numberAmong(severityOfForeignName, lower) ?? 0, text: name };
  }
}

function numberAmong(numbers: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(numbers, name) ? numbers[name] : undefined;
}
