import { describe, expect, it } from 'vitest';
import { parseSeverity, toSeverityRange } from './severity.ts';

describe('toSeverityRange', () => {
  it.each([
    [undefined, 'unspecified'],
    [0, 'unspecified'],
    [1, 'trace'],
    [4, 'trace'],
    [5, 'debug'],
    [12, 'info'],
    [13, 'warn'],
    [20, 'error'],
    [24, 'fatal'],
    [25, 'unspecified'],
    [-3, 'unspecified'],
  ])('%s is %s', (severityNumber, range) => {
    expect(toSeverityRange(severityNumber)).toBe(range);
  });
});

describe('parseSeverity', () => {
  it.each([
    ['0', 0],
    ['24', 24],
    ['25', undefined],
    ['trace', 1],
    ['Debug', 5],
    ['INFO', 9],
    ['warn3', 15],
    ['FATAL4', 24],
    ['info1', undefined],
    ['info5', undefined],
    ['notice', undefined],
    ['', undefined],
    ['1e1', undefined],
  ])('%j is %s', (text, severityNumber) => {
    expect(parseSeverity(text)).toBe(severityNumber);
  });
});
