// @ts-check
import winston from 'winston';
import LokiTransport from 'winston-loki';
import { messageFirst } from '../harness/calls.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['winston', 'winston-loki'],
  variants: [
    {
      name: 'winston-loki',
      settings: 'protobuf with snappy, a request every 0.1 s (5 s by default)',
      measures: ['call-cost', 'shipping', 'paced', 'import', 'size', 'wire', 'close'],
      options: { interval: 0.1 },
    },
  ],
  create(url, { interval }) {
    const transport = new LokiTransport({ host: url, interval, labels: { app: 'bench' }, gracefulShutdown: false });
    const logger = winston.createLogger({ transports: [transport] });
    return {
      calls: messageFirst(logger),
      flush: () => transport.flush(),
      end: () => transport.close(),
    };
  },
};
