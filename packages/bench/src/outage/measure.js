// @ts-check
import { participants } from '../contestants/list.js';
import { harnessAlone } from '../harness/measure.js';
import { runChild } from '../harness/run-child.js';
import { megabytes } from '../harness/table.js';

const RATE = 5000;

/** Nobody listens there: port 9 is `discard`, which no system of today answers. */
const DEAD_URL = 'http://127.0.0.1:9';

/** @type {import('../harness/measure.js').Measure} */
export const outage = {
  name: 'outage',
  title: 'Memory while the backend is down',
  note: `${RATE.toLocaleString('en')} records a second for 30 seconds, every connection refused, no spool. \`npm run outage\` holds logflume to its promise.`,
  rounds: { full: 1, quick: 1 },
  contestants: async () => [harnessAlone, ...(await participants('outage'))],
  async once({ file, variant }, quick) {
    const order = { url: DEAD_URL, options: variant.options, rate: RATE, seconds: quick ? 1 : 29, isCut: true };
    const { result } = await runChild(
      new URL('../paced/child.js', import.meta.url),
      file === '' ? order : { ...order, file },
    );
    return { rssMb: result.rssMb };
  },
  tables: [{ title: '', columns: [{ key: 'rssMb', title: 'peak RSS, MB', format: megabytes }] }],
};
