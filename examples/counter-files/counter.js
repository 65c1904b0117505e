// Counts, and logs each number to two files in two formats: what a pod with two streaming sidecars reads, one for each
// file. `node counter.js [directory] [count] [intervalMs]`; without a count it goes on until it is asked to end.
import { createLogger } from 'logflume';

const [directory = '/tmp/counter', count = 'Infinity', intervalMs = '1000'] = process.argv.slice(2);

const log = createLogger({
  name: 'counter',
  file: [
    { path: `${directory}/1.log`, format: 'logfmt', maxBytes: 1_000_000, maxFiles: 2 },
    { path: `${directory}/2.log`, format: 'json', maxBytes: 1_000_000, maxFiles: 2 },
  ],
});

let number = 0;
const timer = setInterval(countOn, Number(intervalMs));
countOn();

function countOn() {
  log.info('counted', { number });
  number++;
  if (number >= Number(count)) clearInterval(timer);
}
