// @ts-check
import { createWriteStream } from 'node:fs';
import winston from 'winston';
import { messageFirst } from '../harness/calls.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['winston'],
  variants: [{ name: 'winston', settings: 'stream to /dev/null', measures: ['call-cost', 'import', 'size'] }],
  create() {
    const stream = createWriteStream('/dev/null');
    const logger = winston.createLogger({ transports: [new winston.transports.Stream({ stream })] });
    return { calls: messageFirst(logger), end: () => new Promise((resolve) => logger.on('finish', resolve).end()) };
  },
};
