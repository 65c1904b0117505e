// Compiled, not run: what the types of a logger take and what they refuse.
import { createLogger, type Level, type Logger, type LoggerOptions, withContext } from '../src/index.ts';

interface Order {
  readonly id: number;
  readonly lines?: readonly string[] | undefined;
}
class Customer {
  readonly name = 'ann';
}

export function takes(log: Logger, order: Order, customer: Customer, level: Level): void {
  log.info('m');
  log.info('m', { a: 1 });
  log.info('m', order);
  log.info('m', customer);
  log.info('m', new Map([['a', 1]]));
  log.info('m', () => order);
  log.info('m', new Error('boom'), order);
  log.info(new Error('boom'));
  log.info(new Error('boom'), order);
  log.info(order, 'm');
  log[level]('m', order);
  log.log(level, 'm', order);
  log.log(level, new Error('boom'));
  log.event('order.placed', order, { level, body: [1], timestamp: new Date() });
  log.event('order.placed', () => order);
  log.child(order).child({}, { name: 'db', level: 'off' });
  log.level = 'off';
  log.level = level;
  const { info, child } = log;
  info('m');
  child(customer).info('m');
  try {
    withContext(order, () => undefined);
  } catch (error) {
    log.error(error);
    log.error(error, order);
    log.error('m', error);
    log.error('m', error, order);
    log.fatal(error);
  }
  void Promise.resolve().catch(log.error);
  const result: number = withContext(order, () => 7);
  const promised: Promise<string> = withContext({}, async () => String(result));
  void promised.then(log.info);
}

export function refuses(log: Logger, order: Order): void {
  // @ts-expect-error nothing to log
  log.info();
  // @ts-expect-error attributes are an object
  log.info('m', new Error('boom'), 'attributes');
  // @ts-expect-error no place for a fourth
  log.info('m', new Error('boom'), order, order);
  // @ts-expect-error pino's format arguments
  log.info(order, 'm', 'argument');
  // @ts-expect-error no such level
  log.log('verbose', 'm');
  // @ts-expect-error `off` is a threshold, no level
  log.log('off', 'm');
  // @ts-expect-error no such level
  log.level = 'verbose';
  // @ts-expect-error an event has a name
  log.event();
  // @ts-expect-error a name is text
  log.event(7);
  // @ts-expect-error attributes are an object
  log.event('e', 'attributes');
  // @ts-expect-error a time is a Date or a number
  log.event('e', {}, { timestamp: 'yesterday' });
  // @ts-expect-error no such option
  log.child({}, { scope: 'db' });
  // @ts-expect-error a child has attributes
  log.child();
  // @ts-expect-error attributes are an object
  withContext('request', () => undefined);
  // @ts-expect-error no such level
  log.isLevelEnabled('off');
  // @ts-expect-error methods are not to be replaced
  log.info = () => undefined;
  // @ts-expect-error a log call returns nothing to wait for
  log.info('m').then();
}

export const good: readonly LoggerOptions[] = [
  {},
  { name: 'shop', level: 'info,db=debug', endpoints: ['http://a', { url: 'http://b', weight: 2 }] },
  { headers: async () => ({ authorization: 'Bearer t' }), console: 'pretty', fallback: 'none' },
  {
    processors: [
      () => undefined,
      () => null,
      () => ({ 'deploy.color': 'blue' }),
      (record) => record,
      ({ attributes, logger }) => {
        attributes['logger'] = logger;
      },
    ],
    sampling: { ratio: 0.5, levels: { debug: 0.1 }, loggers: 'db=0.1' },
    rateLimit: { recordsPerSecond: 10, by: 'message', upTo: 'error' },
  },
  { name: undefined, endpoints: undefined, batch: { lingerMs: undefined } },
];

export const bad: readonly LoggerOptions[] = [
  // @ts-expect-error one endpoint is a list of one
  { endpoints: 'http://a' },
  // @ts-expect-error a typing mistake
  { endpoint: ['http://a'] },
  // @ts-expect-error no such format
  { format: 'protobuf' },
  // @ts-expect-error no such compression
  { compression: 'brotli' },
  // @ts-expect-error headers are text
  { headers: { authorization: 7 } },
  // @ts-expect-error a number of milliseconds
  { timeoutMs: '10s' },
  // @ts-expect-error no such fallback
  { fallback: 'file' },
  // @ts-expect-error a processor has finished when it returns
  { processors: [async () => undefined] },
  // @ts-expect-error what a processor answers are attributes
  { processors: [() => false] },
  // @ts-expect-error no such level
  { sampling: { levels: { loud: 0.1 } } },
  // @ts-expect-error no such member
  { batch: { size: 100 } },
];

/** What a logger is made of has no more than it promises. */
export const logger: Logger = createLogger({ console: false });
