import { encodeScope } from '@logflume/otlp';
import { expect, it } from 'vitest';
import { ScopeTable } from './scope-table.ts';

it('numbers scopes by name and version, the same one for the same', () => {
  const scopes = new ScopeTable();
  expect(scopes.groupOf('db', '1')).toBe(0);
  expect(scopes.groupOf('db', '2')).toBe(1);
  expect(scopes.groupOf('db', '1')).toBe(0);
  expect(scopes.groupOf('', '')).toBe(2);
});

it('does not take a name and version for others with the same letters', () => {
  const scopes = new ScopeTable();
  expect(scopes.groupOf('a', 'bc')).not.toBe(scopes.groupOf('ab', 'c'));
});

it('gives a scope encoded and as lines show it, without what is empty', () => {
  const scopes = new ScopeTable();
  const [full, bare] = [scopes.groupOf('db', '1.2'), scopes.groupOf('', '')];
  expect(scopes.scopeOf(full)).toStrictEqual({ name: 'db', version: '1.2' });
  expect(scopes.scopeOf(bare)).toStrictEqual({});
  expect(scopes.encodedOf(full)).toStrictEqual(encodeScope('db', '1.2'));
});

it('tells scopes apart by their attributes, however often those are made anew', () => {
  const scopes = new ScopeTable();
  const plain = scopes.groupOf('db', '1');
  const pool = { pool: 'main' };
  const inPool = scopes.groupOf('db', '1', pool);
  expect(inPool).not.toBe(plain);
  expect(scopes.groupOf('db', '1', pool)).toBe(inPool);
  expect(scopes.groupOf('db', '1', { pool: 'main' })).toBe(inPool);
  expect(scopes.groupOf('db', '2', pool)).not.toBe(inPool);
  expect(scopes.groupOf('db', '1', { pool: 'other' })).not.toBe(inPool);
  expect(scopes.groupOf('db', '1', {})).toBe(plain);
  expect(scopes.scopeOf(inPool)).toStrictEqual({
    name: 'db',
    version: '1',
    attributes: [{ key: 'pool', value: { stringValue: 'main' } }],
  });
  expect(scopes.encodedOf(inPool)).toStrictEqual(encodeScope('db', '1', pool));
});

it('answers emptily for a number nobody got', () => {
  const scopes = new ScopeTable();
  expect(scopes.scopeOf(3)).toBeUndefined();
  expect(scopes.encodedOf(3)).toHaveLength(0);
});

it('tells scopes apart by their schema URL', () => {
  const scopes = new ScopeTable();
  const pool = {};
  const groups = [
    scopes.groupOf('db', '1'),
    scopes.groupOf('db', '1', pool, 'u'),
    scopes.groupOf('db', '1', pool, 'v'),
  ];
  expect(groups).toEqual([0, 1, 2]);
  expect(scopes.groupOf('db', '1', undefined, 'v')).toBe(2);
  expect(groups.map(scopes.schemaUrlOf)).toEqual(['', 'u', 'v']);
});
