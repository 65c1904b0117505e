const { createLogger, LogflumeError } = require('logflume');

async function main() {
  const log = createLogger({ name: 'commonjs', endpoints: [process.argv[2]] });
  log.info('hello', { n: 1 });
  log.child({ part: 'checkout' }).warn('from a child');
  const { delivered } = await log.flush();
  const { pending } = await log.close();
  const imported = await import('logflume');
  process.stdout.write(JSON.stringify({ delivered, pending, sameClass: imported.LogflumeError === LogflumeError }));
}

void main();
