import console, { info } from 'node:console';
import end from './end.cjs';

for (let number = 0; number < 50; number++) info('order %d placed', number, { number });
console.error('order refused', new RangeError('card declined'), { number: 50 });

end(process.argv[2]);
