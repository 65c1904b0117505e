import { isOwnHeader } from '@logflume/delivery';
import type { SettingSource, UnsupportedSetting } from './diagnostic.ts';
import { variableOf } from './option-list.ts';

/** Options that say how something is done, by the one that says that it is. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  'spool.dir': ['spool.mode', 'spool.maxBytes', 'spool.fsync'],
  'repeats.windowMs': ['repeats.maxMessages'],
  'rateLimit.recordsPerSecond': ['rateLimit.burstRecords', 'rateLimit.by', 'rateLimit.upTo'],
};

/** What was given and has no effect: the option it is a detail of was not, or it is a header that is never a user's. Pure. */
export function findIdleOptions(sources: ReadonlyMap<string, SettingSource>): readonly UnsupportedSetting[] {
  const details = Object.entries(DETAILS).flatMap(([needed, paths]) =>
    isGiven(sources.get(needed)) ? [] : paths.flatMap((path) => toDiagnostic(path, sources.get(path), needed)),
  );
  return [...details, ...[...sources].flatMap(([path, source]) => ofHeader(path, source))];
}

const HEADERS = 'headers.';

function ofHeader(path: string, source: SettingSource): readonly UnsupportedSetting[] {
  const header = path.slice(HEADERS.length);
  if (!path.startsWith(HEADERS) || !isOwnHeader(header)) return [];
  const variable = source.startsWith('environment ') ? source.slice('environment '.length) : undefined;
  const where = source.startsWith('file ') ? ` of ${source}` : '';
  const what = variable === undefined ? `${path}${where}` : `${header} in ${variable}`;
  const message = `${what} has no effect: it is logflume that sets it`;
  return [{ kind: 'unsupportedSetting', name: variable ?? path, source, message }];
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
