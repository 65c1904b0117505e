import { createLogger, type DeliveryReport, type Logger, type LoggerOptions } from 'logflume';

const options: LoggerOptions = { name: 'typescript-esm', endpoints: [process.argv[2] ?? ''] };
const log: Logger = createLogger(options);
log.info('hello', { n: 1 });
log.info('lazy', () => ({ n: 2 }));
log.error(new Error('boom'));
log.error('failed', new Error('boom'), { n: 3 });
try {
  JSON.parse('{');
} catch (error) {
  log.error(error);
}
log.child({ part: 'checkout' }).warn('from a child');
const level: boolean = log.isLevelEnabled('debug');
const accepted: number = log.stats().accepted;
const report: DeliveryReport = await log.flush({ timeoutMs: 5000 });
await log.close();
process.stdout.write(JSON.stringify({ level, accepted, delivered: report.delivered }));

// What must not compile. Never called.
export function misuse(): void {
  // @ts-expect-error a log call needs a message
  log.info();
  // @ts-expect-error behind attributes comes a message, not a number
  log.info({ n: 1 }, 2);
  // @ts-expect-error there is no fourth argument
  log.info('message', new Error('boom'), { n: 1 }, 'more');
  // @ts-expect-error a log call returns nothing to wait for
  log.info('message').then(() => undefined);
  // @ts-expect-error there is no such level
  log.log('verbose', 'message');
  // @ts-expect-error there is no such option
  createLogger({ endpoint: 'http://localhost:4318' });
  // @ts-expect-error milliseconds are a number
  createLogger({ timeoutMs: '10s' });
  // @ts-expect-error there is no such way of balancing
  createLogger({ balance: 'random' });
  // @ts-expect-error what was delivered is counted by logflume
  log.stats().delivered = 0;
}
