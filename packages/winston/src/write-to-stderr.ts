import { createStdio } from '@logflume/delivery';

/** Writes a line of logflume's own; a stderr that is gone is nobody's problem any more. */
export function writeToStderr(line: string): void {
  createStdio('stderr').write(line, () => undefined);
}
