import { createDelivery, type Delivery } from '@logflume/delivery';
import { expect, it } from 'vitest';
import { type NumberedRecord, SimulationFailure, type SimulationOptions, simulate } from '../../src/index.ts';

it('gives the same run for the same seed', async () => {
  for (const seed of [1, 2, 3]) {
    const steps: string[][] = [[], []];
    const runs = [];
    for (const told of steps) runs.push(await simulate(seed, { onStep: (step) => told.push(step) }));
    expect(runs[0]).toEqual(runs[1]);
    expect(steps[0]).toEqual(steps[1]);
    expect(steps[0]?.length).toBeGreaterThan(5);
  }
});

it.each(['x', Number.NaN, 1.5, undefined])('refuses %s as a seed', async (seed) => {
  await expect(Reflect.apply(simulate, undefined, [seed])).rejects.toThrow(/^seed must be an integer, got /);
});

it('finds an engine that counts a delivery twice, and says how to see it again', async () => {
  const miscounting = (real: Delivery<NumberedRecord>): Delivery<NumberedRecord> => ({
    ...real,
    stats() {
      const stats = real.stats();
      return { ...stats, delivered: stats.delivered * 2 };
    },
  });
  const found = await firstFailure((options) => miscounting(createDelivery(options)));
  expect(found).toBeInstanceOf(SimulationFailure);
  expect(found?.message).toContain('accounted for');
  expect(found?.message).toContain(`npm run simulate -- --seed ${found?.seed} --ordered no`);
});

it('finds an engine that keeps a record to itself', async () => {
  let count = 0;
  const found = await firstFailure((options) => {
    const real = createDelivery(options);
    const enqueue: typeof real.enqueue = (record, severityNumber, group) => {
      if (++count % 50 !== 0) real.enqueue(record, severityNumber, group);
    };
    return { ...real, enqueue };
  });
  expect(found?.message).toMatch(/are nowhere|does not arrive/);
});

async function firstFailure(
  create: NonNullable<SimulationOptions['createDelivery']>,
): Promise<SimulationFailure | undefined> {
  for (let seed = 0; seed < 200; seed++) {
    try {
      await simulate(seed, { createDelivery: create, ordered: false });
    } catch (error) {
      if (error instanceof SimulationFailure) return error;
      throw error;
    }
  }
  return undefined;
}
