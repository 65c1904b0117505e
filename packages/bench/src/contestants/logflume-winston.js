// @ts-check
import { LogflumeTransport } from '@logflume/winston';
import winston from 'winston';
import { messageFirst } from '../harness/calls.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['winston', '@logflume/winston', 'winston-transport'],
  variants: [
    {
      name: 'winston + logflume',
      settings: 'defaults, compression none',
      measures: ['call-cost', 'shipping', 'paced', 'import', 'size', 'close'],
    },
  ],
  create(url) {
    const transport = new LogflumeTransport({ endpoints: [url], compression: 'none' });
    const logger = winston.createLogger({ transports: [transport] });
    return {
      calls: messageFirst(logger),
      end: () => new Promise((resolve) => logger.on('finish', resolve).end()),
    };
  },
};
