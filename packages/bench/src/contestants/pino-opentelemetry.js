// @ts-check
import { once } from 'node:events';
import pino from 'pino';
import { attributesFirst } from '../harness/calls.js';
import { tuned, tunedSettings } from './opentelemetry-provider.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: ['pino', 'pino-opentelemetry-transport'],
  variants: [
    {
      name: 'pino + OpenTelemetry, tuned',
      settings: `pino-opentelemetry-transport, in its worker; ${tunedSettings}`,
      measures: ['call-cost', 'shipping', 'paced', 'import', 'size', 'wire'],
      options: { processorConfig: tuned },
    },
    {
      name: 'pino + OpenTelemetry',
      settings: 'pino-opentelemetry-transport, in its worker; defaults',
      measures: ['shipping', 'close'],
      options: {},
    },
  ],
  create(url, { processorConfig }) {
    const exporterOptions = { protocol: 'http/protobuf', protobufExporterOptions: { url: `${url}/v1/logs` } };
    const transport = pino.transport({
      target: 'pino-opentelemetry-transport',
      options: {
        loggerName: 'bench',
        serviceVersion: '1.0.0',
        logRecordProcessorOptions: [{ recordProcessorType: 'batch', exporterOptions, processorConfig }],
      },
    });
    const logger = pino({}, transport);
    return {
      calls: attributesFirst(logger),
      flush: () => new Promise((resolve) => logger.flush(resolve)),
      async end() {
        const closed = once(transport, 'close');
        transport.end();
        await closed;
      },
    };
  },
};
