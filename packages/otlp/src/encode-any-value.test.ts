import { Buffer } from 'node:buffer';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { roundTrip } from '../test/records.ts';
import { decoded, depthOf, encodeValue, fail, revoked, withoutStack } from '../test/values.ts';
import { encodeAnyValue } from './encode-any-value.ts';
import { encodeAttributes } from './encode-attributes.ts';
import { defaultEncodeLimits, type EncodeLimits } from './limits.ts';
import { type PlainValue, toPlainValue } from './plain-value.ts';

describe('encodeAnyValue of what is no object', () => {
  it.each<[string, unknown, string]>([
    ['text', 'hi', '0a026869'],
    ['empty text', '', '0a00'],
    ['true', true, '1001'],
    ['false', false, '1000'],
    ['0', 0, '1800'],
    ['1', 1, '1801'],
    ['−1', -1, '18ffffffffffffffffff01'],
    ['2^31 − 1', 2 ** 31 - 1, '18ffffffff07'],
    ['2^31', 2 ** 31, '188080808008'],
    ['2^32', 2 ** 32, '188080808010'],
    ['2^53', 2 ** 53, '188080808080808010'],
    ['2^53 + 2', 2 ** 53 + 2, '188280808080808010'],
    ['−2^63', -(2 ** 63), '1880808080808080808001'],
    ['2^63 − 1024', 2 ** 63 - 1024, '1880f8ffffffffffff7f'],
    ['2^63', 2 ** 63, '21000000000000e043'],
    ['1e300', 1e300, '219c7500883ce4377e'],
    ['0.5', 0.5, '21000000000000e03f'],
    ['−0', -0, '210000000000000080'],
    ['NaN', Number.NaN, '21000000000000f87f'],
    ['Infinity', Number.POSITIVE_INFINITY, '21000000000000f07f'],
    ['−Infinity', Number.NEGATIVE_INFINITY, '21000000000000f0ff'],
    ['a BigInt', 9_007_199_254_740_993n, '188180808080808010'],
    ['the largest int64', 2n ** 63n - 1n, '18ffffffffffffffff7f'],
    ['the smallest int64', -(2n ** 63n), '1880808080808080808001'],
    ['null', null, ''],
    ['undefined', undefined, ''],
  ])('writes %s', (_what, value, hex) => {
    expect(encodeValue(value).toString('hex')).toBe(hex);
  });

  it.each<[string, unknown, string]>([
    ['2^63', 2n ** 63n, '9223372036854775808'],
    ['−2^63 − 1', -(2n ** 63n) - 1n, '-9223372036854775809'],
    ['10^30', 10n ** 30n, '1000000000000000000000000000000'],
    ['a symbol', Symbol('id'), 'Symbol(id)'],
    ['a nameless symbol', Symbol(), 'Symbol()'],
    ['a function', function handler() {}, '[Function: handler]'],
    ['a class', class Order {}, '[Function: Order]'],
    ['a nameless function', (() => () => {})(), '[Function]'],
    ['a function whose name is none', Object.defineProperty(() => {}, 'name', { value: 7 }), '[Function]'],
    ['a revoked function', revoked(() => {}), '[Function]'],
  ])('writes %s as text', (_what, value, text) => {
    expect(decoded(value)).toStrictEqual({ stringValue: text });
  });

  it('writes a BigInt beyond 100,000 bits in hexadecimal, which takes no quadratic time', () => {
    expect(decoded(1n << 1_000_000n)).toStrictEqual({ stringValue: `0x1${'0'.repeat(250_000)}` });
    expect(decoded(-(1n << 100_000n))).toStrictEqual({ stringValue: `-0x1${'0'.repeat(25_000)}` });
    expect(decoded((1n << 100_000n) - 1n).stringValue).toMatch(/^[0-9]{30103}$/);
  });
});

