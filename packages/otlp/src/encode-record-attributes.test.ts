import { describe, expect, it } from 'vitest';
import { bind, encodeRecord, plainRecord, roundTrip } from '../test/records.ts';
import { fail, revoked, withoutStack } from '../test/values.ts';
import { mergeAttributes } from './encode-attributes.ts';
import { defaultEncodeLimits, type EncodeLimits } from './limits.ts';
import type { LogRecordInput } from './log-record-input.ts';
import { type PlainValue, toPlainValue } from './plain-value.ts';

type Fields = Partial<Pick<LogRecordInput, 'attributes' | 'bound' | 'exception'>>;

describe('attributes of a record', () => {
  it('stand in their order, before what is bound', () => {
    expect(Object.entries(attributesOf({ attributes: { b: 1, a: 2 }, bound: bind({ d: 3, c: 4 }) }))).toStrictEqual([
      ['b', 1],
      ['a', 2],
      ['d', 3],
      ['c', 4],
    ]);
  });

  it('win over bound ones of the same name', () => {
    const bound = bind({ first: 1, second: 2, third: 3 });
    expect(attributesOf({ attributes: { second: 'own' }, bound })).toStrictEqual({ second: 'own', first: 1, third: 3 });
    expect(attributesOf({ attributes: { first: 'a', third: 'c', second: 'b' }, bound })).toStrictEqual({
      first: 'a',
      third: 'c',
      second: 'b',
    });
    expect(attributesOf({ attributes: { second: null }, bound })).toStrictEqual({ second: null, first: 1, third: 3 });
  });

  it('leave a bound one alone when they are undefined', () => {
    expect(attributesOf({ attributes: { a: undefined, b: undefined }, bound: bind({ a: 1 }) })).toStrictEqual({ a: 1 });
  });

  it.each<[string, object, PlainValue]>([
    ['none', {}, {}],
    ['a null prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['inherited members left out', Object.create({ a: 1 }), {}],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, undefined],
        [3, 'c'],
      ]),
      { 3: 'c', a: 1 },
    ],
    [
      'a class instance',
      new (class Order {
        id = 7;
      })(),
      { id: 7 },
    ],
    ['what has toJSON', { a: 1, toJSON: () => ({ b: 2 }) }, { b: 2 }],
    ['a toJSON that is no function', { toJSON: 1 }, { toJSON: 1 }],
    ['a toJSON that answers another', { toJSON: () => ({ a: 1, toJSON: fail }) }, { a: 1, toJSON: '[Function: fail]' }],
    ['a toJSON that throws', { toJSON: fail }, { 'logflume.unreadable_attributes': '[Throws: trapped]' }],
    ['an array', [1, 2], { values: [1, 2] }],
    ['a Set', new Set([1]), { values: [1] }],
    ['floats', Float64Array.of(0.5), { values: [0.5] }],
    ['bytes', Uint8Array.of(1), { value: 'AQ==' }],
    ['a Date', new Date(0), { value: '1970-01-01T00:00:00.000Z' }],
    ['an error', withoutStack(new RangeError('x')), { type: 'RangeError', message: 'x' }],
    [
      'a getter that throws',
      {
        a: 1,
        get b(): never {
          return fail();
        },
        c: 3,
      },
      { a: 1, b: '[Throws: trapped]', c: 3 },
    ],
    ['keys that are one key in UTF-8', { 'k\ud800': 1, 'k\udc00': 2, 'k\ufffd': 3 }, { 'k\ufffd': 3 }],
    ['a circle', circle(), { self: { self: '[Circular]' } }],
  ])('may be %s', (_what, attributes, plain) => {
    expect(attributesOf({ attributes })).toStrictEqual(plain);
  });

  it.each<[string, object]>([
    ['a revoked proxy', revoked({})],
    ['a proxy that does not list its keys', new Proxy({}, { ownKeys: fail })],
    ['a proxy without a prototype to show', new Proxy({}, { getPrototypeOf: fail })],
    [
      'a proxy that throws a proxy',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw revoked({});
          },
        },
      ),
    ],
  ])('that are %s say so', (_what, attributes) => {
    expect(attributesOf({ attributes, bound: bind({ a: 1 }) })).toStrictEqual({
      'logflume.unreadable_attributes': expect.stringMatching(/^\[Throws/),
      a: 1,
    });
  });

  it('come once also where a key becomes one that is bound', () => {
    expect(attributesOf({ attributes: { '\ud800': 'own' }, bound: bind({ '\udfff': 'bound' }) })).toStrictEqual({
      '\ufffd': 'own',
    });
  });

  it('may be named __proto__', () => {
    const attributes: object = JSON.parse('{"__proto__":1,"a":2}');
    const keys = (fields: Fields): unknown => roundTrip(fields).attributes?.map(({ key }) => key);
    expect(keys({ attributes })).toStrictEqual(['__proto__', 'a']);
    expect(keys({ bound: bind(attributes) })).toStrictEqual(['__proto__', 'a']);
    expect(keys({ attributes: Object.defineProperty(attributes, 'b', { get: fail, enumerable: true }) })).toStrictEqual(
      ['__proto__', 'a', 'b'],
    );
  });

  it('are read once each unless one throws', () => {
    let reads = 0;
    attributesOf({
      attributes: {
        get a() {
          return ++reads;
        },
      },
      bound: bind({ b: 1 }),
    });
    expect(reads).toBe(1);
  });

  it('are the same with a polluted prototype', () => {
    const record = { ...plainRecord, attributes: { a: { b: 1 } }, body: [new Map(), new Error('x')], exception: 'no' };
    const expected = encodeRecord(record);
    Object.defineProperty(Object.prototype, 'polluted', { value: 'x', enumerable: true, configurable: true });
    const polluted = encodeRecord(record);
    Reflect.deleteProperty(Object.prototype, 'polluted');
    expect(polluted.equals(expected)).toBe(true);
  });
});

