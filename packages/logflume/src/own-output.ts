import { createStdio } from '@logflume/delivery';
import type { Diagnostic } from './config/diagnostic.ts';
import { publishDiagnostic } from './diagnostic-channel.ts';

/** Calls of an application's own callbacks that run now, one inside the other. Process-wide, as the console is. */
let running = 0;

/**
 * Runs what tells the application about logflume itself. What it prints on the console meanwhile is not captured: a
 * diagnostic about a backend that is down would be one more record for that backend.
 */
export function asOwnOutput<T>(run: () => T): T {
  running++;
  try {
    return run();
  } finally {
    running--;
  }
}

/** Whether what is printed now is about logflume itself. */
export function isOwnOutput(): boolean {
  return running > 0;
}

/** Says what there is to say: to whoever listens, else, or where that throws, in a line on stderr. Never throws. */
export function tellDiagnostic(event: Diagnostic, onDiagnostic: ((event: Diagnostic) => void) | undefined): void {
  asOwnOutput(() => publishDiagnostic(event));
  if (onDiagnostic === undefined) return say(event);
  try {
    const answer: unknown = asOwnOutput(() => onDiagnostic(event));
    if (answer instanceof Promise) answer.catch(() => say(event)); // By its type it may be async.
  } catch {
    // What it was told about must not fail for it, nor stay unsaid: what there is to say of settings is said before
    // `const log = createLogger({ onDiagnostic: (event) => log.warn(event.message) })` has a `log`.
    say(event);
  }
}

function say({ message }: Diagnostic): void {
  createStdio('stderr').write(`logflume: ${message}\n`, () => undefined);
}
