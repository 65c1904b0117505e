import { describe, expect, it } from 'vitest';
import { SeverityTable, standardLevelNames } from './severity-table.ts';

const names = { labels: { 30: 'info', 35: 'notice' }, values: { info: 30, notice: 35, warn: 40 } };

describe('SeverityTable', () => {
  it('gives a level the name its logger has for it', () => {
    const table = new SeverityTable();
    expect(table.of(35, names)).toStrictEqual({ number: 11, text: 'notice' });
    expect(table.of(35, standardLevelNames)).toStrictEqual({ number: 11, text: '35' });
  });

  it('decides once for each level of each set', () => {
    const table = new SeverityTable();
    expect(table.of(30, names)).toBe(table.of(30, names));
  });

  it('remembers no flood of numbers', () => {
    const table = new SeverityTable();
    for (let level = 0; level < 1000; level++) table.of(level, names);
    expect(table.of(999, names)).not.toBe(table.of(999, names));
    expect(table.of(999, names)).toStrictEqual({ number: 24, text: '999' });
  });

  it.each([
    ['notice', 11],
    ['INFO', 9],
    ['Error', 17],
    ['WARNING', 13],
    ['Emergency', 23],
    ['whatever', 0],
    ['constructor', 0],
  ])('reads the name %s as %i, and keeps it', (name, number) => {
    expect(new SeverityTable().ofName(name, names)).toStrictEqual({ number, text: name });
  });
});
