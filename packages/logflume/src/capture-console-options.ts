import { checkGroup, invalidOption } from './config/check-options.ts';
import type { OptionRule } from './config/option-rule.ts';
import { isLogger } from './is-logger.ts';
import type { Logger } from './logger.ts';

/** What to capture the console for. */
export interface CaptureConsoleOptions {
  /** Gets the records. Its level decides which, as for its own calls. Required. */
  readonly logger: Logger;
  /**
   * Whether the console still prints. `false` leaves the terminal to others; a call that the logger prints itself, as
   * one without a backend does, is never printed twice.
   * @defaultValue true
   */
  readonly print?: boolean | undefined;
}

const LOGGER = 'a logger made by createLogger()';

const RULES = {
  logger: { kind: 'value', expected: LOGGER, accepts: isLogger },
  print: { kind: 'value', expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
} satisfies Record<keyof CaptureConsoleOptions, OptionRule>;

/**
 * Before anything is wrapped: a console that neither prints nor logs could not even say so.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` without a logger, or for an option that does not exist.
 */
export function checkCaptureOptions(options: CaptureConsoleOptions): void {
  checkGroup(options, 'captureConsole', RULES);
  if (options.logger === undefined)
    throw invalidOption('captureConsole.logger', { expected: LOGGER, got: 'undefined' });
}
