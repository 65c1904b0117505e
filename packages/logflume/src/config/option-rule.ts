import { oneOf } from './env-values.ts';

/** What an option in code may be. `undefined` is always allowed and means unset. */
export type OptionRule =
  | ({ readonly kind: 'value'; readonly expected: string; readonly accepts: (value: unknown) => boolean } & Extra)
  | { readonly kind: 'headers'; readonly orFunction: boolean }
  | { readonly kind: 'group'; readonly fields: Readonly<Record<string, OptionRule>> };

/** Why a value cannot work. */
export interface BadOption {
  readonly expected: string;
  /** Already safe to print. */
  readonly got: string;
  readonly hint?: string | undefined;
}

interface Extra {
  /** Why a value of the right kind cannot work all the same; `undefined` for one that can. */
  readonly faultOf?: (value: unknown) => BadOption | undefined;
  /** The value is never printed, only its kind. */
  readonly secret?: boolean;
  /** Rules for the members of a value that is an object, or of those of its entries if it is a list. */
  readonly members?: Readonly<Record<string, OptionRule>>;
  /** The one of `members` that an object must have. */
  readonly required?: string;
  /** The words it may be, to recognise a typing mistake. */
  readonly words?: readonly string[];
  /** JSON Schema of what a file may hold; without it anything, or one of `words`. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** Longest time a Node timer can wait, in milliseconds, and a limit nobody reaches for the rest. */
export const maxInteger = 2_147_483_647;

export const text: OptionRule = {
  kind: 'value',
  expected: 'a string',
  accepts: (value) => typeof value === 'string',
  schema: { type: 'string' },
};
/** A whole number from `min` to `max`. */
export function integer(min: number, max: number = maxInteger): OptionRule {
  const accepts = (value: unknown) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  const schema = { type: 'integer', minimum: min, maximum: max };
  return { kind: 'value', expected: `an integer, ${min} … ${max}`, accepts, schema };
}

/** One of a few words. */
export function word(...words: readonly string[]): OptionRule {
  const accepts = (value: unknown) => words.some((candidate) => candidate === value);
  return { kind: 'value', expected: oneOf(words), accepts, words, schema: { enum: words } };
}

export function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/** Whether a value is an object with named members: no array, no `null`, and no `Map`, `Set` or `Headers`, which keep theirs. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}
