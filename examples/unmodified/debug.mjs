import createDebug from 'debug';
import end from './end.cjs';

// As the manual of debug has it, for stdout.
createDebug.log = console.log.bind(console);
createDebug.enable('orders:*');
const debug = createDebug('orders:shop');
for (let number = 0; number < 50; number++) debug('order %d placed: %o', number, { number });
debug(new RangeError('card declined'));

end(process.argv[2]);
