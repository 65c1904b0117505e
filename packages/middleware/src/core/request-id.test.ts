import { describe, expect, it } from 'vitest';
import { createRequestId, isAcceptableId } from './request-id.ts';

describe('createRequestId', () => {
  it('makes UUIDs of version 7 that begin with their time', () => {
    const ids = Array.from({ length: 1000 }, () => createRequestId(0x0123456789ab));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^01234567-89ab-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(ids.map((id) => id.charAt(19))).size).toBe(4);
    expect(createRequestId(0x0123456789ac)).toMatch(/^01234567-89ac-7/);
  });
});

describe('isAcceptableId', () => {
  it.each([['a'], ['A-z_0=1.2:3'], ['x'.repeat(128)], [createRequestId(1)]])('takes %s', (id) => {
    expect(isAcceptableId(id)).toBe(true);
  });

  it.each([[''], ['x'.repeat(129)], ['a b'], ['a\n'], ['a,b'], ['é'], ['<a>'], [undefined], [['a']], [7]])(
    'refuses %s',
    (id) => {
      expect(isAcceptableId(id)).toBe(false);
    },
  );
});
