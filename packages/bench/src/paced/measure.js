// @ts-check
import { participants } from '../contestants/list.js';
import { harnessAlone } from '../harness/measure.js';
import { runChild, startReceiver } from '../harness/run-child.js';
import { count, megabytes, number } from '../harness/table.js';

const RATES = [20_000, 50_000];

/** @type {import('../harness/measure.js').Measure} */
export const paced = {
  name: 'paced',
  title: 'At a steady rate',
  note: 'A burst of calls every four milliseconds, as many as the rate asks for. Event-loop delay is read by Node at a resolution of one millisecond; the harness alone shows what the loop itself costs.',
  rounds: { full: 3, quick: 1 },
  contestants: async () => [harnessAlone, ...(await participants('paced'))],
  async once({ file, variant }, quick) {
    /** @type {Record<string, number>} */
    const figures = {};
    for (const rate of quick ? RATES.slice(1) : RATES) {
      const receiver = await startReceiver('normal');
      const order = { options: variant.options, url: receiver.url, rate, seconds: quick ? 0.5 : 5 };
      const { result } = await runChild(new URL('child.js', import.meta.url), file === '' ? order : { ...order, file });
      const arrived = await receiver.end();
      figures[`cpuUs${rate}`] = result.cpuUs;
      figures[`delayP99Ms${rate}`] = result.delayP99Ms;
      figures[`delayMaxMs${rate}`] = result.delayMaxMs;
      figures[`rssMb${rate}`] = result.rssMb;
      figures[`lost${rate}`] = file === '' ? 0 : result.records - arrived.unique;
    }
    return figures;
  },
  tables: RATES.map((rate) => ({
    title: `${rate.toLocaleString('en')} records a second`,
    columns: [
      { key: `cpuUs${rate}`, title: 'CPU µs/record', format: number },
      { key: `delayP99Ms${rate}`, title: 'delay p99, ms', format: number },
      { key: `delayMaxMs${rate}`, title: 'delay max, ms', format: number },
      { key: `rssMb${rate}`, title: 'peak RSS, MB', format: megabytes },
      { key: `lost${rate}`, title: 'lost', format: count },
    ],
  })),
};
