/** Calls of an application's own callbacks that run now, one inside the other. Process-wide, as the console is. */
let running = 0;

/**
 * Runs what tells the application about logflume itself. What it prints on the console meanwhile is not captured: a
 * diagnostic about a backend that is down would be one more record for that backend.
 */
export function asOwnOutput(run: () => void): void {
  running++;
  try {
    run();
  } finally {
    running--;
  }
}

/** Whether what is printed now is about logflume itself. */
export function isOwnOutput(): boolean {
  return running > 0;
}
