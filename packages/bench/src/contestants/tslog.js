// @ts-check
import { openSync, writeSync } from 'node:fs';
import { Logger } from 'tslog';
import { messageFirst } from '../harness/calls.js';

/** tslog's number for info. */
const INFO = 3;

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['tslog'],
  variants: [
    {
      name: 'tslog',
      settings: 'JSON, no stack position, synchronous, to /dev/null',
      measures: ['call-cost', 'import', 'size'],
    },
  ],
  create() {
    const file = openSync('/dev/null', 'w');
    const logger = new Logger({
      name: 'bench',
      type: 'json',
      minLevel: INFO,
      hideLogPositionForProduction: true,
      overwrite: { transportJSON: (json) => writeSync(file, `${JSON.stringify(json)}\n`) },
    });
    // It binds no attributes, only arguments that come first.
    const childOf = (/** @type {object} */ bound) => logger.getSubLogger({ prefix: [bound] });
    return { calls: messageFirst(logger, childOf), end: () => undefined };
  },
};
