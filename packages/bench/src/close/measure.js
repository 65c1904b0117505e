// @ts-check
import { participants } from '../contestants/list.js';
import { countInText } from '../harness/count-records.js';
import { runChild, startReceiver } from '../harness/run-child.js';
import { count, number } from '../harness/table.js';

const RECORDS = 1000;

/** @type {import('../harness/measure.js').Measure} */
export const close = {
  name: 'close',
  title: 'Shutting down while the backend is dead',
  note: `${RECORDS.toLocaleString('en')} records, then the shutdown, with a backend that takes connections and never answers. What is on stderr as JSON is not lost: somebody can find it.`,
  rounds: { full: 1, quick: 1 },
  // Some take a quarter of a minute.
  contestants: async (quick) => (await participants('close')).filter(({ file }) => !quick || file === 'logflume'),
  async once({ file, variant }) {
    const receiver = await startReceiver('silent');
    const order = { file, options: variant.options, url: receiver.url, records: RECORDS };
    const { result, stderr } = await runChild(new URL('child.js', import.meta.url), order);
    await receiver.end();
    const printed = new Set();
    countInText(stderr, (found) => printed.add(found));
    return { seconds: result.seconds, printed: printed.size, lost: RECORDS - printed.size };
  },
  tables: [
    {
      title: '',
      columns: [
        { key: 'seconds', title: 'seconds', format: number },
        { key: 'printed', title: 'on stderr', format: count },
        { key: 'lost', title: 'lost', format: count },
      ],
    },
  ],
};
