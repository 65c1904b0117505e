/** A timer later than this tells of an event loop that was blocked, not of a slow peer. */
const LATE_MS = 100;

/** What the loop gets to read the answers that wait in its sockets, before anybody is judged. */
const GRACE_MS = 250;

/**
 * A timeout that does not judge others by our own lateness: Node runs timers before it reads sockets, so after a blocked
 * event loop every answer that came in time would look like none. Never keeps the process alive.
 *
 * @param timeoutMs - 1 … 2147483647.
 * @returns what takes it back.
 */
export function patientTimeout(timeoutMs: number, onTimeout: () => void): () => void {
  let timer: NodeJS.Timeout;
  const set = (delayMs: number): void => {
    const dueMs = performance.now() + delayMs;
    timer = setTimeout(() => {
      if (performance.now() - dueMs > LATE_MS) set(GRACE_MS);
      else onTimeout();
    }, delayMs);
    timer.unref();
  };
  set(timeoutMs);
  return () => clearTimeout(timer);
}
