'use strict';

/** Ends the process in one of four ways, none of which waits for logs. */
module.exports = function end(way = 'naturally') {
  if (way === 'exit') process.exit(3);
  if (way === 'crash') throw new Error('out of paper');
  if (way === 'serve') {
    setInterval(() => undefined, 60_000);
    process.stderr.write('serving\n');
  }
};
