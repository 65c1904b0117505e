// @ts-check
import { participants } from '../contestants/list.js';
import { runChild, startReceiver } from '../harness/run-child.js';
import { count, number } from '../harness/table.js';

/** Enough for full batches. */
const RECORDS = 20_000;

/** @type {import('../harness/measure.js').Measure} */
export const wire = {
  name: 'wire',
  title: 'Bytes on the wire',
  note: `Of ${RECORDS.toLocaleString('en')} records, headers of the requests included. The records are alike, so compression looks better than it is with an application's.`,
  rounds: { full: 1, quick: 1 },
  contestants: () => participants('wire'),
  async once({ file, variant }) {
    const receiver = await startReceiver('normal');
    const order = { file, options: variant.options, url: receiver.url, records: RECORDS };
    await runChild(new URL('../shipping/child.js', import.meta.url), order);
    const { records, wireBytes, requests } = await receiver.end();
    return { bytes: wireBytes / records, recordsPerRequest: records / requests };
  },
  tables: [
    {
      title: '',
      columns: [
        { key: 'bytes', title: 'bytes/record', format: number },
        { key: 'recordsPerRequest', title: 'records/request', format: count },
      ],
    },
  ],
};
