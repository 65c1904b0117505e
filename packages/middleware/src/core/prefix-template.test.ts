import { expect, it } from 'vitest';
import { templateOfPrefix } from './prefix-template.ts';

it.each<[string, unknown, string]>([
  ['/users/42', { id: '42' }, '/users/:id'],
  ['/users/users', { id: 'users' }, '/users/:id'],
  ['/a/1/b/1', { a: '1', b: '1' }, '/a/:a/b/:b'],
  ['/a/%C3%A9', { name: 'é' }, '/a/:name'],
  ['/v2/x', { major: '2' }, '/v:major/x'],
  ['/files/a/b', { path: ['a', 'b'] }, '/files/:path'],
  ['/api', {}, '/api'],
  ['/api', undefined, '/api'],
  ['/%zz/1', { id: '1' }, '/%zz/:id'],
])('%s with %o is %s', (prefix, params, expected) => {
  expect(templateOfPrefix(prefix, params)).toBe(expected);
});
