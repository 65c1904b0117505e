// Takes twenty orders, and ends: by itself, or as the first argument says.
import { setImmediate } from 'node:timers/promises';
import { LogflumeTransport } from '@logflume/winston';
import winston from 'winston';

const { colorize, combine, errors, json, printf, splat, timestamp } = winston.format;

const logger = winston.createLogger({
  level: 'debug',
  defaultMeta: { service: 'orders' },
  format: combine(errors({ stack: true }), splat(), timestamp(), json()),
  transports: [
    new winston.transports.Console({
      format: combine(
        colorize(),
        printf(({ timestamp: at, level, message }) => `${at} ${level}: ${message}`),
      ),
    }),
    // The one line: where to send to is in the environment, LOGFLUME_ENDPOINTS or OTEL_EXPORTER_OTLP_ENDPOINT.
    new LogflumeTransport(),
  ],
});

/** @param {number} order */
async function charge(order) {
  await setImmediate();
  if (order !== 13) return;
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  throw new Error('card refused', { cause });
}

async function main() {
  for (let order = 0; order < 20; order++) {
    const log = logger.child({ order });
    log.debug('charging', { amount: order * 9.5 });
    log.info('order %d placed by customer %d', order, order % 3);
    try {
      await charge(order);
    } catch (error) {
      log.error('payment failed', error);
    }
  }
  logger.warn('stock is low', { left: 2 });
  logger.error(new RangeError('shelf is empty'));
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
