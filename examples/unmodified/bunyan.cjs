'use strict';

const bunyan = require('bunyan');

const logger = bunyan.createLogger({ name: 'orders' });
for (let number = 0; number < 50; number++) logger.info({ number }, 'order placed');
logger.child({ number: 50 }).error(new RangeError('card declined'), 'order refused');

require('./end.cjs')(process.argv[2]);
