import { Buffer } from 'node:buffer';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { decoded, depthOf, fail } from '../test/values.ts';
import { type PlainValue, toPlainValue } from './plain-value.ts';

describe('bytes', () => {
  const four = Uint8Array.of(1, 2, 3, 4);
  class Liar extends Uint8Array {
    override get length(): number {
      return 100;
    }
    override get byteLength(): number {
      return 200;
    }
    static get [Symbol.species](): Uint8ArrayConstructor {
      throw new Error('asked');
    }
  }
  it.each<[string, unknown, Uint8Array]>([
    ['a Uint8Array', four, four],
    ['none', new Uint8Array(0), new Uint8Array(0)],
    ['a Buffer, not its toJSON', Buffer.from(four), four],
    ['a slice of a pool', Buffer.from('xabcx').subarray(1, 4), Buffer.from('abc')],
    ['a clamped array', Uint8ClampedArray.of(1, 2, 3, 4), four],
    ['an ArrayBuffer', four.buffer, four],
    ['a DataView', new DataView(four.buffer, 1, 2), Uint8Array.of(2, 3)],
    ['a SharedArrayBuffer', new SharedArrayBuffer(2), Uint8Array.of(0, 0)],
    ['shared bytes', new Uint8Array(new SharedArrayBuffer(2)), Uint8Array.of(0, 0)],
    ['bytes of another realm', vm.runInNewContext('Uint8Array.of(1, 2, 3, 4)'), four],
    ['an ArrayBuffer of another realm', vm.runInNewContext('Uint8Array.of(1, 2, 3, 4).buffer'), four],
    ['a view that lies about its length', Liar.of(1, 2, 3, 4), four],
    [
      'a view with a length of its own',
      Object.defineProperty(Uint8Array.of(1, 2), 'length', { value: 9 }),
      Uint8Array.of(1, 2),
    ],
  ])('writes %s', (_what, value, bytes) => {
    expect(decoded(value)).toStrictEqual({ bytesValue: Buffer.from(bytes).toString('base64') });
  });

  it('says that a buffer was detached', () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    for (const value of [bytes, bytes.buffer, new DataView(new ArrayBuffer(0))]) {
      expect(() => decoded(value)).not.toThrow();
    }
    expect(decoded(bytes).stringValue).toMatch(/^\[Throws: .*detached/);
  });

  it('cuts bytes at the limit of a value', () => {
    expect(decoded(four, { maxValueLength: 3 })).toStrictEqual({ bytesValue: Buffer.of(1, 2, 3).toString('base64') });
  });
});

