import { describe, expect, it } from 'vitest';
import { decideSeverity, standardLevels } from './decide-severity.ts';

describe('decideSeverity', () => {
  it.each([
    [10, 1],
    [20, 5],
    [30, 9],
    [40, 13],
    [50, 17],
    [60, 21],
  ])('gives the standard level %i the severity %i', (level, severity) => {
    expect(decideSeverity(level)).toBe(severity);
  });

  it.each([
    [15, 3],
    [25, 7],
    [35, 11],
    [39, 12],
    [45, 15],
    [59, 20],
    [65, 23],
    [70, 24],
    [1000, 24],
    [5, 1],
    [-100, 1],
  ])('puts level %i, between or beyond them, at %i', (level, severity) => {
    expect(decideSeverity(level, { ...standardLevels, custom: level })).toBe(severity);
  });

  it('reads a set that falls, such as syslog’s, by its names', () => {
    const syslog = { emerg: 0, alert: 1, crit: 2, error: 3, warning: 4, notice: 5, info: 6, debug: 7 };
    const severities = Object.values(syslog).map((level) => decideSeverity(level, syslog));
    expect(severities).toStrictEqual([24, 22, 19, 17, 14, 11, 9, 5]);
  });

  it('goes by the standard numbers when no two names are known', () => {
    expect(decideSeverity(30, { foo: 30, bar: 35, error: 90 })).toBe(9);
  });

  it('survives two names of one number', () => {
    expect(decideSeverity(31, { info: 30, debug: 30, warn: 30 })).toBe(9);
    expect(decideSeverity(35, { debug: 30, info: 30, warn: 40 })).toBeGreaterThanOrEqual(5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('leaves %d unspecified', (level) => {
    expect(decideSeverity(level)).toBe(0);
  });
});
