import { closestName } from './closest-name.ts';
import type { BadValue } from './diagnostic.ts';
import { parseEndpointUrl } from './endpoint-url.ts';
import type { EnvReader, Setting } from './env-reader.ts';
import type { ParsedValue } from './env-values.ts';
import type { DestinationOptions } from './logger-options.ts';
import { parseLevel, severityOfLevel } from './parse-levels.ts';
import type { OptionValues } from './read-option-variables.ts';
import type { RouteRule } from './route-options.ts';
import { showEntries, showValue } from './show-value.ts';

export const expectedDestinations = 'name=URL pairs separated by commas, or a JSON list of objects with a name';

export const expectedRoute =
  'destination=level or destination=logger:level pairs separated by commas, or a JSON list of rules';

/**
 * Reads `LOGFLUME_DESTINATIONS` and `LOGFLUME_ROUTE`. Each is taken as a whole or not at all: records may not go to the
 * wrong place because half of a list was read. Members of JSON are judged where those of code are.
 */
export function readDestinationVariables(reader: EnvReader): OptionValues {
  const values = new Map<string, Setting<unknown>>();
  const read = (option: string, variable: string, parse: (text: string) => ParsedValue<unknown>): void => {
    const setting = reader.read([variable], parse, { option, otherwise: 'none of it' });
    if (setting !== undefined) values.set(option, setting);
  };
  read('destinations', 'LOGFLUME_DESTINATIONS', parseDestinations);
  read('route', 'LOGFLUME_ROUTE', parseRoute);
  return values;
}

/** `audit=http://a:4318,audit=http://b:4318,vendor=https://v`: a name that comes again has another endpoint. */
export function parseDestinations(text: string): ParsedValue<readonly DestinationOptions[]> {
  if (isJson(text)) return parseList(text, expectedDestinations);
  const urls = new Map<string, string[]>();
  const wrong: string[] = [];
  let hint: string | undefined;
  for (const entry of entriesOf(text)) {
    const [name, url] = cutAt(entry, '=');
    const parsed = parseEndpointUrl(url, 'default');
    if (name !== '' && parsed.kind === 'ok') urls.set(name, [...(urls.get(name) ?? []), url]);
    else wrong.push(entry);
    if (name !== '' && parsed.kind === 'bad') hint ??= parsed.bad.hint;
  }
  // A hint may repeat an entry, which may be half of a password.
  if (text.includes('@')) hint = undefined;
  if (wrong.length > 0) {
    return { kind: 'bad', bad: { expected: expectedDestinations, got: showEntries(text, wrong), hint } };
  }
  if (urls.size === 0) return { kind: 'bad', bad: { expected: expectedDestinations } };
  return { kind: 'ok', value: [...urls].map(([name, endpoints]) => ({ name, endpoints })) };
}

/** `alerts=error,audit=payments:info`: what a destination gets, by level, or by logger and level. */
export function parseRoute(text: string): ParsedValue<readonly RouteRule[]> {
  if (isJson(text)) return parseList(text, expectedRoute);
  const rules: RouteRule[] = [];
  for (const entry of entriesOf(text)) {
    const [to, rest] = cutAt(entry, '=');
    const [logger, word] = rest.includes(':') ? cutAt(rest, ':') : [undefined, rest];
    const level = parseLevel(word);
    if (to === '' || logger === '') return { kind: 'bad', bad: { expected: expectedRoute, got: showValue(entry) } };
    if (level === undefined || level === 'off') return { kind: 'bad', bad: toBadLevel(entry, word) };
    rules.push(logger === undefined ? { to, level } : { to, logger, level });
  }
  return rules.length > 0 ? { kind: 'ok', value: rules } : { kind: 'bad', bad: { expected: expectedRoute } };
}

function toBadLevel(entry: string, word: string): BadValue {
  const levels = Object.keys(severityOfLevel);
  const close = closestName(word, levels);
  const hint = close === undefined ? `a level is one of ${levels.join(', ')}` : `write "${close}"`;
  return { expected: expectedRoute, got: showValue(entry), hint };
}

function isJson(text: string): boolean {
  return /^[[{]/.test(text);
}

/** What it holds is never repeated: an entry may have headers. */
function parseList<T>(text: string, expected: string): ParsedValue<readonly T[]> {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.length > 0) return { kind: 'ok', value };
    return { kind: 'bad', bad: { expected, got: Array.isArray(value) ? 'an empty list' : 'an object' } };
  } catch {
    return { kind: 'bad', bad: { expected, got: 'something that is no JSON' } }; // Its text may be secret.
  }
}

function entriesOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** What is before and behind the first of a character; all is before where there is none. */
function cutAt(text: string, mark: string): readonly [before: string, behind: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
