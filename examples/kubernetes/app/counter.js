// The sample application: it counts. Where its logs go is nowhere in here: that is for the deployment to say.
import { setTimeout } from 'node:timers/promises';
import { createLogger } from 'logflume';

const count = Number(process.env.COUNT ?? Number.POSITIVE_INFINITY);
const intervalMs = Number(process.env.INTERVAL_MS ?? 1000);

const log = createLogger({ name: 'counter' });

for (let i = 1; i <= count; i++) {
  if (i % 10 === 0) log.warn('a round number', { i, factors: { two: true, five: true } });
  else if (i % 25 === 1) log.info('a long one: é\n'.repeat(700), { i });
  else log.info('tick', { i, tags: ['a', 'b'] });
  if (intervalMs > 0) await setTimeout(intervalMs);
}
