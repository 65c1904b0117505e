// Takes 200 orders and logs what becomes of them. Everything but the line with `createPinoDestination` is pino as ever.
//
//   npm start                                               prints, as no backend is named
//   LOGFLUME_ENDPOINTS=http://localhost:4318 npm start      sends the logs there
import { createPinoDestination } from '@logflume/pino';
import pino from 'pino';

const logger = pino({ name: 'orders', level: 'debug', redact: ['card'] }, createPinoDestination());

const [ending = 'naturally'] = process.argv.slice(2);

/** Fails for every fiftieth order. */
function charge(number) {
  if (number % 50 === 49) throw Object.assign(new Error('card declined'), { code: 'DECLINED' });
}

for (let number = 0; number < 200; number++) {
  const log = logger.child({ number });
  try {
    charge(number);
    log.info({ total: 9.5 * number, card: '4111 1111 1111 1111' }, 'order placed');
  } catch (error) {
    log.error(error, 'order refused');
  }
}

// Four ways to end, none of which waits for the logs.
if (ending === 'exit') process.exit(3);
if (ending === 'crash') throw new Error('out of paper');
if (ending === 'serve') {
  setInterval(() => undefined, 60_000);
  process.stdout.write('serving\n');
}
