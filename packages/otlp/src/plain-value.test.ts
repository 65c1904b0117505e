import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryAnyValue } from '../test/arbitraries.ts';
import { toPlainValue } from './plain-value.ts';

describe('toPlainValue', () => {
  it.each([
    [{}, null],
    [{ stringValue: '' }, ''],
    [{ boolValue: false }, false],
    [{ intValue: '-9007199254740991' }, -9007199254740991],
    [{ intValue: '9007199254740992' }, '9007199254740992'],
    [{ doubleValue: 0.5 }, 0.5],
    [{ doubleValue: 'NaN' as const }, 'NaN'],
    [{ bytesValue: '+/8A' }, '+/8A'],
    [{ arrayValue: { values: [{ intValue: '1' }, {}] } }, [1, null]],
    [{ kvlistValue: { values: [] } }, {}],
  ])('converts %j to %j', (value, plain) => {
    expect(toPlainValue(value)).toStrictEqual(plain);
  });

  it('keeps the last of equal keys', () => {
    const values = ['1', '2'].map((intValue) => ({ key: 'k', value: { intValue } }));
    expect(toPlainValue({ kvlistValue: { values } })).toStrictEqual({ k: 2 });
  });

  it('makes every key an own one, and leaves prototypes alone', () => {
    const isAdmin = { kvlistValue: { values: [{ key: 'isAdmin', value: { boolValue: true } }] } };
    const values = ['__proto__', 'constructor', 'toString'].map((key) => ({ key, value: isAdmin }));
    const plain = toPlainValue({ kvlistValue: { values } });
    expect(JSON.stringify(plain)).toBe(
      '{"__proto__":{"isAdmin":true},"constructor":{"isAdmin":true},"toString":{"isAdmin":true}}',
    );
    expect(plain).not.toHaveProperty('isAdmin');
    expect({}).not.toHaveProperty('isAdmin');
  });

  it('answers JSON can hold, for any value', () => {
    fc.assert(
      fc.property(arbitraryAnyValue(), (value) => {
        const text = JSON.stringify(toPlainValue(value));
        expect(JSON.stringify(JSON.parse(text))).toBe(text);
      }),
    );
  });
});
