import { describe, expect, it } from 'vitest';
import type { Exchange, LevelTable } from './access-log-options.ts';
import { createDecideLevel, defaultLevel } from './decide-level.ts';

const exchange: Exchange<object> = {
  request: {},
  method: 'GET',
  path: '/users/42',
  route: '/users/:id',
  status: 200,
  isAborted: false,
  durationMs: 1,
  error: undefined,
};

describe('defaultLevel', () => {
  it.each<[string, Partial<Exchange<object>>, string]>([
    ['an answer', {}, 'info'],
    ['a redirect', { status: 302 }, 'info'],
    ['a client’s mistake', { status: 404 }, 'warn'],
    ['a server’s', { status: 500 }, 'error'],
    ['an aborted request', { isAborted: true }, 'warn'],
    ['an aborted request without an answer', { isAborted: true, status: undefined }, 'warn'],
    ['one that was aborted after it failed', { isAborted: true, status: 500 }, 'error'],
    ['a throw before any answer', { isAborted: true, status: undefined, error: new Error('x') }, 'error'],
    ['a throw that became a 404', { status: 404, error: new Error('x') }, 'warn'],
  ])('%s: %s', (_, change, level) => {
    expect(defaultLevel({ ...exchange, ...change })).toBe(level);
  });
});

describe('createDecideLevel', () => {
  const table: LevelTable = {
    'GET /users/:id': 'trace',
    '/users/:id': 'debug',
    '404': 'error',
    '4xx': 'info',
    aborted: 'off',
  };

  it.each<[string, Partial<Exchange<object>>, string]>([
    ['method and route', {}, 'trace'],
    ['route', { method: 'PUT' }, 'debug'],
    ['aborted', { route: undefined, isAborted: true, status: 404 }, 'off'],
    ['status', { route: undefined, status: 404 }, 'error'],
    ['class', { route: undefined, status: 410 }, 'info'],
    ['nothing of it', { route: undefined, status: 503 }, 'error'],
    ['nothing at all', { route: undefined, status: undefined }, 'info'],
  ])('takes the more telling key of a table: %s', (_, change, level) => {
    expect(createDecideLevel(table)({ ...exchange, ...change })).toBe(level);
  });

  it('falls back where a function answers nothing, or no level', () => {
    expect(createDecideLevel(() => undefined)(exchange)).toBe('info');
    expect(createDecideLevel(() => 'loud' as 'info')(exchange)).toBe('info');
    expect(createDecideLevel(() => 'off')(exchange)).toBe('off');
  });

  it.each([[{ '200': 'loud' }], [{ users: 'info' }], [{ '6xx': 'info' }], [['info']], ['info'], [null]])(
    'refuses %o',
    (option) => {
      expect(() => Reflect.apply(createDecideLevel, undefined, [option])).toThrow(
        expect.objectContaining({ code: 'ERR_LOGFLUME_INVALID_OPTION' }),
      );
    },
  );
});
