'use strict';

const createDebug = require('debug');

createDebug.enable('orders:*');
const debug = createDebug('orders:shop');
for (let number = 0; number < 50; number++) debug('order %d placed: %o', number, { number });
debug(new RangeError('card declined'));
createDebug('other')('not enabled');

require('./end.cjs')(process.argv[2]);
