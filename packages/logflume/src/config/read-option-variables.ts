import { whyRefused } from './check-options.ts';
import type { EnvReader, Setting } from './env-reader.ts';
import { type ParsedValue, toBad } from './env-values.ts';
import { type OptionEntry, optionList } from './option-list.ts';
import { describeKind } from './show-value.ts';

/** Values by option path, each accepted by the rule of its option. */
export type OptionValues = ReadonlyMap<string, Setting<unknown>>;

/**
 * Reads the variables that have no rules of their own: `LOGFLUME_` and the option's path. What the text may be follows
 * from the option, so an option with a row has a variable without a line more.
 */
export function readOptionVariables(reader: EnvReader): OptionValues {
  const values = new Map<string, Setting<unknown>>();
  for (const option of optionList) {
    if (option.variables !== undefined) continue;
    const parse = (text: string) => parseOptionText(text, option);
    const use = { option: option.path, otherwise: `the default, ${option.default.replaceAll('`', '')}` };
    const setting = reader.read(option.variableNames, parse, use);
    if (setting !== undefined) values.set(option.path, setting);
  }
  return values;
}

/** Takes the first reading of a text that the option accepts: one of its words, a number, a boolean, JSON, the text. */
export function parseOptionText(
  text: string,
  { path, rule }: Pick<OptionEntry, 'path' | 'rule'>,
): ParsedValue<unknown> {
  if (rule.kind === 'headers') return toBad('readable by itself');
  const isJson = /^[[{]/.test(text);
  // What may be an object is meant as one: with a mistake in it, it is no path or word that looks odd.
  const readings = isJson && rule.members !== undefined ? [parseJson(text)] : readingsOf(text, rule.words ?? []);
  const value = readings.find((reading) => whyRefused(reading, path, rule) === undefined);
  if (value !== undefined) return { kind: 'ok', value };
  const bad = toBad(rule.expected);
  const json = parseJson(text);
  if (json !== undefined && rule.accepts(json)) {
    const why = whyRefused(json, path, rule)?.message;
    return { kind: 'bad', bad: { ...bad.bad, got: `${Array.isArray(json) ? 'a list' : 'an object'} where ${why}` } };
  }
  const isSecret = rule.secret === true || isJson;
  return isSecret ? { kind: 'bad', bad: { ...bad.bad, got: `${describeKind(text)} that is none` } } : bad;
}

function readingsOf(text: string, words: readonly string[]): readonly unknown[] {
  const word = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  const number = /^[0-9]{1,16}(\.[0-9]{1,16})?$/.test(text) ? Number(text) : undefined;
  const flag = /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;
  return [word, number, flag, parseJson(text), text];
}

/** An array or an object that is written as JSON; `undefined` for any other text. */
export function parseJson(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Then the text is what was meant, or the option refuses it.
  }
}
