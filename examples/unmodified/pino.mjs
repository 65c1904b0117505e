import { pino } from 'pino';
import end from './end.cjs';

// Prints by the console, as programs do that want their lines in a browser's or a test's console.
const logger = pino({ name: 'orders', redact: ['card'] }, { write: (line) => console.log(line) });
for (let number = 0; number < 50; number++) logger.info({ number, card: '4111 1111' }, 'order placed');
logger.child({ number: 50 }).error(new RangeError('card declined'), 'order refused');

end(process.argv[2]);
