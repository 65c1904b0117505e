import { describe, expect, it } from 'vitest';
import { createAcceptedKeys } from './accepted-keys.ts';

describe('createAcceptedKeys', () => {
  it('remembers the last keys and forgets the oldest', () => {
    const keys = createAcceptedKeys(2);
    for (const key of ['a', 'b', 'a', 'c']) keys.add(key);
    expect(['a', 'b', 'c'].map(keys.has)).toEqual([true, false, true]);
  });

  it('tells long keys apart that begin alike', () => {
    const keys = createAcceptedKeys(10);
    keys.add(`${'k'.repeat(10_000)}1`);
    expect(keys.has(`${'k'.repeat(10_000)}1`)).toBe(true);
    expect(keys.has(`${'k'.repeat(10_000)}2`)).toBe(false);
  });
});
