/** OTLP's severity of the level names that pino and bunyan share. */
export const severityOfName: Readonly<Record<string, number>> = Object.freeze({
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
});

/**
 * Of names that are no level of pino's, but what `formatters.level` makes of one for Google Cloud or syslog. Those of
 * syslog as `@logflume/winston` has them.
 */
export const severityOfForeignName: Readonly<Record<string, number>> = Object.freeze({
  notice: 10,
  warning: 13,
  crit: 21,
  critical: 21,
  alert: 22,
  emerg: 23,
  emergency: 23,
});

/** The level numbers that pino and bunyan share. */
export const standardLevels: Readonly<Record<string, number>> = Object.freeze({
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
});

/** A level number whose severity is known. */
interface Anchor {
  readonly level: number;
  readonly severity: number;
}

/**
 * Decides the severity of a level number. Pure.
 *
 * A level between two with known names gets what lies between, rounded to the less severe, so that 39 is still INFO
 * and not WARN; one beyond them goes on at the same pace, up to 24 and down to 1. The names count and not the numbers
 * alone, so that a set which falls, such as syslog's, comes out right.
 *
 * @param levels - numbers of the levels by name, as the logger has them; {@link standardLevels} where they hold fewer
 *   than two names that are known.
 * @returns 1 … 24, or 0, unspecified, for what is no finite number.
 */
export function decideSeverity(level: number, levels: Readonly<Record<string, number>> = standardLevels): number {
  if (!Number.isFinite(level)) return 0;
  const own = anchorsOf(levels);
  const anchors = own.length < 2 ? anchorsOf(standardLevels) : own;
  const above = anchors.findIndex((anchor, index) => index > 0 && level <= anchor.level);
  const right = above < 0 ? anchors.length - 1 : above;
  const [low, high] = [anchors[right - 1], anchors[right]];
  if (low === undefined || high === undefined) return 0;
  if (level === low.level) return low.severity;
  const perLevel = (high.severity - low.severity) / (high.level - low.level);
  // The small term keeps 11 from becoming 10 by the rounding of its fraction.
  const severity = Math.floor(low.severity + (level - low.level) * perLevel + 1e-9);
  return Math.min(Math.max(severity, 1), 24);
}

/** By level, each number once. */
function anchorsOf(levels: Readonly<Record<string, number>>): Anchor[] {
  const anchors = Object.entries(severityOfName).flatMap(([name, severity]) => {
    const level = Object.hasOwn(levels, name) ? levels[name] : undefined;
    return typeof level === 'number' && Number.isFinite(level) ? [{ level, severity }] : [];
  });
  anchors.sort((a, b) => a.level - b.level);
  return anchors.filter(({ level }, index) => index === 0 || anchors[index - 1]?.level !== level);
}
