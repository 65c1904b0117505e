import { describe, expect, it } from 'vitest';
import { closestName, editDistance } from './closest-name.ts';

describe('closestName', () => {
  const known = ['endpoints', 'headers', 'level'];

  it.each([
    ['endpoint', 'endpoints'],
    ['endpionts', 'endpoints'],
    ['Headers', 'headers'],
    ['lvl', undefined],
    ['', undefined],
    ['e'.repeat(10_000), undefined],
  ])('takes %j for %j', (typed, expected) => {
    expect(closestName(typed, known)).toBe(expected);
  });

  it('knows no closest name when there are none', () => {
    expect(closestName('level', [])).toBeUndefined();
  });
});

describe('editDistance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['debgu', 'debug', 1],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('counts from %j to %j %i changes', (from, to, expected) => {
    expect(editDistance(from, to)).toBe(expected);
  });
});
