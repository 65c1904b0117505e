import { closestName } from './closest-name.ts';
import type { BadValue } from './diagnostic.ts';

/** What is made of a text that holds one value: the value, or why there is none. */
export type ParsedValue<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'bad'; readonly bad: BadValue };

/** What is made of a text that may hold several entries: `partly` when some are of use; `bad` tells of the others. */
export type Parsed<T> = ParsedValue<T> | { readonly kind: 'partly'; readonly value: T; readonly bad: BadValue };

/** Reads the trimmed text of one variable, whose name decides where several share a parser. Must not throw. */
export type Parser<T> = (text: string, name: string) => Parsed<T>;

/** Largest integer the specification lets an environment variable have. */
export const maxEnvInteger = 2_147_483_647;

/** A value of no use at all; the text itself is shown, so not for secrets. */
export function toBad(expected: string, hint?: string | undefined): { kind: 'bad'; bad: BadValue } {
  return { kind: 'bad', bad: { expected, hint } };
}

/** Decimal digits only: `1e3`, `0x10`, `5.5` and `+5`, which `Number()` would take, are typing mistakes here. */
const digits = /^[0-9]{1,16}$/;

/** Only `true` in any case is true, only `false` is false. */
export function parseBoolean(text: string): ParsedValue<boolean> {
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return { kind: 'ok', value: word === 'true' };
  return toBad('"true" or "false"');
}

/** An integer from `min` to `max`. */
export function parseInteger(min: 0 | 1, max: number = maxEnvInteger): (text: string) => ParsedValue<number> {
  return (text) => readInteger(text, `an integer, ${min} … ${max}`, { min, max });
}

/** Whole milliseconds from 0 to `max`. What 0 means is the business of the setting. */
export function parseMilliseconds(max: number = maxEnvInteger): (text: string) => ParsedValue<number> {
  const expected = `whole milliseconds, 0 … ${max}`;
  return (text) => {
    const seconds = /^([0-9]{1,6})s$/i.exec(text)?.[1];
    if (seconds !== undefined) return toBad(expected, `write "${Number(seconds) * 1000}"`);
    return readInteger(text, expected, { min: 0, max });
  };
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function readInteger(text: string, expected: string, { min, max }: Range): ParsedValue<number> {
  const value = digits.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? { kind: 'ok', value } : toBad(expected);
}

/** One of a few words, in any case. */
export function parseEnum<T extends string>(words: readonly T[]): (text: string) => ParsedValue<T> {
  return (text) => {
    const word = words.find((candidate) => candidate === text.toLowerCase());
    if (word !== undefined) return { kind: 'ok', value: word };
    const close = closestName(text, words);
    return toBad(oneOf(words), close === undefined ? undefined : `write "${close}"`);
  };
}

/** `"a", "b" or "c"`. */
export function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}
