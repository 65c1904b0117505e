import type { RedactOptions } from '../redact/redact-options.ts';
import { type SecretShape, secretShapeNames } from '../redact/secret-shapes.ts';
import { closestName } from './closest-name.ts';
import { oneOf } from './env-values.ts';
import { type BadOption, isRecord, type OptionRule, text } from './option-rule.ts';
import { showValue } from './show-value.ts';

const expectedShapes = `true, false or a list of ${oneOf(secretShapeNames)}`;

const names: Extract<OptionRule, { kind: 'value' }> = {
  kind: 'value',
  expected: 'a list of names',
  accepts: Array.isArray,
  faultOf: (value) => firstFault(value, faultOfKey),
};

/** Names and places that can never be met are refused: nobody sees that nothing is redacted. */
export const redactRule: Extract<OptionRule, { kind: 'value' }> = {
  kind: 'value',
  expected: 'a list of names, or an object with keys, paths or values',
  accepts: (value) => Array.isArray(value) || isRecord(value),
  faultOf: (value) => firstFault(value, faultOfKey),
  members: {
    keys: names,
    paths: {
      ...names,
      expected: 'a list of paths such as "user.password"',
      faultOf: (value) => firstFault(value, faultOfPath),
    },
    values: {
      kind: 'value',
      expected: expectedShapes,
      accepts: (value) => typeof value === 'boolean' || Array.isArray(value),
      faultOf: (value) => firstFault(value, faultOfShape),
    },
    replacement: text,
  },
};

/** Why a name cannot be met in `keys`. Dots, blanks and brackets may be part of one: `user[password]` of a form. */
export function faultOfKey(key: unknown): BadOption | undefined {
  const bad = { expected: 'a list of names', got: showValue(key) };
  if (!isName(key)) return bad;
  if (!key.includes('*')) return undefined;
  const place = withoutIndexes(key).replace(/^(?:\*\.)+/, '');
  const hint =
    place !== '' && !place.includes('*')
      ? `a name is met anywhere, write ${showValue(place)}`
      : place.includes('.') && faultOfPath(place) === undefined
        ? `places go into redact.paths, this one as ${showValue(place)}`
        : 'names are whole, without "*"';
  return { ...bad, hint };
}

function faultOfPath(path: unknown): BadOption | undefined {
  const bad = { expected: 'a list of paths such as "user.password"', got: showValue(path) };
  if (!isName(path)) return bad;
  const place = withoutIndexes(path);
  if (place !== path) {
    const write = faultOfPath(place) === undefined ? `, write ${showValue(place)}` : '';
    return { ...bad, hint: `lists have no names${write}` };
  }
  const parts = path.split('.');
  if (parts.includes('')) return { ...bad, hint: 'a name is missing beside a dot' };
  if (parts.every((part) => part === '*' || !part.includes('*'))) return undefined;
  return { ...bad, hint: '"*" stands for a whole name' };
}

function faultOfShape(shape: unknown): BadOption | undefined {
  if (isShape(shape)) return undefined;
  const close = typeof shape === 'string' ? closestName(shape, secretShapeNames) : undefined;
  return {
    expected: expectedShapes,
    got: showValue(shape),
    hint: close === undefined ? undefined : `write ${showValue(close)}`,
  };
}

/** `users[*].email` and `headers["x-key"]`, as others write places, in our form. */
function withoutIndexes(path: string): string {
  return path
    .replace(/\.?\[(?:\*|\d+)\]|\[\](?=\.)/g, '')
    .replace(/\.?\[(["'])(.*?)\1\]/g, '.$2')
    .replace(/^\./, '');
}

/**
 * What is right of a value of the option that is wrong somewhere: each member is judged by itself, and so is each entry of
 * a list; a text alone is the only entry of one. What cannot be redacted is no reason to write what can.
 *
 * @returns `undefined` when nothing is left to redact.
 */
export function rightPart(value: unknown): readonly string[] | RedactOptions | undefined {
  if (!isRecord(value)) return rightNames(value, faultOfKey);
  const [keys, paths] = [rightNames(value['keys'], faultOfKey), rightNames(value['paths'], faultOfPath)];
  const values = value['values'] === true ? true : rightEntries(value['values'], isShape);
  if (keys === undefined && paths === undefined && values === undefined) return undefined;
  const { replacement } = value;
  return { keys, paths, values, replacement: typeof replacement === 'string' ? replacement : undefined };
}

function rightNames(list: unknown, faultOf: (name: unknown) => BadOption | undefined): readonly string[] | undefined {
  return rightEntries(list, (name): name is string => isName(name) && faultOf(name) === undefined);
}

function rightEntries<T>(list: unknown, isRight: (entry: unknown) => entry is T): readonly T[] | undefined {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [list];
  const right = entries.filter(isRight);
  return right.length === 0 ? undefined : right;
}

function firstFault(value: unknown, faultOf: (entry: unknown) => BadOption | undefined): BadOption | undefined {
  return Array.isArray(value) ? value.map(faultOf).find((fault) => fault !== undefined) : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isShape(value: unknown): value is SecretShape {
  return secretShapeNames.some((shape) => shape === value);
}
