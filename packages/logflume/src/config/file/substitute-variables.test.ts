import { describe, expect, it } from 'vitest';
import { readPlainScalar, referencesIn, substituteVariables } from './substitute-variables.ts';

const env = { HOST: 'collector', EMPTY: '', NESTED: '${HOST}', __proto__: undefined };

describe('substituteVariables', () => {
  it.each([
    ['http://${HOST}:4318', 'http://collector:4318'],
    ['${env:HOST}', 'collector'],
    ['${HOST:-other}', 'collector'],
    ['${UNSET:-other}', 'other'],
    ['${UNSET:-}', ''],
    ['${EMPTY:-other}', 'other'],
    ['[${UNSET}]', '[]'],
    ['${toString}', ''],
    ['${UNSET:-a:-b $x}', 'a:-b $x'],
    ['$${HOST}', '${HOST}'],
    ['$$$${HOST}', '$${HOST}'],
    ['$HOST $ $(HOST)', '$HOST $ $(HOST)'],
    ['${NESTED}', '${HOST}'],
  ])('makes of %j %j', (text, expected) => {
    expect(substituteVariables(text, env, 1)).toBe(expected);
  });

  it.each(['${1A}', '${}', '${HOST-other}', '${HOST:?}', '${file:HOST}'])('refuses %j, naming the line', (text) => {
    expect(() => substituteVariables(text, env, 7)).toThrow(
      expect.objectContaining({ line: 7, message: 'a reference must be ${NAME} or ${NAME:-default}' }),
    );
  });
});

describe('referencesIn', () => {
  it('names what is put in, and not what only looks like it', () => {
    expect(referencesIn('a: ${A}/${env:B:-x}\nb: $${C} ${1} $D\n')).toEqual(['A', 'B']);
  });
});

describe('readPlainScalar', () => {
  it.each([
    ['', null],
    ['~', null],
    ['null', null],
    ['true', true],
    ['False', false],
    ['yes', 'yes'],
    ['12', 12],
    ['-1.5e3', -1500],
    ['0x10', '0x10'],
    ['1.2.3', '1.2.3'],
    ['.inf', Number.POSITIVE_INFINITY],
    ['info', 'info'],
  ])('reads %j as %j', (text, value) => {
    expect(readPlainScalar(text)).toBe(value);
  });
});
