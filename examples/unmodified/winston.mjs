import winston, { createLogger, format, transports } from 'winston';
import end from './end.cjs';

const { combine, printf, timestamp } = format;

const logger = createLogger({
  format: combine(
    timestamp(),
    printf(({ timestamp: at, message }) => `${at} ${message}`),
  ),
  // Prints by the console, as debuggers ask for.
  transports: [new transports.Console({ forceConsole: true })],
});
for (let number = 0; number < 49; number++) logger.info('order placed', { number });
// The logger winston comes with.
winston.add(new transports.Console());
winston.info('order placed', { number: 49 });
logger.error('order refused', new RangeError('card declined'), { number: 50 });

end(process.argv[2]);
