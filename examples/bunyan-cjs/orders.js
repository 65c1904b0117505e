// Takes 200 orders and logs what becomes of them. Everything but the line with `createBunyanStream` is bunyan as ever.
//
//   npm start                                               prints, as no backend is named
//   LOGFLUME_ENDPOINTS=http://localhost:4318 npm start      sends the logs there
'use strict';

const { createBunyanStream } = require('@logflume/pino');
const bunyan = require('bunyan');

const logger = bunyan.createLogger({ name: 'orders', level: 'debug', streams: [createBunyanStream()] });

const [ending = 'naturally'] = process.argv.slice(2);

/** Fails for every fiftieth order. */
function charge(number) {
  if (number % 50 === 49) throw Object.assign(new Error('card declined'), { code: 'DECLINED' });
}

for (let number = 0; number < 200; number++) {
  const log = logger.child({ number });
  try {
    charge(number);
    log.info({ total: 9.5 * number }, 'order placed');
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