describe('objects', () => {
  class Order {
    id = 7;
    #secret = 'x';
    get total(): string {
      return this.#secret;
    }
  }
  const inherited: unknown = Object.create(
    { inherited: 1 },
    { own: { value: 2, enumerable: true }, hidden: { value: 3 } },
  );

  it.each<[string, unknown, PlainValue]>([
    ['none of its members being there', {}, {}],
    [
      'members of every kind, undefined ones left out',
      { a: 1, b: undefined, c: null, d: [{}] },
      { a: 1, c: null, d: [{}] },
    ],
    ['a null prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a class instance', new Order(), { id: 7 }],
    ['own enumerable members alone', inherited, { own: 2 }],
    ['symbol keys left out', { [Symbol('s')]: 1, a: 2 }, { a: 2 }],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, 'b'],
        [Symbol('c'), null],
        ['d', undefined],
      ]),
      { 2: 'b', a: 1, 'Symbol(c)': null },
    ],
    [
      'a Map with keys that are one key as text',
      new Map<unknown, unknown>([
        ['1', 'a'],
        [1, 'b'],
      ]),
      { 1: 'b' },
    ],
    ['a Map with a key that is no text', new Map([[Object.create(null), 1]]), { '[unprintable key]': 1 }],
    [
      'a Map with a URL for a key, its password masked',
      new Map([[new URL('https://me:secret@h/'), 1]]),
      { 'https://me:***@h/': 1 },
    ],
    ['a Map of another realm', vm.runInNewContext('new Map([["a", 1]])'), { a: 1 }],
    ['a WeakMap', new WeakMap(), {}],
    ['a promise', Promise.resolve(1), {}],
    ['an array-like', { length: 1e9 }, { length: 1e9 }],
    ['keys with lone surrogates, once each', { 'a\ud800': 1, 'a\udfff': 2, b: 3 }, { 'a\ufffd': 2, b: 3 }],
    [
      'a Map with such keys',
      new Map([
        ['\ud800', 1],
        ['\udfff', 2],
      ]),
      { '\ufffd': 2 },
    ],
  ])('writes %s', (_what, value, plain) => {
    expect(toPlainValue(decoded(value))).toEqual(plain);
  });

  it('keeps a key named __proto__ as a key', () => {
    const parsed: unknown = JSON.parse('{"__proto__":{"admin":true}}');
    const entry = { key: '__proto__', value: expect.anything() };
    expect(decoded(parsed).kvlistValue?.values).toStrictEqual([entry]);
    expect(decoded(new Map([['__proto__', 1]])).kvlistValue?.values).toStrictEqual([entry]);
    expect(decoded({ ['__proto__']: 1, '\ud800': 2 }).kvlistValue?.values).toHaveLength(2);
  });

  it.each<[string, unknown, PlainValue]>([
    ['a Date', new Date(1_581_452_773_000), '2020-02-11T20:26:13.000Z'],
    ['an invalid Date', new Date(Number.NaN), 'Invalid Date'],
    ['a Date of another realm', vm.runInNewContext('new Date(0)'), '1970-01-01T00:00:00.000Z'],
    ['a Date with a broken toISOString', brokenDate(), '1970-01-01T00:00:00.000Z'],
    ['a URL', new URL('https://example.com/a?b=c'), 'https://example.com/a?b=c'],
    ['a URL, its password masked', new URL('https://me:secret@example.com/'), 'https://me:***@example.com/'],
    ['a RegExp', /a+/gi, '/a+/gi'],
    ['a boxed string', new String('a'), 'a'],
    ['a boxed number', new Number(1.5), 1.5],
    ['a boxed boolean', new Boolean(false), false],
    ['a boxed BigInt', Object(7n), 7],
    ['a boxed symbol', Object(Symbol('s')), 'Symbol(s)'],
    ['a boxed string that answers itself', Object.assign(new String('a'), { valueOf: () => new String('b') }), 'a'],
    ['what has toJSON', { toJSON: () => ({ a: 1 }) }, { a: 1 }],
    ['what is like a Temporal instant', temporalLike(), '2020-02-11T20:26:13Z'],
    ['a toJSON that answers nothing', { toJSON: () => undefined }, null],
    ['a toJSON that answers a list', { toJSON: () => [1] }, [1]],
    ['a toJSON that answers a Date', { toJSON: () => new Date(0) }, '1970-01-01T00:00:00.000Z'],
  ])('writes %s', (_what, value, plain) => {
    expect(toPlainValue(decoded(value))).toStrictEqual(plain);
  });

  it('takes the members of an object whose toJSON answers itself', () => {
    const self = { a: 1, toJSON: (): unknown => self };
    expect(toPlainValue(decoded(self))).toStrictEqual({ a: 1, toJSON: '[Function: toJSON]' });
  });

  it('asks for toJSON once, as JSON.stringify does, though the answer has one too', () => {
    const endless = { a: 1, toJSON: (): unknown => ({ ...endless }) };
    expect(toPlainValue(decoded(endless))).toStrictEqual({ a: 1, toJSON: '[Function: toJSON]' });
    const forever = { toJSON: (): unknown => ({ next: { ...forever } }) };
    expect(depthOf(decoded(forever))).toBe(31);
  });

  it('reads every member once', () => {
    let reads = 0;
    const counted = {
      get a() {
        reads++;
        return { b: [1] };
      },
    };
    decoded(counted);
    expect(reads).toBe(1);
  });
});

function brokenDate(): Date {
  class Broken extends Date {
    override toISOString(): string {
      return fail();
    }
    override getTime(): number {
      return fail();
    }
  }
  return new Broken(0);
}

function temporalLike(): object {
  class Instant {
    toJSON(): string {
      return '2020-02-11T20:26:13Z';
    }
    valueOf(): never {
      throw new TypeError('use compare()');
    }
  }
  return new Instant();
}
