import { createLogger, type Logger } from 'logflume';

async function main(): Promise<void> {
  const log: Logger = createLogger({ name: 'typescript-commonjs', endpoints: [process.argv[2] ?? ''] });
  log.info('hello', { n: 1 });
  log.child({ part: 'checkout' }).warn('from a child');
  const { delivered } = await log.flush();
  await log.close();
  process.stdout.write(JSON.stringify({ delivered, compiledTo: typeof require }));
}

// @ts-expect-error a log call needs a message
export const misuse = (log: Logger) => log.info();

void main();
