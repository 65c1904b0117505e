import { describe, expect, it } from 'vitest';
import { toThrown } from './to-thrown.ts';

describe('toThrown', () => {
  it.each<[string, unknown]>([
    ['text', 'boom'],
    ['a list', [{ message: 'boom', stack: 'x' }]],
    ['an object with a message alone', { message: 'boom' }],
    ['a message that is no text', { message: 1, stack: 'x' }],
    ['nothing', null],
  ])('takes %s for no error', (_, value) => {
    expect(toThrown(value)).toBeUndefined();
  });

  it('tells what a serializer wrote as an error tells it', () => {
    const thrown = toThrown({
      type: 'TypeError',
      message: 'boom',
      stack: 'TypeError: boom\n    at a.js:1:1',
      code: 'E_BOOM',
      status: 503,
    });
    expect(Object.prototype.toString.call(thrown)).toBe('[object Error]');
    expect(thrown).toMatchObject({
      name: 'TypeError',
      message: 'boom',
      stack: 'TypeError: boom\n    at a.js:1:1',
      code: 'E_BOOM',
      status: 503,
    });
  });

  it('reads the type from bunyan’s name, or from the stack', () => {
    expect(toThrown({ name: 'RangeError', message: 'm' })).toMatchObject({ name: 'RangeError' });
    expect(toThrown({ message: 'm', stack: 'my.Error: m\n at' })).toMatchObject({ name: 'my.Error' });
    expect(toThrown({ message: 'm', stack: '???' })).toMatchObject({ name: undefined });
  });

  it('makes errors of causes and children', () => {
    const inner = { type: 'Error', message: 'inner', stack: 'Error: inner' };
    const thrown = toThrown({ ...inner, cause: inner, aggregateErrors: [inner, 'text'] });
    const { cause, errors } = Object(thrown);
    const [child, text] = errors;
    for (const each of [cause, child]) {
      expect(Object.prototype.toString.call(each)).toBe('[object Error]');
      expect(each.message).toBe('inner');
    }
    expect(text).toBe('text');
  });

  it('gives up on a chain of causes that is too long, not on the record', () => {
    let error: object = { type: 'E', message: 'last' };
    for (let i = 0; i < 5000; i++) error = { type: 'E', message: 'm', cause: error };
    expect(toThrown(error)).toMatchObject({ message: 'm' });
  });

  it('does not change what objects inherit', () => {
    toThrown(JSON.parse('{"message":"m","stack":"s","__proto__":{"polluted":1}}'));
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
