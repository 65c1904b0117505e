import { describe, expect, it, test } from 'vitest';
import { endOfFittingLines, rotatedPath, surplusFiles } from './rotated-files.ts';

describe('rotatedPath', () => {
  it('puts the time behind the name, and a number where a millisecond is not enough', () => {
    expect(rotatedPath('/l/app.log', 1_795_376_462_123, 0)).toBe('/l/app.log.20261122T194102123Z');
    expect(rotatedPath('/l/app.log', 1_795_376_462_123, 2)).toBe('/l/app.log.20261122T194102123Z-2');
  });
});

describe('surplusFiles', () => {
  const at = (ms: number, attempt = 0) => rotatedPath('app.log', ms, attempt);

  it('are the oldest beyond the number to keep', () => {
    const names = ['app.log', at(5000), at(1000, 10), at(1000, 9), at(1000), at(3000)];
    expect(surplusFiles(names, 'app.log', 3)).toStrictEqual([at(1000), at(1000, 9), at(1000, 10)]);
    expect(surplusFiles(names, 'app.log', 6)).toStrictEqual([]);
  });

  it('are never files of another name', () => {
    const names = ['app.log.1', 'app.log.gz', 'app.log.20261122', 'xapp.log.20261122T194102123Z', 'app.logs'];
    expect(surplusFiles(names, 'app.log', 2)).toStrictEqual([]);
  });
});

describe('endOfFittingLines', () => {
  const bytes = Buffer.from('aa\nbbb\nc\n');

  test.each<[number, number, boolean, number]>([
    [0, 100, false, 9],
    [0, 9, false, 9],
    [0, 8, false, 7],
    [0, 7, false, 7],
    [0, 6, false, 3],
    [0, 2, false, 0],
    [0, 2, true, 3],
    [0, 0, false, 0],
    [0, -5, false, 0],
    [3, 4, false, 7],
    [3, 3, false, 3],
    [3, 3, true, 7],
  ])('from %i with room for %i (empty: %s) is %i', (from, room, isEmpty, end) => {
    expect(endOfFittingLines(bytes, from, room, isEmpty)).toBe(end);
  });
});
