// @ts-check
import pino from 'pino';
import { attributesFirst } from '../harness/calls.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['pino'],
  variants: [{ name: 'pino', settings: 'synchronous, to /dev/null', measures: ['call-cost', 'import', 'size'] }],
  create() {
    const destination = pino.destination({ dest: '/dev/null', sync: true });
    return { calls: attributesFirst(pino({ level: 'info' }, destination)), end: () => destination.end() };
  },
};
