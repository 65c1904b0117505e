// @ts-check
import { participants } from '../contestants/list.js';
import { runChild, startReceiver } from '../harness/run-child.js';
import { count } from '../harness/table.js';
import { cases } from './cases.js';

/** @type {import('../harness/measure.js').Measure} */
export const callCost = {
  name: 'call-cost',
  title: 'What a call costs',
  note: 'In the calling thread, in bursts of 5,000. Those that ship send to a backend meanwhile; those that print write to /dev/null. OpenTelemetry has no child loggers and no levels: bound attributes are spread into each call, and a level is asked for before it.',
  rounds: { full: 3, quick: 1 },
  contestants: () => participants('call-cost'),
  async once({ file, variant }, quick) {
    const receiver = await startReceiver('discard');
    const order = {
      file,
      options: variant.options,
      url: receiver.url,
      bursts: quick ? 3 : 21,
      burstCalls: quick ? 1000 : 5000,
    };
    const child = new URL('child.js', import.meta.url);
    const { result: times } = await runChild(child, { ...order, what: 'time' });
    const { result: garbage } = await runChild(child, { ...order, what: 'garbage' }, [
      '--expose-gc',
      '--min-semi-space-size=64',
      '--max-semi-space-size=128',
    ]);
    await receiver.end();
    return { ...times, ...garbage };
  },
  tables: [
    {
      title: 'Nanoseconds',
      columns: Object.entries(cases).map(([key, title]) => ({ key: `${key}Ns`, title, format: count })),
    },
    {
      title: 'Bytes of garbage',
      columns: Object.entries(cases).map(([key, title]) => ({ key: `${key}Bytes`, title, format: count })),
    },
  ],
};
