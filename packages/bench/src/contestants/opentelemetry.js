// @ts-check
import { SeverityNumber } from '@opentelemetry/api-logs';
import { attributesOf, bound, failure, fiftyOf, longText, message, nonAscii } from '../harness/records.js';
import { createProvider, tuned, tunedSettings } from './opentelemetry-provider.js';

/** @type {import('./list.js').Contestant} */
export const contestant = {
  packages: [
    '@opentelemetry/sdk-logs',
    '@opentelemetry/api-logs',
    '@opentelemetry/exporter-logs-otlp-proto',
    '@opentelemetry/resources',
  ],
  variants: [
    {
      name: 'OpenTelemetry, tuned, protobuf',
      settings: tunedSettings,
      measures: ['call-cost', 'shipping', 'paced', 'outage', 'import', 'size', 'wire'],
      options: { protocol: 'protobuf', processor: tuned },
    },
    {
      name: 'OpenTelemetry, tuned, protobuf, gzip',
      settings: `${tunedSettings}; gzip`,
      measures: ['shipping', 'wire'],
      options: { protocol: 'protobuf', processor: tuned, compression: 'gzip' },
    },
    {
      name: 'OpenTelemetry, tuned, JSON',
      settings: tunedSettings,
      measures: ['shipping', 'wire'],
      options: { protocol: 'json', processor: tuned },
    },
    {
      name: 'OpenTelemetry, protobuf',
      settings: 'defaults',
      measures: ['shipping', 'paced', 'close'],
      options: { protocol: 'protobuf' },
    },
    { name: 'OpenTelemetry, JSON', settings: 'defaults', measures: ['shipping'], options: { protocol: 'json' } },
  ],
  create(url, options) {
    const provider = createProvider(url, options);
    const logger = provider.getLogger('bench');
    const info = (/** @type {string} */ body, /** @type {any} */ attributes) =>
      logger.emit({ severityNumber: SeverityNumber.INFO, severityText: 'INFO', body, attributes });
    return {
      calls: {
        // It has no child loggers: an application spreads what is bound, at each call.
        plain: (i) => info(message, { ...bound, ...attributesOf(i) }),
        messageOnly: () => info(message, undefined),
        child: (i) => info(message, { ...bound, ...attributesOf(i) }),
        error: () =>
          logger.emit({
            severityNumber: SeverityNumber.ERROR,
            severityText: 'ERROR',
            body: 'failed',
            exception: failure,
          }),
        // No levels either: whoever wants one asks before the call.
        disabled: () => logger.enabled({ severityNumber: SeverityNumber.DEBUG }) && undefined,
        fifty: (i) => info(message, fiftyOf(i)),
        longText: () => info(message, { text: longText }),
        nonAscii: () => info(nonAscii, { customer: 'Jürgen Köhler' }),
      },
      flush: () => provider.forceFlush(),
      end: () => provider.shutdown(),
    };
  },
};