describe('encodeAnyValue of lists', () => {
  it.each<[string, unknown, PlainValue]>([
    ['nothing', [], []],
    ['mixed values, empty ones in place', [1, 'a', null, undefined, true, [2]], [1, 'a', null, null, true, [2]]],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what this is about.
    ['holes', [1, , 3], [1, null, 3]],
    ['a Set', new Set([1, 'a', 1]), [1, 'a']],
    ['a Set of another realm', vm.runInNewContext('new Set([1, 2])'), [1, 2]],
    ['an array of another realm', vm.runInNewContext('[1, { a: 2 }]'), [1, { a: 2 }]],
    ['floats', Float64Array.of(0.5, -1), [0.5, -1]],
    ['typed BigInts', BigInt64Array.of(-1n, 2n), [-1, 2]],
    ['a proxied array', new Proxy([1, 2], {}), [1, 2]],
  ])('writes %s', (_what, value, plain) => {
    expect(toPlainValue(decoded(value))).toStrictEqual(plain);
  });

  it('ends with a Set whose own iterator never would', () => {
    class Endless extends Set<number> {
      override *[Symbol.iterator](): SetIterator<number> {
        for (;;) yield 1;
      }
      override values(): SetIterator<number> {
        return this[Symbol.iterator]();
      }
    }
    expect(toPlainValue(decoded(new Endless([7])))).toStrictEqual([7]);
  });

  it('ends with an array that its own getter makes longer', () => {
    const growing: unknown[] = [];
    const getter = { enumerable: true, get: () => growing.push(0) };
    Object.defineProperty(growing, 0, getter);
    expect(toPlainValue(decoded(growing))).toStrictEqual([2]);
  });

  it.each<[string, unknown]>([
    ['an array of 4,294,967,295 holes', sparse()],
    ['an array that claims to be endless', new Proxy([], { get: (_target, key) => (key === 'length' ? Infinity : 0) })],
    ['100 MB of floats', new Float64Array(12_500_000)],
    ['100 MB of bytes', new Uint8Array(100_000_000)],
    ['a Set of a million', new Set(Array.from({ length: 1_000_000 }, (_, index) => index))],
    ['forty levels of [x, x]', doubled((x) => [x, x])],
    ['forty levels of { a: x, b: x }', doubled((x) => ({ a: x, b: x }))],
    ['an error with 100,000 others', new AggregateError(Array.from({ length: 100_000 }, () => 'no'))],
  ])('stops at the end of the bytes in %s', (_what, value) => {
    const bytes = Buffer.alloc(65_536);
    const startedMs = performance.now();
    expect(encodeAnyValue(bytes, 0, value, defaultEncodeLimits)).toBeGreaterThan(bytes.length);
    // Without the bound some of these take minutes, others for ever.
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });

  it.each<[PlainValue, number, PlainValue]>([
    [[1, 2, 3], 3, [1, 2, 3]],
    [[1, 2, 3, 4], 3, [1, 2, 3, '… [1 items cut]']],
    [{ a: 1, b: 2 }, 2, { a: 1, b: 2 }],
    [{ a: 1, b: 2, c: 3, d: 4 }, 2, { a: 1, b: 2, '…': '[2 members cut]' }],
    [{ '…': 1, b: 2 }, 1, { '…': 1, '……': '[1 members cut]' }],
  ])('writes of %j at most %d entries and counts the others', (value, maxItems, plain) => {
    expect(toPlainValue(decoded(value, { maxItems }))).toStrictEqual(plain);
  });

  it('counts what it leaves of a proxy that claims to have every key', () => {
    const descriptor = { value: 1, enumerable: true, configurable: true };
    const value = new Proxy(
      {},
      { ownKeys: () => ['a', 'b'], getOwnPropertyDescriptor: () => descriptor, get: () => 1 },
    );
    expect(toPlainValue(decoded(value, { maxItems: 1 }))).toStrictEqual({ a: 1, '…': '[1 members cut]' });
  });

  it('counts what it leaves of a Set and of a Map', () => {
    expect(toPlainValue(decoded(new Set([1, 2, 3]), { maxItems: 2 }))).toStrictEqual([1, 2, '… [1 items cut]']);
    const map = new Map([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    expect(toPlainValue(decoded(map, { maxItems: 2 }))).toStrictEqual({ a: 1, b: 2, '…': '[1 members cut]' });
  });

  it.each([-7, 1, 9])('counts no entries that a Map or Set of size %i, by its own account, does not have', (size) => {
    class OwnMap extends Map<string, number> {
      override get size(): number {
        return size;
      }
    }
    class OwnSet extends Set<number> {
      override get size(): number {
        return size;
      }
    }
    expect(toPlainValue(decoded(new OwnSet([1, 2, 3])))).toStrictEqual([1, 2, 3]);
    const map = new OwnMap(Object.entries({ a: 1, b: 2, c: 3 }));
    expect(toPlainValue(decoded(map))).toStrictEqual({ a: 1, b: 2, c: 3 });
    const bound = encodeAttributes(map, defaultEncodeLimits);
    expect(bound.dropped).toBe(0);
    expect(roundTrip({ attributes: map }).droppedAttributesCount).toBeUndefined();
  });
});

describe('encodeAnyValue of hostile objects', () => {
  it('writes a member that throws as text, beside the others', () => {
    const value = {
      a: 1,
      get b() {
        throw new Error('no');
      },
      get c() {
        throw null;
      },
      get d() {
        throw revoked({});
      },
      e: 5,
    };
    expect(toPlainValue(decoded(value))).toStrictEqual({
      a: 1,
      b: '[Throws: no]',
      c: '[Throws: null]',
      d: '[Throws]',
      e: 5,
    });
  });

  it('writes an item that throws as text, beside the others', () => {
    const items = [1, 2, 3];
    Object.defineProperty(items, 1, {
      get: () => {
        throw new Error('no');
      },
    });
    expect(toPlainValue(decoded(items))).toStrictEqual([1, '[Throws: no]', 3]);
  });

  it('writes a toJSON that throws as text', () => {
    const value = {
      toJSON: () => {
        throw new Error('no');
      },
    };
    expect(decoded(value)).toStrictEqual({ stringValue: '[Throws: no]' });
    expect(
      decoded(
        Object.defineProperty({}, 'toJSON', {
          get: () => {
            throw new Error('no');
          },
        }),
      ),
    ).toStrictEqual({ stringValue: '[Throws: no]' });
  });

  it.each<ProxyHandler<object>>([
    { get: fail },
    { ownKeys: fail },
    { getPrototypeOf: fail },
    { getOwnPropertyDescriptor: fail },
    { has: fail },
    { get: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail },
  ])('writes something for a proxy with throwing traps: %o', (handler) => {
    for (const target of [{ a: 1 }, [1], new Map(), new Date(), new Error('x'), new Uint8Array(1), () => {}]) {
      const value = new Proxy(target, handler);
      expect(() => decoded(value)).not.toThrow();
      expect(() => decoded({ a: [value] })).not.toThrow();
    }
  });

  it('writes something for a revoked proxy', () => {
    for (const target of [{}, [], new Map()]) {
      expect(decoded(revoked(target)).stringValue).toMatch(/^\[Throws: .*revoked/);
    }
  });

  it.each<[string, object]>([
    ['Map', Object.create(Map.prototype)],
    ['Set', Object.create(Set.prototype)],
    ['Date', Object.create(Date.prototype)],
    ['URL', Object.create(URL.prototype)],
    ['Uint8Array', Object.create(Uint8Array.prototype)],
    ['proxied Map', new Proxy(new Map(), {})],
    ['tagged Map', { [Symbol.toStringTag]: 'Map' }],
    ['tagged Error', { [Symbol.toStringTag]: 'Error', message: { toString: fail } }],
  ])('writes something for a false %s', (_what, value) => {
    expect(() => decoded(value)).not.toThrow();
  });

  it('marks a circle, and not a repetition', () => {
    const shared = { s: 1 };
    const circle: Record<string, unknown> = { first: shared, second: shared };
    circle['self'] = circle;
    circle['list'] = [circle];
    expect(toPlainValue(decoded(circle))).toStrictEqual({
      first: { s: 1 },
      second: { s: 1 },
      self: '[Circular]',
      list: ['[Circular]'],
    });
    const map = new Map<string, unknown>();
    map.set('self', map);
    expect(toPlainValue(decoded(map))).toStrictEqual({ self: '[Circular]' });
    const set = new Set<unknown>();
    set.add([set]);
    expect(toPlainValue(decoded(set))).toStrictEqual([['[Circular]']]);
  });

  it.each<[string, number, (inner: unknown) => object]>([
    ['arrays', 47, (inner) => [inner]],
    ['Sets', 47, (inner) => new Set([inner])],
    ['objects', 31, (inner) => ({ inner })],
    ['Maps', 31, (inner) => new Map([['inner', inner]])],
    ['errors', 31, (inner) => withoutStack(new Error('', { cause: inner }))],
  ])('keeps as many levels of %s as decoders take, %d, and empties those below', (_what, levels, wrap) => {
    const nested = (count: number, innermost: unknown): unknown =>
      count === 0 ? innermost : wrap(nested(count - 1, innermost));
    expect(depthOf(decoded(nested(levels, 'leaf')))).toBe(levels);
    expect(JSON.stringify(decoded(nested(levels, 'leaf')))).toContain('leaf');
    expect(JSON.stringify(decoded(nested(levels, new Date(0))))).toContain('1970');
    expect(depthOf(decoded(nested(levels, new Response())))).toBe(levels);
    expect(depthOf(decoded(nested(levels + 1, 'leaf')))).toBe(levels);
    expect(JSON.stringify(decoded(nested(levels + 1, 'leaf')))).not.toContain('leaf');
    expect(depthOf(decoded(nested(5000, 'leaf')))).toBe(levels);
    expect(depthOf(decoded(nested(10, 'leaf'), { maxDepth: 5 }))).toBe(5);
  });

  it.each<[string, object]>([
    ['a name of HTTP clients', { headers: {} }],
    ['two of them', { config: {}, input: 'x' }],
    ['a key with a lone surrogate', { '\ud800': 1 }],
    ['both', { headers: {}, '\ud800': 1 }],
    ['more members than are asked for', { b: 1, c: 2, d: 3 }],
  ])('asks no object more often for standing deeper, behind it %s', (_what, behind) => {
    const asked = (levels: number): number => {
      let count = 0;
      const ownKeys = (target: object) => {
        count++;
        return Reflect.ownKeys(target);
      };
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = new Proxy({ a: value, ...behind }, { ownKeys });
      encodeValue(value, { maxItems: 3 });
      return count;
    };
    expect(asked(8)).toBe(asked(4) * 2);
  });

  it('cuts texts at the limit of a value, at any depth, and no surrogate pair in two', () => {
    const value = ['abcdef', { a: 'ab🎉🎉', b: Symbol('abcdef') }, new URL('https://example.com/')];
    expect(toPlainValue(decoded(value, { maxValueLength: 3 }))).toStrictEqual(['abc', { a: 'ab', b: 'Sym' }, 'htt']);
    expect(toPlainValue(decoded(value, { maxValueLength: 0 }))).toStrictEqual(['', { a: '', b: '' }, '']);
  });

  it('needs no byte more than it writes, cut or not', () => {
    for (const length of [118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129]) {
      for (const text of ['a'.repeat(length), `${'a'.repeat(length - 1)}🎉`, 'é'.repeat(length)]) {
        for (const value of [{ key: text }, [text], { list: [text], key: text }]) {
          for (const maxValueLength of [length - 1, length, Number.POSITIVE_INFINITY]) {
            expectExactFit(value, { ...defaultEncodeLimits, maxValueLength });
          }
        }
      }
    }
  });

  it('needs no byte more for a Map of which many keys are one as text', () => {
    expectExactFit(new Map(Array.from({ length: 50 }, (_, index) => [{}, index])), defaultEncodeLimits);
    expectExactFit(
      new Map(Array.from({ length: 50 }, (_, index) => [String.fromCharCode(0xd800 + index), index])),
      defaultEncodeLimits,
    );
  });
});

function expectExactFit(value: unknown, limits: EncodeLimits): void {
  const whole = encodeValue(value, limits);
  const exact = Buffer.alloc(whole.length);
  expect(encodeAnyValue(exact, 0, value, limits)).toBe(whole.length);
  expect(exact.equals(whole)).toBe(true);
  const short = Buffer.alloc(whole.length - 1);
  expect(encodeAnyValue(short, 0, value, limits)).toBeGreaterThan(short.length);
}

function sparse(): unknown[] {
  const items: unknown[] = [];
  items[4_294_967_294] = 1;
  return items;
}

function doubled(wrap: (x: unknown) => unknown): unknown {
  let value: unknown = wrap(null);
  for (let level = 0; level < 40; level++) value = wrap(value);
  return value;
}
