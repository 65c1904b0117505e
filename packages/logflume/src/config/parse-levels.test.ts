import { describe, expect, it } from 'vitest';
import { minSeverityOf, parseLevel, parseLevels, severityOfLevel, thresholdFor } from './parse-levels.ts';

describe('parseLevel', () => {
  it.each([
    ['info', 'info'],
    ['INFO', 'info'],
    [' Warn ', 'warn'],
    ['warning', 'warn'],
    ['Critical', 'fatal'],
    ['off', 'off'],
    ['verbose', undefined],
    ['', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('reads %j as %j', (word, expected) => {
    expect(parseLevel(word)).toBe(expected);
  });
});

describe('parseLevels', () => {
  it.each([
    ['info', 'info', {}],
    ['debug,', 'debug', {}],
    ['info,db=debug,http=WARNING', 'info', { db: 'debug', http: 'warn' }],
    [' db = trace , error ', 'error', { db: 'trace' }],
    ['db.pool=off', undefined, { 'db.pool': 'off' }],
    ['a=b=debug', undefined, { 'a=b': 'debug' }],
    ['', undefined, {}],
  ])('reads %j', (text, fallback, byName) => {
    const parsed = parseLevels(text);
    expect(parsed).toEqual({ default: fallback, byName: new Map(Object.entries(byName)), problems: [] });
  });

  it.each([
    ['verbose', '"verbose" is not a level'],
    ['debgu', '"debgu" is not a level; write "debug"'],
    ['info,db=debgu', '"debgu" in "db=debgu" is not a level; write "debug"'],
    ['info,db=', '"" in "db=" is not a level'],
    ['info,=debug', '"=debug" names no logger before "="'],
    ['info,debug', '"debug" is a second default'],
    ['db=info,db=debug', '"db" is given twice'],
  ])('names the part of %j that it cannot read', (text, problem) => {
    expect(parseLevels(text).problems).toEqual([problem]);
  });

  it('keeps the parts that make sense beside those that do not', () => {
    const { default: fallback, byName } = parseLevels('warn,db=debgu,http=error,info,http=info');
    expect([fallback, [...byName]]).toEqual(['warn', [['http', 'error']]]);
  });
});

describe('thresholdFor', () => {
  const { byName } = parseLevels('db=debug,db.pool=off,http=warn');
  const rules = { default: 'info', byName } as const;

  it.each([
    ['db', 'debug'],
    ['db.query', 'debug'],
    ['db.query.slow', 'debug'],
    ['db.pool', 'off'],
    ['db.pool.idle', 'off'],
    ['dbx', 'info'],
    ['http', 'warn'],
    ['', 'info'],
    ['..', 'info'],
  ])('gives the logger %j the level %j', (name, expected) => {
    expect(thresholdFor(rules, name)).toBe(expected);
  });

  it('gives every logger the default when no name is listed', () => {
    expect(thresholdFor({ default: 'off', byName: new Map() }, 'db.pool')).toBe('off');
  });
});

describe('minSeverityOf', () => {
  it('is the number OpenTelemetry gives the lowest of each range', () => {
    expect(severityOfLevel).toEqual({ trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 });
    expect(minSeverityOf('warn')).toBe(13);
  });

  it('is above every number a record can have when the level is off', () => {
    expect(minSeverityOf('off')).toBeGreaterThan(24);
  });
});
