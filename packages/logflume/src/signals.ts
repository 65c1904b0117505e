import { constants } from 'node:os';

/** The signals by which a platform asks a process to end. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** How long a re-raised signal gets to end the process: as PID 1 of a container it never does. */
const RAISE_GRACE_MS = 100;

/**
 * The drains that run before a signal ends the process. Process-wide, as signals are: one listener for each signal,
 * however many loggers there are, and none once the last is closed.
 */
const drains = new Set<() => Promise<unknown>>();

/**
 * Drains before SIGTERM and SIGINT take effect, then raises the signal again, so that the exit code is the one the
 * signal would have had. An application with a listener of its own decides for itself: then nothing is done.
 *
 * @param drain - must settle by a deadline of its own.
 * @returns what takes it back.
 */
export function handleSignals(drain: () => Promise<unknown>): () => void {
  // First in line: a `once` listener of the application is gone from the list by the time those behind it are called.
  if (drains.size === 0) for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  drains.add(drain);
  return () => {
    drains.delete(drain);
    if (drains.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

let draining = false;

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  // A second signal means "now": the exit hooks still run.
  if (draining) return process.exit(128 + constants.signals[signal]);
  draining = true;
  void Promise.allSettled([...drains].map((drain) => drain())).then(() => raise(signal));
}

function raise(signal: NodeJS.Signals): void {
  for (const name of SIGNALS) process.off(name, onSignal);
  // The application may have begun to listen while we drained: then it decides.
  const isTaken = process.listenerCount(signal) > 0;
  process.kill(process.pid, signal);
  if (isTaken) return;
  setTimeout(() => process.exit(128 + constants.signals[signal]), RAISE_GRACE_MS);
}
