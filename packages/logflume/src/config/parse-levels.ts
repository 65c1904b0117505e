import { closestName } from './closest-name.ts';
import { showValue } from './show-value.ts';

/** How severe a record is. The OpenTelemetry severity numbers are in {@link severityOfLevel}. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** What a logger lets through: a level means that level and above, `off` means nothing. */
export type LevelThreshold = Level | 'off';

/**
 * The lowest number of each level's range, which is what a logger with one level per range has to send.
 *
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#mapping-of-severitynumber
 */
export const severityOfLevel: Readonly<Record<Level, number>> = Object.freeze({
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
});

/** What records of a level say it is, in OpenTelemetry's own short names. */
export const textOfLevel: Readonly<Record<Level, string>> = Object.freeze({
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
});

/** Above every severity number OpenTelemetry has (24): no record reaches it. */
const severityOfOff = 25;

/** Thresholds by logger name, as `LOG_LEVEL` and `options.level` write them. */
export interface LevelRules {
  /** For loggers that no entry of `byName` covers. */
  readonly default: LevelThreshold;
  /** Name, or the start of a dot-separated name, to threshold. */
  readonly byName: ReadonlyMap<string, LevelThreshold>;
}

/** What could be read of a text of levels, and what could not. */
export interface ParsedLevels {
  /** `undefined` when the text named no default, as `db=debug` does. */
  readonly default: LevelThreshold | undefined;
  readonly byName: ReadonlyMap<string, LevelThreshold>;
  /** One sentence per part that could not be read, naming the part; empty when all could. */
  readonly problems: readonly string[];
}

const thresholds: ReadonlyMap<string, LevelThreshold> = new Map<string, LevelThreshold>([
  ['trace', 'trace'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['fatal', 'fatal'],
  ['critical', 'fatal'],
  ['off', 'off'],
]);

/** The words a level may be written with, for messages. */
export const expectedLevel = 'trace, debug, info, warn, error, fatal or off';

/**
 * Reads one level. Case and surrounding blanks do not matter; `warning` means `warn`, `critical` means `fatal`.
 *
 * @returns `undefined` for any other word.
 */
export function parseLevel(word: string): LevelThreshold | undefined {
  // As it is first: `isLevelEnabled` asks this of each call, and to trim and lower a word takes ten times as long.
  return thresholds.get(word) ?? thresholds.get(word.trim().toLowerCase());
}

/**
 * Reads levels as a person writes them in one line: `info`, or `info,db=debug,http=warn`.
 *
 * Never throws; the parts that make sense are returned beside the problems of the others, so that one typing mistake
 * in a variable does not undo the rest. Empty parts are skipped. Of a default or name given twice the first counts.
 *
 * @example
 * ```ts
 * parseLevels('info,db=debug'); // { default: 'info', byName: Map { 'db' => 'debug' }, problems: [] }
 * ```
 */
export function parseLevels(text: string): ParsedLevels {
  let fallback: LevelThreshold | undefined;
  const byName = new Map<string, LevelThreshold>();
  const problems: string[] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const at = part.lastIndexOf('=');
    const word = part.slice(at + 1).trim();
    const name = at < 0 ? undefined : part.slice(0, at).trim();
    const level = parseLevel(word);
    if (level === undefined) problems.push(unknownLevel(part, word));
    else if (name === '') problems.push(`${showValue(part.trim())} names no logger before "="`);
    else if (name === undefined && fallback !== undefined) problems.push(`${showValue(word)} is a second default`);
    else if (name === undefined) fallback = level;
    else if (byName.has(name)) problems.push(`${showValue(name)} is given twice`);
    else byName.set(name, level);
  }
  return { default: fallback, byName, problems };
}

function unknownLevel(part: string, word: string): string {
  const close = closestName(word, [...thresholds.keys()]);
  const hint = close === undefined ? '' : `; write "${close}"`;
  const where = part.includes('=') ? ` in ${showValue(part.trim())}` : '';
  return `${showValue(word)}${where} is not a level${hint}`;
}

/**
 * Finds the threshold of a logger: the entry with the longest dot-separated start of its name, else the default.
 * `db` covers `db` and `db.pool`, not `dbx`.
 */
export function thresholdFor(rules: LevelRules, loggerName: string): LevelThreshold {
  return ruleFor(rules, loggerName) ?? rules.default;
}

/** As {@link thresholdFor}, but `undefined` where no entry covers the name. */
export function ruleFor({ byName }: LevelRules, loggerName: string): LevelThreshold | undefined {
  if (byName.size === 0) return undefined;
  for (let name = loggerName; ; name = name.slice(0, name.lastIndexOf('.'))) {
    const threshold = byName.get(name);
    if (threshold !== undefined) return threshold;
    if (!name.includes('.')) return undefined;
  }
}

/** The lowest severity number that passes a threshold: 1 … 21, or 25, which no record has, for `off`. */
export function minSeverityOf(threshold: LevelThreshold): number {
  return threshold === 'off' ? severityOfOff : severityOfLevel[threshold];
}
