import { secretShapeNames } from '../redact/secret-shapes.ts';
import { oneOf } from './env-values.ts';
import { type BadOption, isRecord, type OptionRule, text } from './option-rule.ts';
import { showValue } from './show-value.ts';

const names: Extract<OptionRule, { kind: 'value' }> = {
  kind: 'value',
  expected: 'a list of names',
  accepts: isNameList,
  faultOf: (value) => firstFault(value, faultOfKey),
};

/** Names and places that can never be met are refused: nobody sees that nothing is redacted. */
export const redactRule: Extract<OptionRule, { kind: 'value' }> = {
  kind: 'value',
  expected: 'a list of names, or an object with keys, paths or values',
  accepts: (value) => isNameList(value) || isRecord(value),
  faultOf: (value) => (Array.isArray(value) ? firstFault(value, faultOfKey) : undefined),
  members: {
    keys: names,
    paths: {
      ...names,
      expected: 'a list of paths such as "user.password"',
      faultOf: (value) => firstFault(value, faultOfPath),
    },
    values: {
      kind: 'value',
      expected: `true, false or a list of ${oneOf(secretShapeNames)}`,
      accepts: (value) =>
        typeof value === 'boolean' ||
        (Array.isArray(value) && value.every((shape) => secretShapeNames.some((name) => name === shape))),
    },
    replacement: text,
  },
};

/** Why a name cannot be met in `keys`. Dots, blanks and brackets may be part of one: `user[password]` of a form. */
export function faultOfKey(key: string): BadOption | undefined {
  if (!key.includes('*')) return undefined;
  const place = withoutIndexes(key).replace(/^(?:\*\.)+/, '');
  const hint = !place.includes('*')
    ? `a name is met anywhere, write ${showValue(place)}`
    : place.includes('.') && faultOfPath(place) === undefined
      ? `places go into redact.paths, this one as ${showValue(place)}`
      : 'names are whole, without "*"';
  return { expected: 'a list of names', got: showValue(key), hint };
}

function faultOfPath(path: string): BadOption | undefined {
  const bad = { expected: 'a list of paths such as "user.password"', got: showValue(path) };
  const place = withoutIndexes(path);
  if (place !== path) return { ...bad, hint: `lists have no names, write ${showValue(place)}` };
  const parts = path.split('.');
  if (parts.includes('')) return { ...bad, hint: 'a name is missing beside a dot' };
  if (parts.every((part) => part === '*' || !part.includes('*'))) return undefined;
  return { ...bad, hint: '"*" stands for a whole name' };
}

/** `users[*].email` and `headers["x-key"]`, as others write places, in our form. */
function withoutIndexes(path: string): string {
  return path
    .replace(/\[(?:\*|\d+)\]|\[\](?=\.)/g, '')
    .replace(/\[(["'])(.*?)\1\]/g, '.$2')
    .replace(/^\./, '');
}

/** What is left of the option as JSON without names and places that cannot be met; `undefined` when that is nothing. */
export function meetablePart(json: string): string | undefined {
  const redact = parseJson(json);
  if (Array.isArray(redact)) return JSON.stringify(withoutFaults(redact, faultOfKey));
  const { keys, paths, ...others }: Record<string, unknown> = Object(redact);
  const rest = { keys: withoutFaults(keys, faultOfKey), paths: withoutFaults(paths, faultOfPath) };
  return rest.keys === undefined && rest.paths === undefined ? undefined : JSON.stringify({ ...rest, ...others });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // Not JSON at all.
  }
}

function withoutFaults(list: unknown, faultOf: (name: string) => BadOption | undefined): unknown {
  if (!Array.isArray(list)) return list;
  const rest = list.filter((name) => isNameList([name]) && faultOf(name) === undefined);
  return rest.length === 0 ? undefined : rest;
}

function firstFault(list: unknown, faultOf: (name: string) => BadOption | undefined): BadOption | undefined {
  return isNameList(list) ? list.map(faultOf).find((fault) => fault !== undefined) : undefined;
}

function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}
