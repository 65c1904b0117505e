import { describe, expect, it } from 'vitest';
import { asHostOutput, expectHostLine, isHostOutput } from './host-output.ts';

describe('what a captured logger prints', () => {
  it('is told while it is printed, also one inside another, also when printing fails', () => {
    expect(isHostOutput('x')).toBe(false);
    expect(asHostOutput(() => [isHostOutput('x'), asHostOutput(() => isHostOutput('y')), isHostOutput('z')])).toEqual([
      true,
      true,
      true,
    ]);
    expect(() =>
      asHostOutput(() => {
        throw new Error('no terminal');
      }),
    ).toThrow('no terminal');
    expect(isHostOutput('x')).toBe(false);
  });

  it('is told once by its text, with or without a line end', () => {
    expectHostLine('{"a":1}\n');
    expect([isHostOutput('other'), isHostOutput('{"a":1}'), isHostOutput('{"a":1}')]).toEqual([false, true, false]);
    expectHostLine('line');
    expect([isHostOutput(7), isHostOutput('line')]).toEqual([false, true]);
    expectHostLine(undefined);
    expect(isHostOutput(undefined)).toBe(false);
  });
});
