import { describe, expect, it } from 'vitest';
import { variableOf } from './option-list.ts';
import type { OptionRule } from './option-rule.ts';
import { fileRule } from './option-rules.ts';
import { parseOptionText } from './read-option-variables.ts';

type ValueRule = Extract<OptionRule, { kind: 'value' }>;

const integer: ValueRule = { kind: 'value', expected: 'an integer', accepts: Number.isInteger };
const text: ValueRule = { kind: 'value', expected: 'a string', accepts: (value) => typeof value === 'string' };
const list: ValueRule = { kind: 'value', expected: 'a list', accepts: Array.isArray };
const flagOrWord: ValueRule = {
  kind: 'value',
  expected: 'true, false or "json"',
  accepts: (value) => typeof value === 'boolean' || value === 'json',
  words: ['json'],
};

describe('parseOptionText', () => {
  it.each<[string, string, ValueRule, unknown]>([
    ['a number', '12', integer, 12],
    ['a text of digits', '12', text, '12'],
    ['a text that looks like JSON', '[a', text, '[a'],
    ['a list', '["a", 1]', list, ['a', 1]],
    ['a flag in any case', 'True', flagOrWord, true],
    ['a word in any case', 'JSON', flagOrWord, 'json'],
  ])('reads %s', (_, given, rule, value) => {
    expect(parseOptionText(given, { path: 'x', rule })).toEqual({ kind: 'ok', value });
  });

  it.each(['1e3', '0x10', '-1', '1.5', '+5', 'twelve'])('refuses %j for an integer', (given) => {
    expect(parseOptionText(given, { path: 'x', rule: integer })).toMatchObject({
      kind: 'bad',
      bad: { expected: 'an integer' },
    });
  });

  it.each([
    ['{"path":1}', 'an object where file.path must be a path, got 1'],
    ['[{"path":"/a","fromat":"json"}]', 'a list where "fromat" is not an option of file[0]; did you mean "format"?'],
    ['{"path":"/a"', 'a string that is none'],
  ])('does not take %j for a path', (given, got) => {
    expect(parseOptionText(given, { path: 'file', rule: fileRule })).toMatchObject({ kind: 'bad', bad: { got } });
  });

  it.each([
    ['of a secret option', 's3cret', { ...integer, secret: true }],
    ['that is JSON, whose members may be secret', '{"token":"s3cret"}', list],
    ['that was to be JSON', '["s3cret"', list],
  ])('shows nothing of a value %s', (_, given, rule) => {
    const parsed = parseOptionText(given, { path: 'x', rule });
    expect(parsed).toMatchObject({ kind: 'bad', bad: { got: 'a string that is none' } });
  });
});

describe('variableOf', () => {
  it.each([
    ['name', 'LOGFLUME_NAME'],
    ['retry.baseDelayMs', 'LOGFLUME_RETRY_BASE_DELAY_MS'],
    ['tls.caFile', 'LOGFLUME_TLS_CA_FILE'],
  ])('makes of %s %s', (path, variable) => {
    expect(variableOf(path)).toBe(variable);
  });
});
