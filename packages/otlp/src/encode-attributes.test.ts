import { describe, expect, it } from 'vitest';
import { bind, roundTrip } from '../test/records.ts';
import { fail, revoked } from '../test/values.ts';
import {
  cutAttributes,
  type EncodedAttributes,
  encodeAttributes,
  encodedField,
  mergeAttributes,
} from './encode-attributes.ts';
import { defaultEncodeLimits } from './limits.ts';
import { type PlainValue, toPlainValue } from './plain-value.ts';

describe('encodeAttributes', () => {
  it('knows where the field of each key lies', () => {
    const attributes = bind({ a: 1, none: undefined, text: 'x'.repeat(3000), last: null });
    expect([...attributes.keys.keys()]).toStrictEqual(['a', 'text', 'last']);
    expect(attributes.ends.at(-1)).toBe(attributes.bytes.length);
    expect(attributes.ends).toStrictEqual([9, 9 + encodedField(attributes, 'text').length, attributes.bytes.length]);
    expect(encodedField(attributes, 'a').toString('hex')).toBe('32070a016112021801');
    expect(encodedField(attributes, 'last').toString('hex')).toBe('32080a046c6173741200');
  });

  it('writes the tag of the message they are for', () => {
    expect(encodeAttributes({ a: 1 }, defaultEncodeLimits, 0x0a).bytes.toString('hex')).toBe('0a070a016112021801');
  });

  it('drops and counts what is beyond the limit', () => {
    const attributes = bind({ a: 1, b: 2, c: 3, d: undefined }, { ...defaultEncodeLimits, maxAttributes: 2 });
    expect([...attributes.keys.keys()]).toStrictEqual(['a', 'b']);
    expect(attributes.dropped).toBe(2);
  });

  it.each<[string, unknown, PlainValue]>([
    ['a text of a hundred megabytes', 'x'.repeat(100_000_000), 'x'.repeat(1024)],
    ['bytes of a hundred megabytes', new Uint8Array(100_000_000), Buffer.alloc(1024).toString('base64')],
    [
      'a Set of 100,000',
      new Set(Array.from({ length: 100_000 }, (_, index) => index)),
      expect.arrayContaining([15, '… [99984 items cut]']),
    ],
    [
      'forty levels of [x, x]',
      doubled(40),
      [
        [
          [null, null],
          [null, null],
        ],
        [
          [null, null],
          [null, null],
        ],
      ],
    ],
  ])('cuts %s, so that every record has room for it', (_what, value, plain) => {
    const attributes = bind({ before: 1, value, after: 2 });
    expect(plainOf(attributes)).toStrictEqual({ before: 1, value: plain, after: 2 });
    expect(attributes.dropped).toBe(0);
  });

  it('drops and counts what cannot be cut', () => {
    const attributes = bind({ before: 1, ['k'.repeat(100_000)]: 1, after: 2 });
    expect(plainOf(attributes)).toStrictEqual({ before: 1, after: 2 });
    expect(attributes.dropped).toBe(1);
    const few = bind({ ['k'.repeat(100_000)]: 1, a: 1, b: 2 }, { ...defaultEncodeLimits, maxAttributes: 2 });
    expect(plainOf(few)).toStrictEqual({ a: 1 });
    expect(few.dropped).toBe(2);
  });

  it('takes no more than 64 KiB of many large ones', () => {
    const attributes = bind(
      Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 'x'.repeat(2000)])),
    );
    expect(attributes.bytes.length).toBeLessThanOrEqual(65_536);
    expect(attributes.bytes.length).toBeGreaterThan(60_000);
    expect(attributes.keys.size + attributes.dropped).toBe(100);
  });

  it.each<[string, object]>([
    ['a revoked proxy', revoked({})],
    ['an object that does not list its keys', new Proxy({}, { ownKeys: fail })],
    ['a toJSON that throws', { toJSON: fail }],
  ])('says that %s cannot be read', (_what, attributes) => {
    expect(plainOf(bind(attributes))).toStrictEqual({
      'logflume.unreadable_attributes': expect.stringMatching(/^\[Throws/),
    });
  });

  it('reads what stands before and behind a getter that throws', () => {
    const attributes = Object.defineProperty({ before: 1, bad: 0, after: 2 }, 'bad', { enumerable: true, get: fail });
    expect(plainOf(bind(attributes))).toStrictEqual({ before: 1, bad: expect.stringMatching(/^\[Throws/), after: 2 });
    expect(plainOf(bind({ a: 1 }))).toStrictEqual({ a: 1 });
  });

  it.each<[string, object, Record<string, PlainValue>]>([
    ['the answer of a toJSON', { a: 1, toJSON: () => ({ b: 2 }) }, { b: 2 }],
    ['an own member of that name that is no function', { a: 1, toJSON: 2 }, { a: 1, toJSON: 2 }],
    ['the entries of a Map', new Map([['a', 1]]), { a: 1 }],
    ['members without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['own members alone', Object.create({ inherited: 1 }, { a: { value: 1, enumerable: true } }), { a: 1 }],
    [
      'a request without its headers',
      { xsrfCookieName: 'x', url: 'https://u:p@host/path?q=1', method: 'get', headers: { authorization: 'secret' } },
      { method: 'GET', url: 'https://host/path' },
    ],
  ])('is %s', (_what, attributes, plain) => {
    expect(plainOf(bind(attributes))).toStrictEqual(plain);
  });

  it('keeps attributes apart that are encoded while others are', () => {
    let inner: EncodedAttributes | undefined;
    const toJSON = () => {
      inner = bind({ inner: 'x'.repeat(100) });
      return 'outer';
    };
    const outer = bind({ before: 1, value: { toJSON }, after: 2 });
    const later = bind({ later: 'y'.repeat(100) });
    expect(plainOf(outer)).toStrictEqual({ before: 1, value: 'outer', after: 2 });
    expect(inner && plainOf(inner)).toStrictEqual({ inner: 'x'.repeat(100) });
    expect(plainOf(later)).toStrictEqual({ later: 'y'.repeat(100) });
  });

  it('keeps one of keys that are one in UTF-8', () => {
    expect(plainOf(bind({ '\ud800': 1, '\udfff': 2 }))).toStrictEqual({ '\ufffd': 2 });
    expect(plainOf(bind({ '\ud800': 1, a: 3 }))).toStrictEqual({ '\ufffd': 1, a: 3 });
    const two = bind({ '\ud800': 1, '\udfff': 2, a: 3 }, { ...defaultEncodeLimits, maxAttributes: 2 });
    expect(plainOf(two)).toStrictEqual({ '\ufffd': 2, a: 3 });
    expect(two.dropped).toBe(0);
  });
});

describe('mergeAttributes', () => {
  it('is the union, in which the second wins', () => {
    const merged = mergeAttributes(bind({ a: 1, b: 2, c: 3 }), bind({ d: 4, b: 'two' }));
    expect(plainOf(merged)).toStrictEqual({ a: 1, c: 3, d: 4, b: 'two' });
    expect([...merged.keys.keys()]).toStrictEqual(['a', 'c', 'd', 'b']);
    for (const key of merged.keys.keys()) expect(encodedField(merged, key).includes(key)).toBe(true);
  });

  it('puts the second behind the first where no key is in both', () => {
    const merged = mergeAttributes(bind({ a: 1, b: 'two' }), bind({ c: 3, d: 4 }));
    expect(plainOf(merged)).toStrictEqual({ a: 1, b: 'two', c: 3, d: 4 });
    expect([...merged.keys.keys()]).toStrictEqual(['a', 'b', 'c', 'd']);
    for (const key of merged.keys.keys()) expect(encodedField(merged, key).includes(key)).toBe(true);
    expect(merged.ends.at(-1)).toBe(merged.bytes.length);
  });

  it('adds up what either has dropped', () => {
    const limits = { ...defaultEncodeLimits, maxAttributes: 1 };
    expect(mergeAttributes(bind({ a: 1, b: 2 }, limits), bind({ c: 1, d: 2, e: 3 }, limits)).dropped).toBe(3);
    const none = bind({ a: 1 }, { ...limits, maxAttributes: 0 });
    expect(mergeAttributes(none, bind({ b: 1 })).dropped).toBe(1);
    expect(mergeAttributes(bind({ b: 1 }), none).dropped).toBe(1);
  });

  it('is the second where it says all of the first', () => {
    const over = bind({ b: 'two', a: 1, c: 3 });
    expect(mergeAttributes(bind({ a: 0, b: 2 }), over)).toBe(over);
  });

  it('is the other one where one is empty', () => {
    expect(plainOf(mergeAttributes(bind({}), bind({ a: 1 })))).toStrictEqual({ a: 1 });
    expect(plainOf(mergeAttributes(bind({ a: 1 }), bind({})))).toStrictEqual({ a: 1 });
  });

  it('does not grow with every child of a child', () => {
    let merged = bind({});
    for (let index = 0; index < 20; index++)
      merged = mergeAttributes(merged, bind({ [`k${index}`]: 'x'.repeat(10_000) }));
    expect(merged.bytes.length).toBeLessThanOrEqual(65_536);
    expect(merged.keys.size).toBe(6);
    expect(merged.dropped).toBe(14);
  });
});

describe('cutAttributes', () => {
  const attributes = bind({ a: 1, large: 'x'.repeat(100), b: 2 });

  it('is the same attributes where nothing has to go', () => {
    expect(cutAttributes(attributes, 3, attributes.bytes.length)).toBe(attributes);
  });

  it('keeps the first that have room, and counts the others', () => {
    const byBytes = cutAttributes(attributes, 3, 20);
    expect(plainOf(byBytes)).toStrictEqual({ a: 1, b: 2 });
    expect(byBytes.dropped).toBe(1);
    const byCount = cutAttributes(attributes, 1, 1000);
    expect(plainOf(byCount)).toStrictEqual({ a: 1 });
    expect(byCount.dropped).toBe(2);
  });
});

function plainOf(bound: EncodedAttributes): Record<string, PlainValue> {
  const { attributes = [] } = roundTrip({ bound });
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toPlainValue(value)]));
}

function doubled(levels: number): unknown {
  return levels === 0 ? null : pair(doubled(levels - 1));
}

function pair(x: unknown): unknown {
  return [x, x];
}
