import { secretShapeNames } from '../redact/secret-shapes.ts';
import { oneOf } from './env-values.ts';
import { type BadOption, type OptionRule, text } from './option-rule.ts';
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
  // A set or a map has no members of its own that a rule could judge.
  accepts: (value) =>
    isNameList(value) ||
    (typeof value === 'object' && value !== null && !Array.isArray(value) && !(Symbol.iterator in value)),
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

/** Why a name cannot be met in `keys`. Dots may be part of a name, as of OpenTelemetry's. */
export function faultOfKey(key: string): BadOption | undefined {
  if (/[[\]*"]/.test(key)) {
    const hint = `places go into redact.paths, this one as ${showValue(withoutBrackets(key))}`;
    return { expected: 'a list of names', got: showValue(key), hint };
  }
  if (!/\s/.test(key)) return undefined;
  return { expected: 'a list of names', got: showValue(key), hint: 'make each name an entry of its own' };
}

function faultOfPath(path: string): BadOption | undefined {
  const bad = { expected: 'a list of paths such as "user.password"', got: showValue(path) };
  if (/[[\]]/.test(path)) return { ...bad, hint: `lists have no names, write ${showValue(withoutBrackets(path))}` };
  const parts = path.split('.');
  if (parts.includes('')) return { ...bad, hint: 'a name is missing beside a dot' };
  if (parts.every((part) => part === '*' || !part.includes('*'))) return undefined;
  return { ...bad, hint: '"*" stands for a whole name' };
}

/** `users[*].email` and `headers["x-key"]`, as others write places, in our form. */
function withoutBrackets(path: string): string {
  return path
    .replace(/\[(?:\*|\d*)\]/g, '')
    .replace(/\["?([^\]"]*)"?\]?/g, '.$1')
    .replace(/[\]"]/g, '')
    .replace(/^\./, '');
}

function firstFault(list: unknown, faultOf: (name: string) => BadOption | undefined): BadOption | undefined {
  return isNameList(list) ? list.map(faultOf).find((fault) => fault !== undefined) : undefined;
}

function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}
