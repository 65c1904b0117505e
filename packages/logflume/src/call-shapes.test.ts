import { setImmediate } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createSeenLogger, type SeenLogger } from '../test/memory-delivery.ts';

class Order {
  readonly id = 7;
  readonly #secret = 's';
  get doubled(): number {
    return this.id * 2 + this.#secret.length;
  }
}

const boom = new RangeError('boom');
const exception = { 'exception.type': 'RangeError', 'exception.message': 'boom', 'exception.stacktrace': boom.stack };

let seen: SeenLogger;
beforeEach(() => {
  seen = createSeenLogger();
});
afterEach(() => expect(seen.lost()).toBe(0));

/** Logs as plain JavaScript would, past the types. */
function logged(...args: unknown[]): { body: unknown; attributes: unknown } {
  Reflect.apply(seen.log.info, undefined, args);
  expect(seen.records).toHaveLength(1);
  const { body, attributes } = seen.last();
  return { body, attributes };
}

const given = (id: number) => () => ({ id });

describe('every shape of a call', () => {
  test.each<[string, unknown[], unknown, object]>([
    ['(message)', ['m'], 'm', {}],
    ['(message, attributes)', ['m', { a: 1 }], 'm', { a: 1 }],
    ['(message, () => attributes)', ['m', given(3)], 'm', { id: 3 }],
    ['(message, error)', ['m', boom], 'm', exception],
    ['(message, error, attributes)', ['m', boom, { a: 1 }], 'm', { a: 1, ...exception }],
    ['(message, error, () => attributes)', ['m', boom, given(3)], 'm', { id: 3, ...exception }],
    ['(message, attributes, error)', ['m', { a: 1 }, boom], 'm', { a: 1, ...exception }],
    ['(error)', [boom], 'boom', exception],
    ['(error, attributes)', [boom, { a: 1 }], 'boom', { a: 1, ...exception }],
    ['(error, message)', [boom, 'm'], 'm', exception],
    ['(attributes, message)', [{ a: 1 }, 'm'], 'm', { a: 1 }],
    ['(attributes, message) with err', [{ a: 1, err: boom }, 'm'], 'm', { a: 1, ...exception }],
    ['(message, attributes) with err', ['m', { err: boom }], 'm', exception],
    ['(message, attributes) with error', ['m', { error: boom }], 'm', exception],
    ['(attributes) with err alone', [{ err: boom }], 'boom', exception],
    ['(attributes)', [{ a: 1 }], null, { a: 1 }],
    ['(message, a class instance)', ['m', new Order()], 'm', { id: 7 }],
    ['(message, a Map)', ['m', new Map([['a', 1]])], 'm', { a: 1 }],
    ['(message, an object without prototype)', ['m', Object.assign(Object.create(null), { a: 1 })], 'm', { a: 1 }],
  ])('%s', (_, args, body, attributes) => {
    expect(logged(...args)).toStrictEqual({ body, attributes });
  });
});

