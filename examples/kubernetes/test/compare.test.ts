import { describe, expect, it } from 'vitest';
import { optionPaths } from '../../../packages/logflume/src/config/option-list.ts';
import { direct, nodeAgent, sidecar } from '../compare/models.js';

const count = 120;
const numbers = Array.from({ length: count }, (_, i) => i + 1);

describe('the same program, changed by variables alone', () => {
  it('has the same records arrive at a collector and at an agent on the node', async () => {
    const reference = await direct(count);
    expect(reference.map(({ attributes }) => attributes['i'])).toEqual(numbers);
    expect(new Set(reference.map(({ level }) => level))).toEqual(new Set(['info', 'warn']));
    expect(await nodeAgent(count)).toEqual(reference);
    // Where lines above 8 KiB come in pieces: some are.
    expect(reference.some(({ message }) => Buffer.byteLength(String(message)) > 8192)).toBe(true);
    expect(await nodeAgent(count, 8192)).toEqual(reference);
  }, 120_000);

  it.runIf(optionPaths().includes('file'))(
    'has them arrive at two sidecars, in two formats',
    async () => {
      const { records, logfmt } = await sidecar(count);
      expect(records).toEqual(await direct(count));
      expect(logfmt?.map((line) => Number(/ i=(\d+)/.exec(line)?.[1]))).toEqual(numbers);
    },
    120_000,
  );
});
