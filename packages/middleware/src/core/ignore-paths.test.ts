import { describe, expect, it } from 'vitest';
import { createMatchPath, resolveIgnore } from './ignore-paths.ts';

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

describe('resolveIgnore', () => {
  it('adds to the health checks, which can be logged', () => {
    expect(resolveIgnore(['/metrics'], false).isIgnored('/healthz')).toBe(true);
    expect(resolveIgnore(['/metrics'], true).isIgnored('/healthz')).toBe(false);
    expect(resolveIgnore(['/metrics'], true).isIgnored('/metrics')).toBe(true);
    expect(resolveIgnore(() => true, false).isIgnored('/healthz')).toBe(true);
    expect(resolveIgnore(() => true, false).isIgnored('/')).toBe(false);
    expect(resolveIgnore(undefined, false).isIgnored('/')).toBe(false);
  });

  it('takes `true` alone for a yes of the function, and leaves nothing out where that throws', () => {
    const answers = [true, false, 'yes', undefined].map((answer) => () => answer as boolean);
    const functions = [...answers, () => expect.fail('on purpose')];
    expect(functions.map((ignore) => resolveIgnore(ignore, false).isIgnoredRequest?.({}))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
