import { beforeAll, describe, expect, it } from 'vitest';
import { direct, nodeAgent, sidecar } from '../compare/models.js';

const count = 120;
const numbers = Array.from({ length: count }, (_, i) => i + 1);

describe('the same program, with the variables of each manifest and nothing else', () => {
  let reference: Awaited<ReturnType<typeof direct>>['records'];
  let resource: unknown;
  beforeAll(async () => {
    ({ records: reference, resource } = await direct(count));
  });

  it('has the same records arrive at a collector and at an agent on the node', async () => {
    expect(reference.map(({ attributes }) => attributes['i'])).toEqual(numbers);
    expect(new Set(reference.map(({ level }) => level))).toEqual(new Set(['info', 'warn']));
    expect(await nodeAgent(count)).toEqual(reference);
    expect(resource).toMatchObject({
      'service.name': 'counter',
      'k8s.pod.name': 'counter-0',
      'k8s.namespace.name': 'default',
      'k8s.node.name': 'node-1',
      'k8s.container.name': 'app',
    });
    // Where lines above 8 KiB come in pieces: some are.
    expect(reference.some(({ message }) => Buffer.byteLength(String(message)) > 8192)).toBe(true);
    expect(await nodeAgent(count, 8192)).toEqual(reference);
  }, 120_000);

  it('has them arrive at two sidecars, in two formats', async () => {
    const { records, logfmt } = await sidecar(count);
    expect(records).toEqual(reference);
    expect(logfmt?.map((line) => Number(/ i=(\d+)/.exec(line)?.[1]))).toEqual(numbers);
  }, 120_000);
});
