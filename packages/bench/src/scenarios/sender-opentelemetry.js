// @ts-check
// The OpenTelemetry SDK as its documentation says: batch processor, OTLP/HTTP exporter, and defaults for everything else.
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { attributesOf, messageOf } from './record.js';
import { runSender } from './sender.js';

/** `SeverityNumber.INFO` of the logs API. */
const INFO = 9;

await runSender((url) => {
  const exporter = new OTLPLogExporter({ url: `${url}/v1/logs` });
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'scenarios' }),
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  const log = provider.getLogger('scenarios');
  return {
    write: (number) =>
      log.emit({
        severityNumber: INFO,
        severityText: 'INFO',
        body: messageOf(number),
        attributes: attributesOf(number),
      }),
    async shutdown() {
      await provider.shutdown();
      return undefined;
    },
  };
});
