import { inspect } from 'node:util';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { decoded, depthOf, fail, revoked, withoutStack } from '../test/values.ts';
import { type PlainValue, toPlainValue } from './plain-value.ts';
import { safeText } from './without-http-parts.ts';

describe('an error on the wire', () => {
  it('writes type, message, stack, code, cause and plain members, and nothing that may hold a secret', () => {
    const cause = new RangeError('inner');
    const error = Object.assign(new TypeError('outer', { cause }), {
      code: 'E_CODE',
      errno: -111,
      request: { headers: { authorization: 'secret' } },
    });
    expect(toPlainValue(decoded(error))).toStrictEqual({
      type: 'TypeError',
      message: 'outer',
      stacktrace: error.stack,
      code: 'E_CODE',
      cause: { type: 'RangeError', message: 'inner', stacktrace: cause.stack },
      properties: { errno: -111 },
    });
  });

  it('tells of a body that hangs on it as text how long it is, and of its URL where it leads', () => {
    const unparsed = { status: 400, type: 'entity.parse.failed', body: '{"password":SECRET}' };
    const error = Object.assign(new Error('no'), unparsed, { rawResponse: 'SECRET', url: 'https://a/b?token=SECRET' });
    expect(toPlainValue(decoded(error))).toMatchObject({
      properties: { status: 400, type: 'entity.parse.failed', body: '[19 characters]', url: 'https://a/b' },
    });
    expect(JSON.stringify(toPlainValue(decoded([error, { error }])))).not.toContain('SECRET');
    const printed = safeText(([each]) => inspect(each), [{ error }]);
    expect(printed).toContain("body: '[19 characters]'");
    expect(printed).not.toContain('SECRET');
  });

  it('writes the children of an AggregateError', () => {
    const error = withoutStack(new AggregateError([withoutStack(new Error('a')), 'b'], 'all'));
    expect(toPlainValue(decoded(error))).toStrictEqual({
      type: 'AggregateError',
      message: 'all',
      errors: [{ type: 'Error', message: 'a' }, 'b'],
    });
  });

  it('writes both errors of a SuppressedError', () => {
    const both = { name: 'SuppressedError', error: withoutStack(new Error('a')), suppressed: 'b' };
    const error = Object.assign(withoutStack(new Error('no disposal')), both); // As compilers make it for Node.js 20.
    expect(toPlainValue(decoded(error))).toMatchObject({
      type: 'SuppressedError',
      message: 'no disposal',
      errors: [{ type: 'Error', message: 'a' }, 'b'],
    });
  });

  it('knows an error of another realm and one that only inherits', () => {
    const foreign: unknown = vm.runInNewContext('new TypeError("far")');
    expect(toPlainValue(decoded(foreign))).toMatchObject({ type: 'TypeError', message: 'far' });
    expect(toPlainValue(decoded(Object.create(new Error('near'))))).toMatchObject({ type: 'Error', message: 'near' });
  });

  it.each<[string, () => Error, PlainValue]>([
    ['a cause that is itself', () => circularCause(), { cause: '[Circular]' }],
    ['a message that is no text', () => withMessage({ toString: () => 'hm' }), { message: 'hm' }],
    ['a message that is a URL', () => withMessage(new URL('https://me:secret@h/')), { message: 'https://me:***@h/' }],
    ['a message that cannot be text', () => withMessage(Object.create(null)), { message: '' }],
    ['no name', () => Object.defineProperty(new Error('x'), 'name', { value: '' }), { type: 'Error' }],
    ['a cause of undefined', () => new Error('x', { cause: undefined }), { message: 'x' }],
    ['a BigInt', () => Object.assign(new Error('x'), { id: 10n }), { properties: { id: 10 } }],
    ['a cause of null', () => new Error('x', { cause: null }), { cause: null }],
    ['members that throw', () => throwingMembers(), { type: 'Error', message: '' }],
    [
      'a list of errors that is revoked',
      () => Object.assign(new Error('x'), { errors: revoked([]) }),
      { message: 'x' },
    ],
  ])('writes an error with %s', (_what, make, members) => {
    expect(toPlainValue(decoded(make()))).toMatchObject(Object(members));
  });

  it('leaves out a stack that is no text', () => {
    const error = Object.defineProperty(new Error('x'), 'stack', { value: [{ fileName: 'a' }] });
    expect(toPlainValue(decoded(error))).toStrictEqual({ type: 'Error', message: 'x' });
  });

  it('ends with a chain of 100,000 causes', () => {
    let error = new Error('0');
    for (let index = 0; index < 100_000; index++) error = new Error('x', { cause: error });
    expect(depthOf(decoded(error))).toBe(31);
  });
});

function withMessage(message: unknown): Error {
  return Object.defineProperty(new Error(), 'message', { value: message });
}

function circularCause(): Error {
  const error: Error = new Error('loop');
  error.cause = error;
  return error;
}

function throwingMembers(): Error {
  const error = new Error('x');
  void error.stack; // formatted on first use, from the name and message it still has
  for (const key of ['name', 'message', 'stack', 'code', 'cause', 'errors', 'errno']) {
    Object.defineProperty(error, key, { get: fail, enumerable: true });
  }
  return error;
}
