// @ts-check
import { participants } from '../contestants/list.js';
import { runChild, startReceiver } from '../harness/run-child.js';
import { count, megabytes, number } from '../harness/table.js';

/** Those whose defaults wait for seconds, or lose most of it, are left to a whole run. */
const isWholeQuickly = (/** @type {{ settings: string }} */ { settings }) => !/; defaults$/.test(settings);

/** @type {import('../harness/measure.js').Measure} */
export const shipping = {
  name: 'shipping',
  title: 'Shipping as fast as it goes',
  note: 'Each logs its records without a pause to a backend in another process, which counts them; then it shuts down. CPU is that of the whole process, threads included, for each record that arrived.',
  rounds: { full: 3, quick: 1 },
  contestants: async (quick) =>
    (await participants('shipping')).filter(({ variant }) => !quick || isWholeQuickly(variant)),
  async once({ file, variant }, quick) {
    const records = quick ? 20_000 : 500_000;
    const receiver = await startReceiver('normal');
    const order = { file, options: variant.options, url: receiver.url, records };
    const { result } = await runChild(new URL('child.js', import.meta.url), order);
    const arrived = await receiver.end();
    return {
      recordsPerSecond: (arrived.unique / (arrived.lastMs - result.startMs)) * 1000,
      cpuUs: result.cpuUs / arrived.unique,
      lost: records - arrived.unique,
      duplicates: arrived.records - arrived.unique,
      rssMb: result.rssKb / 1024,
      requests: arrived.requests,
    };
  },
  tables: [
    {
      title: '',
      columns: [
        { key: 'recordsPerSecond', title: 'records/s', format: count },
        { key: 'cpuUs', title: 'CPU µs/record', format: number },
        { key: 'lost', title: 'lost', format: count },
        { key: 'duplicates', title: 'doubled', format: count },
        { key: 'rssMb', title: 'peak RSS, MB', format: megabytes },
        { key: 'requests', title: 'requests', format: count },
      ],
    },
  ],
};
