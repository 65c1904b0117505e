import { describe, expect, it } from 'vitest';
import { createIsIgnored, createMatchPath } from './ignore-paths.ts';

describe('createMatchPath', () => {
  it.each<[string, string, boolean]>([
    ['/metrics', '/metrics', true],
    ['/metrics', '/metrics/', false],
    ['/assets/*', '/assets/', true],
    ['/assets/*', '/assets/a/b.css', true],
    ['/assets/*', '/assets', false],
    ['*.css', '/a/b.css', true],
    ['/a*b*c', '/abc', true],
    ['/a*b*c', '/a-b-b-c', true],
    ['/a*b*c', '/acb', false],
    ['/a*a', '/a', false],
    ['*', '/', true],
    ['/', '/', true],
    ['/', '/a', false],
    ['/*', '/a', true],
    ['a*', 'api.internal', true],
    ['', '', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(createMatchPath([pattern])(path)).toBe(expected);
  });
});

describe('createIsIgnored', () => {
  it('adds to the health checks, which can be logged', () => {
    expect(createIsIgnored(['/metrics'], false)({}, '/healthz')).toBe(true);
    expect(createIsIgnored(['/metrics'], true)({}, '/healthz')).toBe(false);
    expect(createIsIgnored(['/metrics'], true)({}, '/metrics')).toBe(true);
    expect(createIsIgnored(() => true, false)({}, '/')).toBe(true);
    expect(createIsIgnored(undefined, false)({}, '/')).toBe(false);
  });
});
