// @ts-check
import { logs } from '@opentelemetry/api-logs';
import { OpenTelemetryTransportV3 } from '@opentelemetry/winston-transport';
import winston from 'winston';
import { messageFirst } from '../harness/calls.js';
import { createProvider, tuned, tunedSettings } from './opentelemetry-provider.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: [
    'winston',
    '@opentelemetry/winston-transport',
    '@opentelemetry/sdk-logs',
    '@opentelemetry/api-logs',
    '@opentelemetry/exporter-logs-otlp-proto',
    '@opentelemetry/resources',
  ],
  variants: [
    {
      name: 'winston + OpenTelemetry, tuned',
      settings: `@opentelemetry/winston-transport, protobuf; ${tunedSettings}`,
      measures: ['call-cost', 'shipping', 'paced', 'import', 'size', 'wire'],
      options: { processor: tuned },
    },
    {
      name: 'winston + OpenTelemetry',
      settings: '@opentelemetry/winston-transport, protobuf; defaults',
      measures: ['shipping', 'close'],
    },
  ],
  create(url, options) {
    const provider = createProvider(url, { protocol: 'protobuf', ...options });
    logs.setGlobalLoggerProvider(provider);
    const logger = winston.createLogger({ transports: [new OpenTelemetryTransportV3()] });
    return {
      calls: messageFirst(logger),
      flush: () => provider.forceFlush(),
      async end() {
        await new Promise((resolve) => logger.on('finish', resolve).end());
        await provider.shutdown();
      },
    };
  },
};
