// Takes twenty orders, and ends: by itself, or as the first argument says.
import { setImmediate } from 'node:timers/promises';
import { createLogRecordProcessor } from '@logflume/opentelemetry';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';

logs.setGlobalLoggerProvider(
  new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'orders' }),
    // The one line: where to send to is in the environment, LOGFLUME_ENDPOINTS or OTEL_EXPORTER_OTLP_ENDPOINT.
    processors: [createLogRecordProcessor()],
  }),
);

const logger = logs.getLogger('orders', '1.0.0');

/** @param {number} order */
async function charge(order) {
  await setImmediate();
  if (order !== 13) return;
  throw Object.assign(new Error('card refused'), { code: 'E_CARD' });
}

async function main() {
  for (let order = 0; order < 20; order++) {
    logger.emit({ severityNumber: SeverityNumber.DEBUG, body: 'charging', attributes: { order, amount: order * 9.5 } });
    logger.emit({ eventName: 'order.placed', severityNumber: SeverityNumber.INFO, attributes: { order } });
    try {
      await charge(order);
    } catch (exception) {
      logger.emit({
        severityNumber: SeverityNumber.ERROR,
        severityText: 'ERROR',
        body: 'payment failed',
        attributes: { order },
        exception,
      });
    }
  }
  logger.emit({ severityNumber: SeverityNumber.WARN, severityText: 'WARN', body: { stock: { left: 2 } } });
}

/** @type {Record<string, () => void>} */
const ends = {
  naturally: () => undefined,
  exit: () => process.exit(3),
  crash: () => {
    throw new Error('thrown at the end');
  },
  serve: () => {
    setInterval(() => undefined, 60_000);
    process.stdout.write('serving\n');
  },
};

void main().then(() => ends[process.argv[2] ?? 'naturally']?.());
