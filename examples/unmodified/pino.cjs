'use strict';

const pino = require('pino');

const logger = pino({ name: 'orders', redact: ['card'] });
for (let number = 0; number < 50; number++) logger.info({ number, card: '4111 1111' }, 'order placed');
logger.child({ number: 50 }).error(new RangeError('card declined'), 'order refused');

require('./end.cjs')(process.argv[2]);
