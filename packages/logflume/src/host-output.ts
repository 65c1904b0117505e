/** Prints of captured loggers that run now, one inside the other. Process-wide, as the console is. */
let printing = 0;

/** What a captured logger is about to print; `undefined` when nothing is. */
let expected: string | undefined;

/**
 * Runs what prints a record that was taken already: what it writes on the console meanwhile is printed and not captured.
 * For adapters whose host may print by the console.
 */
export function asHostOutput<T>(run: () => T): T {
  printing++;
  try {
    return run();
  } finally {
    printing--;
  }
}

/**
 * The same where the printing itself cannot be wrapped: the next call of the console with this text as its first argument,
 * with or without a line end, is printed and not captured.
 */
export function expectHostLine(line: unknown): void {
  expected = typeof line === 'string' ? line : undefined;
}

/** Whether a call of the console prints a record that was taken already. @param first - its first argument. */
export function isHostOutput(first: unknown): boolean {
  if (printing > 0) return true;
  if (expected === undefined || typeof first !== 'string') return false;
  if (first !== expected && `${first}\n` !== expected) return false;
  expected = undefined;
  return true;
}
