// @ts-check
import { createWriteStream } from 'node:fs';
import bunyan from 'bunyan';
import { attributesFirst } from '../harness/calls.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['bunyan'],
  variants: [{ name: 'bunyan', settings: 'stream to /dev/null', measures: ['call-cost', 'import', 'size'] }],
  create() {
    const stream = createWriteStream('/dev/null');
    const logger = bunyan.createLogger({ name: 'bench', streams: [{ stream }] });
    return { calls: attributesFirst(logger), end: () => stream.end() };
  },
};
