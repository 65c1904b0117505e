// @ts-check
import { openSync, writeSync } from 'node:fs';
import { configureSync, getJsonLinesFormatter, getLogger } from '@logtape/logtape';
import { messageFirst } from '../harness/calls.js';
import { failure } from '../harness/records.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['@logtape/logtape'],
  variants: [
    { name: 'LogTape', settings: 'JSON lines, synchronous, to /dev/null', measures: ['call-cost', 'import', 'size'] },
  ],
  create() {
    const file = openSync('/dev/null', 'w');
    const format = getJsonLinesFormatter();
    configureSync({
      sinks: { file: (record) => writeSync(file, format(record)) },
      loggers: [
        { category: 'bench', lowestLevel: 'info', sinks: ['file'] },
        { category: ['logtape', 'meta'], lowestLevel: 'error', sinks: ['file'] },
      ],
    });
    const logger = getLogger('bench');
    const calls = messageFirst(
      logger,
      (bound) => logger.with(/** @type {Record<string, unknown>} */ (bound)),
      () => logger.error('failed', { error: failure }),
    );
    return { calls, end: () => undefined };
  },
};
