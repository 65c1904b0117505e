import { createLogger } from 'logflume';

// Ends without flush or close: what is pending is delivered by the hooks of the end of the process.
const log = createLogger({ name: 'esm', endpoints: [process.argv[2]] });
log.info('hello', { n: 1 });
log.child({ part: 'checkout' }).warn('from a child');
process.stdout.write(JSON.stringify({ accepted: log.stats().accepted }));
