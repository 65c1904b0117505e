// @ts-check
import zlib from 'node:zlib';
import { createLogger } from 'logflume';
import { messageFirst } from '../harness/calls.js';

/** @type {import('./list.js').Variant[]} */
const compressed = [
  {
    name: 'logflume, gzip',
    settings: 'compression gzip',
    measures: ['shipping', 'wire'],
    options: { compression: 'gzip' },
  },
];
if ('zstdCompress' in zlib) {
  compressed.push({
    name: 'logflume, zstd',
    settings: 'compression zstd',
    measures: ['shipping', 'wire'],
    options: { compression: 'zstd' },
  });
}

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['logflume'],
  variants: [
    {
      name: 'logflume',
      settings: 'defaults, compression none',
      measures: ['call-cost', 'shipping', 'paced', 'outage', 'import', 'size', 'wire', 'close'],
      options: { compression: 'none' },
    },
    ...compressed,
  ],
  create(url, options) {
    const logger = createLogger({ name: 'bench', endpoints: [url], ...options });
    return {
      calls: messageFirst(logger),
      flush: () => logger.flush(),
      end: () => logger.close(),
    };
  },
};
