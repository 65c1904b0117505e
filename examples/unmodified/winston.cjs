'use strict';

const winston = require('winston');

const logger = winston.createLogger({
  level: 'warn',
  defaultMeta: { shop: 'north' },
  transports: [new winston.transports.Console({ level: 'info' })],
});
for (let number = 0; number < 50; number++) logger.info('order placed', { number });
logger.child({ number: 50 }).error('order refused', new RangeError('card declined'));

require('./end.cjs')(process.argv[2]);