describe('the limit of 128 attributes', () => {
  it('counts what it drops', () => {
    expect(counts({ attributes: numbered('a', 127) })).toStrictEqual([127, undefined]);
    expect(counts({ attributes: numbered('a', 128) })).toStrictEqual([128, undefined]);
    expect(counts({ attributes: numbered('a', 129) })).toStrictEqual([128, 1]);
    expect(counts({ attributes: new Map(Object.entries(numbered('a', 300))) })).toStrictEqual([128, 172]);
    expect(counts({ attributes: { ...numbered('a', 128), none: undefined } })).toStrictEqual([128, undefined]);
  });

  it('counts bound ones first, once where a record has them too', () => {
    const bound = bind(numbered('b', 100));
    expect(counts({ attributes: numbered('a', 28), bound })).toStrictEqual([128, undefined]);
    expect(counts({ attributes: numbered('a', 30), bound })).toStrictEqual([128, 2]);
    expect(counts({ attributes: { ...numbered('b', 100), ...numbered('a', 30) }, bound })).toStrictEqual([128, 2]);
    expect(counts({ attributes: numbered('b', 100), bound })).toStrictEqual([100, undefined]);
    expect(counts({ bound: bind(numbered('b', 130)) })).toStrictEqual([128, 2]);
    expect(counts({ attributes: { a: 1 }, bound: bind(numbered('b', 130)) })).toStrictEqual([128, 3]);
  });

  it('holds for the union of two loggers', () => {
    const bound = mergeAttributes(bind(numbered('a', 100)), bind(numbered('b', 100)));
    expect(counts({ bound })).toStrictEqual([128, 72]);
    expect(counts({ bound, attributes: { own: 1 } })).toStrictEqual([128, 73]);
  });

  it('leaves room for the exception, which is written whatever the limit', () => {
    const exception = withoutStack(new Error('x'));
    expect(counts({ attributes: numbered('a', 126), exception })).toStrictEqual([128, undefined]);
    expect(counts({ attributes: numbered('a', 128), exception })).toStrictEqual([128, 2]);
    expect(counts({ attributes: { ...numbered('a', 128), 'exception.type': 'x' }, exception })).toStrictEqual([128, 2]);
    expect(counts({ bound: bind(numbered('b', 128)), exception })).toStrictEqual([130, undefined]);
    expect(counts({ attributes: { a: 1 }, exception }, { maxAttributes: 0 })).toStrictEqual([2, 1]);
  });

  it('does not read on in a Map of a million', () => {
    const attributes = new Map(Array.from({ length: 1_000_000 }, (_, index) => [index, index]));
    const startedMs = performance.now();
    expect(counts({ attributes })).toStrictEqual([128, 999_872]);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});

describe('an exception of a record', () => {
  const exception = Object.assign(withoutStack(new TypeError('no')), { code: 'E1', errno: 2 });

  it('is written as exception.*', () => {
    expect(attributesOf({ exception, attributes: { a: 1 } })).toStrictEqual({
      a: 1,
      'exception.type': 'TypeError',
      'exception.message': 'no',
      'exception.code': 'E1',
      'exception.properties': { errno: 2 },
    });
    expect(attributesOf({ exception: new Error('x') })).toHaveProperty(
      ['exception.stacktrace'],
      expect.stringContaining('Error: x\n'),
    );
  });

  it.each<[string, unknown, PlainValue]>([
    ['text', 'no', { 'exception.type': 'string', 'exception.message': 'no' }],
    ['a number', 404, { 'exception.type': 'number', 'exception.message': 404 }],
    ['null', null, { 'exception.type': 'null', 'exception.message': null }],
    ['an object', { code: 1 }, { 'exception.type': 'object', 'exception.message': { code: 1 } }],
    ['a function', fail, { 'exception.type': 'function', 'exception.message': '[Function: fail]' }],
  ])('may be %s', (_what, thrown, plain) => {
    expect(attributesOf({ exception: thrown })).toStrictEqual(plain);
  });

  it('is written as one where it is no error and has the words of one', () => {
    const exception = { name: 'N', message: 'M', stack: 'S', code: 7, response: { token: 'SECRET' }, retry: true };
    expect(attributesOf({ exception })).toStrictEqual({
      'exception.type': 'N',
      'exception.message': 'M',
      'exception.stacktrace': 'S',
      'exception.code': 7,
      'exception.properties': { retry: true },
    });
    expect(attributesOf({ exception: { message: 'M' } })).toMatchObject({ 'exception.message': { message: 'M' } });
  });

  it('gives way to attributes of the same name, of the record and bound ones, and no key comes twice', () => {
    const own = { 'exception.type': 'Own', 'exception.code': null };
    expect(attributesOf({ exception, attributes: own })).toStrictEqual({
      'exception.type': 'Own',
      'exception.code': null,
      'exception.message': 'no',
      'exception.properties': { errno: 2 },
    });
    const bound = bind({ 'exception.type': 'Bound', 'exception.message': 'bound' });
    expect(attributesOf({ exception, bound })).toStrictEqual({
      'exception.code': 'E1',
      'exception.properties': { errno: 2 },
      'exception.type': 'Bound',
      'exception.message': 'bound',
    });
    expect(attributesOf({ exception, attributes: own, bound })).toStrictEqual({
      'exception.type': 'Own',
      'exception.code': null,
      'exception.properties': { errno: 2 },
      'exception.message': 'bound',
    });
  });

  it('stays when the attribute of the same name is undefined, or read only once', () => {
    expect(attributesOf({ exception, attributes: { 'exception.type': undefined } })).toMatchObject({
      'exception.type': 'TypeError',
    });
    let reads = 0;
    const attributes = {
      get 'exception.type'() {
        return reads++ === 0 ? 'Own' : fail();
      },
    };
    expect(attributesOf({ exception, attributes })).toMatchObject({ 'exception.type': 'Own' });
  });

  it('is not written a second time where it stands among the attributes', () => {
    expect(attributesOf({ exception, attributes: { err: exception, a: 1 } })).not.toHaveProperty('err');
  });

  it('hides no attribute that equals a thrown text or null', () => {
    expect(attributesOf({ exception: 'no', attributes: { reason: 'no' } })).toMatchObject({ reason: 'no' });
    expect(attributesOf({ exception: null, attributes: { reason: null } })).toMatchObject({ reason: null });
  });

  it('ends at once with a cause that is itself', () => {
    const error: Error = withoutStack(new Error('loop'));
    error.cause = error;
    expect(attributesOf({ exception: error })).toMatchObject({ 'exception.cause': '[Circular]' });
  });
});

/** The attributes by key; fails where a key comes twice. */
function attributesOf(fields: Fields, limits?: Partial<EncodeLimits>): Record<string, PlainValue> {
  const attributes = roundTrip(fields, { ...defaultEncodeLimits, ...limits }).attributes ?? [];
  expect(new Set(attributes.map(({ key }) => key)).size).toBe(attributes.length);
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toPlainValue(value)]));
}

function counts(fields: Fields, limits?: Partial<EncodeLimits>): [number, number | undefined] {
  const record = roundTrip(fields, { ...defaultEncodeLimits, ...limits });
  expect(new Set(record.attributes?.map(({ key }) => key)).size).toBe(record.attributes?.length);
  return [record.attributes?.length ?? 0, record.droppedAttributesCount];
}

function numbered(prefix: string, count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, index]));
}

function circle(): object {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}
