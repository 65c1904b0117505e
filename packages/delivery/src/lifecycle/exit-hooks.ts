/** What the end of the process asks of a delivery. */
export interface ExitParticipant {
  /** The event loop ran empty: asynchronous work is still possible. Resolves by its own deadline. Never rejects. */
  beforeExit(): Promise<void>;
  /**
   * The process is going down: synchronous work only. Never throws.
   *
   * @param spentMs - what the deliveries before this one took, in milliseconds: all of them share the time of an exit.
   * @param waiting - deliveries after this one that have something pending: what is left of the time is theirs too.
   */
  atExit(spentMs: number, waiting: number): void;
  /** Whether anything is pending. @defaultValue no */
  hasPending?(): boolean;
}

/**
 * The deliveries of this process that wait for its end. The one piece of process-wide state of this package: however
 * many deliveries there are, `process` gets one listener for each event, and none once the last delivery is closed.
 */
const participants = new Set<ExitParticipant>();

/** Registers a delivery for the end of the process; the answer takes it back. */
export function onProcessEnd(participant: ExitParticipant): () => void {
  if (participants.size === 0) {
    process.on('beforeExit', beforeExit);
    process.on('exit', runExitHooks);
  }
  participants.add(participant);
  return () => {
    participants.delete(participant);
    if (participants.size > 0) return;
    process.off('beforeExit', beforeExit);
    process.off('exit', runExitHooks);
  };
}

/**
 * Keeps a closed delivery registered for the end of the process while a slow reader is behind or a loss is not told yet:
 * should the process end before, that is done then.
 *
 * @param whenDone - calls back once nothing is left to be done.
 * @returns registers it until then, also if it has left before; does nothing while it stays.
 */
export function stayUntil(participant: ExitParticipant, whenDone: (leave: () => void) => void): () => void {
  let isStaying = false;
  return () => {
    if (isStaying) return;
    isStaying = true;
    const unregister = onProcessEnd(participant);
    whenDone(() => {
      isStaying = false;
      unregister();
    });
  };
}

/** Fires again after the asynchronous work it starts; a delivery with nothing pending starts none, which ends it. */
function beforeExit(): void {
  for (const participant of participants) void participant.beforeExit();
}

/**
 * Does what the deliveries do at the end of the process: for an end that has no `exit` event, as by a signal. Synchronous,
 * never throws; the event itself, should it come all the same, finds nothing left to do.
 */
export function runExitHooks(): void {
  const startMs = performance.now();
  const all = [...participants];
  all.forEach((participant, index) => {
    const waiting = all.slice(index + 1).filter((other) => other.hasPending?.() === true).length;
    participant.atExit(performance.now() - startMs, waiting);
  });
}
