import { createReporter, createStdio, type DropReason, type Reporter, systemClock } from '@logflume/delivery';
import type { Diagnostic } from '../config/diagnostic.ts';

type Advice = Partial<Record<DropReason, string>>;

/** Why an output without endpoints loses records, and what to do about it, in words that end a line. */
const consoleAdvice: Advice = {
  queue_full: 'its reader is slower than what is logged; read it faster, raise queue.maxBytes or log less',
  fallback_failed: 'its reader is gone or stuck; let something read it',
  closed: 'logged after close(); close last',
};
const fileAdvice: Advice = {
  queue_full: 'the disk is slower than what is logged, or full; look at it, raise queue.maxBytes or log less',
  fallback_failed: 'they were not in the file when it was closed or the process ended; look at the disk and its rights',
  closed: 'logged after close(); close last',
};

/**
 * Tells of what a console or a file loses, as a delivery to endpoints does. Lines go to stderr; where that is itself what
 * fails, the application's callback alone is told.
 *
 * @param name - what the lines and diagnostics name it.
 */
export function createOutputReporter(
  name: string,
  kind: 'console' | 'file',
  onDiagnostic: (event: Diagnostic) => void,
): Reporter {
  const advice = kind === 'console' ? consoleAdvice : fileAdvice;
  return createReporter({
    onDiagnostic,
    stdio: createStdio('stderr'),
    clock: systemClock,
    destination: name,
    advice,
  });
}