describe('odd calls', () => {
  test.each<[string, unknown[], unknown, object]>([
    ['no arguments at all', [], null, {}],
    ['undefined', [undefined], null, {}],
    ['undefined where attributes would be', ['m', undefined, { a: 1 }], 'm', { a: 1 }],
    ['undefined around everything', [undefined, 'm', undefined, { a: 1 }, undefined], 'm', { a: 1 }],
    ['null', [null], null, {}],
    ['a message and null', ['m', null], 'm', { 'log.arguments': [null] }],
    ['an empty message', ['', { a: 1 }], '', { a: 1 }],
    ['a message twice', ['m', 'n'], 'm', { 'log.arguments': ['n'] }],
    ['format arguments', ['user %s has %d', 'ann', 3], 'user %s has %d', { 'log.arguments': ['ann', 3] }],
    ['attributes twice', ['m', { a: 1 }, { b: 2 }], 'm', { a: 1, 'log.arguments': [{ b: 2 }] }],
    ['a number', [42], 42, {}],
    ['a number and a message', [42, 'm'], 'm', { 'log.arguments': [42] }],
    ['false', [false], false, {}],
    ['a list', [[1, 2]], [1, 2], {}],
    ['a message and a list', ['m', [1, 2]], 'm', { 'log.arguments': [[1, 2]] }],
    ['a message and a number', ['m', 42], 'm', { 'log.arguments': [42] }],
    ['a symbol', [Symbol('s')], 'Symbol(s)', {}],
    ['a message and a symbol', ['m', Symbol('s')], 'm', { 'log.arguments': ['Symbol(s)'] }],
    ['a bigint', [12n], 12, {}],
    ['a date', ['m', new Date(0)], 'm', { value: '1970-01-01T00:00:00.000Z' }],
    ['a pattern', ['m', /x/], 'm', { value: '/x/' }],
    ['a set', ['m', new Set([1])], 'm', { values: [1] }],
    ['a set among too many', ['m', new Set([1]), 'n'], 'm', { 'log.arguments': [[1], 'n'] }],
    ['a Map among too many', ['m', new Map([['a', 1]]), 'n'], 'm', { 'log.arguments': [{ a: 1 }, 'n'] }],
    ['an instance among too many', ['m', new Order(), 'n'], 'm', { 'log.arguments': [{ id: 7 }, 'n'] }],
    [
      'a name that is taken',
      ['m', { 'log.arguments': 1 }, 'n'],
      'm',
      { 'log.arguments': [{ 'log.arguments': 1 }, 'n'] },
    ],
    ['a function that returns text', ['m', () => 'text'], 'm', { 'log.arguments': ['text'] }],
    ['a function that returns nothing', ['m', () => undefined], 'm', {}],
    ['a function alone', [given(3)], null, { id: 3 }],
    ['many', ['m', 1, 2, 3, 4, 5], 'm', { 'log.arguments': [1, 2, 3, 4, 5] }],
    ['an error without a message', [new TypeError()], 'TypeError', { 'exception.type': 'TypeError' }],
    ['thrown text', ['failed', 'boom'], 'failed', { 'log.arguments': ['boom'] }],
    ['err that is no error', ['m', { err: 'text', error: 4 }], 'm', { err: 'text', error: 4 }],
  ])('%s', (_, args, body, attributes) => {
    const record = logged(...args);
    expect(record.body).toStrictEqual(body);
    expect(record.attributes).toMatchObject(attributes);
    if (!('exception.type' in attributes)) expect(record.attributes).toStrictEqual(attributes);
  });

  it('keeps the second of two errors', () => {
    const { attributes } = logged('m', boom, new TypeError('second'), { a: 1 });
    expect(attributes).toMatchObject({
      ...exception,
      a: 1,
      'log.arguments': [{ type: 'TypeError', message: 'second' }],
    });
  });

  it('knows an error of another realm', () => {
    const foreign: unknown = runInNewContext('new TypeError("from afar")');
    expect(logged('m', { err: foreign }).attributes).toMatchObject({ 'exception.message': 'from afar' });
  });

  it('says that a function threw, and keeps the rest', () => {
    const { body, attributes } = logged('m', boom, () => {
      throw new Error('not now');
    });
    expect(body).toBe('m');
    expect(attributes).toMatchObject({ ...exception, 'logflume.attributes_error': { message: 'not now' } });
  });

  it('does not let a promise of attributes reject unheard', async () => {
    const rejections: unknown[] = [];
    const listen = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', listen);
    const { attributes } = logged('m', () => Promise.reject(new Error('late')));
    await setImmediate();
    await setImmediate();
    process.off('unhandledRejection', listen);
    expect(attributes).toStrictEqual({ 'logflume.attributes_error': expect.stringContaining('promise') });
    expect(rejections).toStrictEqual([]);
  });
});

describe('hostile arguments', () => {
  const trap = () => {
    throw new Error('trapped');
  };
  const handler = new Proxy({}, { get: () => trap });
  const hostile: [string, () => object][] = [
    ['a proxy whose traps all throw', () => new Proxy({}, handler)],
    ['a proxied function whose traps all throw', () => new Proxy(() => ({}), handler)],
    ['a proxied array whose traps all throw', () => new Proxy([], handler)],
    ['a proxied error whose traps all throw', () => new Proxy(new Error('e'), handler)],
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
    [
      'an error whose members throw',
      () => Object.defineProperties(new Error('e'), { message: { get: trap }, name: { get: trap } }),
    ],
    ['an object whose getter throws', () => Object.defineProperty({}, 'a', { get: trap, enumerable: true })],
    ['an object whose err throws', () => Object.defineProperty({}, 'err', { get: trap, enumerable: true })],
  ];

  describe.each(hostile)('%s', (_, make) => {
    const kept = { kept: true };
    test.each<[string, (value: object) => unknown[], object]>([
      ['alone', (value) => [value], {}],
      ['behind a message', (value) => ['m', value], {}],
      ['in front of a message', (value) => [value, 'm'], {}],
      ['behind an error', (value) => ['m', boom, value], exception],
      ['in front of an error', (value) => ['m', value, boom], {}],
      ['beside attributes', (value) => ['m', kept, value], kept],
      ['as an attribute', (value) => ['m', { value, ...kept }], kept],
      ['as err', (value) => ['m', { err: value, ...kept }], kept],
      ['out of a function', (value) => ['m', () => value], {}],
      ['among many', (value) => ['m', kept, value, value, 'also kept'], kept],
    ])('%s takes nothing else with it', (_place, argsOf, expected) => {
      const args = argsOf(make());
      const { body, attributes } = logged(...args);
      if (args.includes('m')) expect(body).toBe('m');
      expect(attributes).toMatchObject(expected);
      if (args.includes('also kept')) expect(JSON.stringify(attributes)).toContain('also kept');
      if (args.includes(boom)) expect(JSON.stringify(attributes)).toContain('boom');
    });
  });
});
