import { createLogger } from 'bunyan';
import end from './end.cjs';

const print = { write: ({ msg, number }) => console.log('%s %d', msg, number) };
const logger = createLogger({ name: 'orders', streams: [{ type: 'raw', stream: print }] });
for (let number = 0; number < 50; number++) logger.info({ number }, 'order placed');
logger.child({ number: 50 }).error(new RangeError('card declined'), 'order refused');

end(process.argv[2]);
