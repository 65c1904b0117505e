import type { SettingSource, UnsupportedSetting } from './diagnostic.ts';
import { variableOf } from './option-list.ts';

/** Options that say how something is done, by the one that says that it is. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  'spool.dir': ['spool.mode', 'spool.maxBytes', 'spool.fsync'],
  'repeats.windowMs': ['repeats.maxMessages'],
  'rateLimit.recordsPerSecond': ['rateLimit.burstRecords', 'rateLimit.by', 'rateLimit.upTo'],
};

/** What was given and has no effect, as the option it is a detail of was not. Pure. */
export function findIdleOptions(sources: ReadonlyMap<string, SettingSource>): readonly UnsupportedSetting[] {
  return Object.entries(DETAILS).flatMap(([needed, details]) =>
    isGiven(sources.get(needed)) ? [] : details.flatMap((path) => toDiagnostic(path, sources.get(path), needed)),
  );
}

function toDiagnostic(path: string, source: SettingSource | undefined, needed: string): readonly UnsupportedSetting[] {
  if (!isGiven(source)) return [];
  const isVariable = source.startsWith('environment ');
  const name = isVariable ? source.slice('environment '.length) : path;
  const where = source.startsWith('file ') ? ` of ${source}` : '';
  const message = `${name}${where} has no effect without ${isVariable ? variableOf(needed) : needed}`;
  return [{ kind: 'unsupportedSetting', name, source, message }];
}

function isGiven(source: SettingSource | undefined): source is Exclude<SettingSource, 'default'> {
  return source !== undefined && source !== 'default';
}
