import { isatty } from 'node:tty';

/** What is done at a hangup. Process-wide, as signals are: one listener, however many files there are. */
const reopeners = new Set<() => void>();

/**
 * Calls back at SIGHUP, by which `logrotate` and administrators ask for log files to be opened anew.
 *
 * Only in a process that has no listener of its own (what it does then is its business) and no terminal: there the
 * signal means that the terminal is gone, and has to end the process. Who listens keeps SIGHUP from ending it.
 *
 * @returns what takes it back.
 */
export function onHangup(reopen: () => void): () => void {
  if (reopeners.size === 0 && process.listenerCount('SIGHUP') === 0 && !hasTerminal()) process.on('SIGHUP', onSignal);
  reopeners.add(reopen);
  return () => {
    reopeners.delete(reopen);
    if (reopeners.size === 0) process.off('SIGHUP', onSignal);
  };
}

function hasTerminal(): boolean {
  // Not by the streams: looking at them makes pipes non-blocking, also for the application's own reads and writes.
  return isatty(0) || isatty(1);
}

function onSignal(): void {
  for (const reopen of reopeners) reopen();
}
