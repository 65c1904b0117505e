/** Promises of conditions that become true later; each is settled by the change that makes it true, or by its deadline. */
export interface Waiters {
  /**
   * Resolves once `holds` answers true: at once, or after a later `changed()`. Rejects with what `holds` throws.
   *
   * @param describe - says what has been reached, for the message when `timeoutMs` is over.
   */
  wait(holds: () => boolean, timeoutMs: number, describe: () => string): Promise<void>;
  /** Checks all conditions soon. Calls in one go of the program are one check, so no condition sees half a change. */
  changed(): void;
  /** Rejects everybody who still waits, now and later. */
  close(): void;
}

interface Waiter {
  readonly check: () => void;
  readonly fail: (error: Error) => void;
}

export function createWaiters(): Waiters {
  const waiting = new Set<Waiter>();
  let isCheckDue = false;
  let isClosed = false;
  const closedError = (): Error => new Error('the backend was closed');
  return {
    wait: (holds, timeoutMs, describe) =>
      new Promise((resolve, reject) => {
        // Refed on purpose: who waits for records wants the process to wait with them.
        const timer = setTimeout(() => waiter.fail(new Error(`${describe()} after ${timeoutMs} ms`)), timeoutMs);
        const leave = (): void => {
          clearTimeout(timer);
          waiting.delete(waiter);
        };
        const waiter: Waiter = {
          check() {
            try {
              if (!holds()) return;
              leave();
              resolve();
            } catch (error) {
              leave();
              reject(error);
            }
          },
          fail(error) {
            leave();
            reject(error);
          },
        };
        waiting.add(waiter);
        waiter.check();
        if (isClosed) waiter.fail(closedError());
      }),
    changed() {
      if (isCheckDue || waiting.size === 0) return;
      isCheckDue = true;
      queueMicrotask(() => {
        isCheckDue = false;
        for (const waiter of waiting) waiter.check();
      });
    },
    close() {
      isClosed = true;
      for (const waiter of waiting) waiter.fail(closedError());
    },
  };
}
