'use strict';

for (let number = 0; number < 50; number++) console.log('order %d placed', number, { number });
console.error('order refused', new RangeError('card declined'), { number: 50 });

require('./end.cjs')(process.argv[2]);
