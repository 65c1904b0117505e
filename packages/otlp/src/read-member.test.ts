import { describe, expect, it } from 'vitest';
import { fail, revoked } from '../test/values.ts';
import { readMember, throwsText } from './read-member.ts';

describe('readMember', () => {
  it('reads a member, and says what a getter threw', () => {
    expect(readMember({ a: 1 }, 'a')).toBe(1);
    expect(readMember(['x'], 0)).toBe('x');
    expect(readMember({}, 'a')).toBeUndefined();
    expect(readMember(Object.defineProperty({}, 'a', { get: fail }), 'a')).toBe('[Throws: trapped]');
    expect(readMember(revoked({}), 'a')).toMatch(/^\[Throws: .*revoked/);
  });
});

describe('throwsText', () => {
  it.each<[string, () => unknown, string]>([
    ['an error', () => new Error('no'), '[Throws: no]'],
    ['text', () => 'text', '[Throws: text]'],
    ['a URL', () => new URL('https://me:secret@h/'), '[Throws: https://me:***@h/]'],
    ['an error about a URL', () => new Error('Failed to parse URL from h?s'), '[Throws: Failed to parse URL from h]'],
    ['nothing', () => undefined, '[Throws: undefined]'],
    ['a symbol', () => Symbol('s'), '[Throws: Symbol(s)]'],
    ['an object without a text', () => Object.create(null), '[Throws]'],
    ['a revoked proxy', () => revoked({}), '[Throws]'],
    ['an error that does not tell', () => Object.defineProperty(new Error('x'), 'message', { get: fail }), '[Throws]'],
  ])('does not throw for %s', (_what, thrown, text) => {
    expect(throwsText(thrown())).toBe(text);
  });
});
