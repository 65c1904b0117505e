import { constants } from 'node:os';

/** The signals by which a platform asks a process to end. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** How long a re-raised signal gets to end the process: as PID 1 of a container it never does. */
const RAISE_GRACE_MS = 100;

/**
 * The drains that run before a signal ends the process, and what listens. Process-wide, as signals are, and shared by
 * all copies of this package, each of which would else give way to the other's: one listener for each signal, however
 * many loggers there are, and none once the last is closed.
 */
interface Draining {
  readonly drains: Set<() => Promise<unknown>>;
  readonly onSignal: NodeJS.SignalsListener;
}

const KEY = Symbol.for('logflume.signals');

/**
 * Drains before SIGTERM and SIGINT take effect, then raises the signal again, so that the exit code is the one the
 * signal would have had. An application with a listener of its own decides for itself: then nothing is done.
 *
 * @param drain - must settle by a deadline of its own. It may answer with a function: a last step, synchronous, right before
 *   the signal takes effect, which is an end without an `exit` event. One that several drains answer with is called once.
 * @returns what takes it back.
 */
export function handleSignals(drain: () => Promise<unknown>): () => void {
  const shared = globalThis as { [KEY]?: Draining };
  shared[KEY] ??= createDraining();
  const { drains, onSignal } = shared[KEY];
  // First in line: a `once` listener of the application is gone from the list by the time those behind it are called.
  if (drains.size === 0) for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  drains.add(drain);
  return () => {
    drains.delete(drain);
    if (drains.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

function createDraining(): Draining {
  const drains = new Set<() => Promise<unknown>>();
  let isDraining = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (decidingListeners(signal) > 1) return;
    // A second signal means "now": the exit hooks still run.
    if (isDraining) return process.exit(128 + constants.signals[signal]);
    isDraining = true;
    void Promise.allSettled([...drains].map((drain) => drain())).then((ended) => {
      const answers = ended.map((each) => (each.status === 'fulfilled' ? each.value : undefined));
      raise(signal, onSignal, new Set(answers));
    });
  };
  return { drains, onSignal };
}

/** @param answers - of the drains, of all copies of this package: those that are functions are their last steps. */
function raise(signal: NodeJS.Signals, onSignal: NodeJS.SignalsListener, answers: ReadonlySet<unknown>): void {
  // First, so that another signal ends the process at once, however slow the last steps are.
  for (const name of SIGNALS) process.off(name, onSignal);
  // The application may have begun to listen while we drained: then it decides.
  const isTaken = decidingListeners(signal) > 0;
  if (!isTaken) for (const step of answers) if (typeof step === 'function') step();
  process.kill(process.pid, signal);
  if (isTaken) return;
  setTimeout(() => process.exit(128 + constants.signals[signal]), RAISE_GRACE_MS);
}

/**
 * Listeners by which an application decides what a signal does. Those of `signal-exit` do not: they wait for all others
 * to be gone, as ours do, and then raise the signal again. Its versions 2 and 3 count them in one place, 4 in another.
 */
function decidingListeners(signal: NodeJS.Signals): number {
  const older = countOf(Reflect.get(process, '__signal_exit_emitter__'));
  const newer = countOf(Reflect.get(globalThis, Symbol.for('signal-exit emitter')));
  return process.listenerCount(signal) - older - newer;
}

function countOf(emitter: unknown): number {
  const count: unknown = typeof emitter === 'object' && emitter !== null ? Reflect.get(emitter, 'count') : undefined;
  return typeof count === 'number' ? count : 0;
}
