// @ts-check
import { createPinoDestination } from '@logflume/pino';
import pino from 'pino';
import { attributesFirst } from '../harness/calls.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['pino', '@logflume/pino'],
  variants: [
    {
      name: 'pino + logflume',
      settings: 'defaults, compression none',
      measures: ['call-cost', 'shipping', 'paced', 'import', 'size', 'close'],
    },
  ],
  create(url) {
    const destination = createPinoDestination({ endpoints: [url], compression: 'none' });
    const logger = pino({}, destination);
    const flush = () => new Promise((resolve) => logger.flush(resolve));
    return { calls: attributesFirst(logger), flush, end: () => destination.close() };
  },
};
