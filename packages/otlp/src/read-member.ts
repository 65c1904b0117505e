import { toSafeErrorText } from './safe-error-text.ts';
import { textOf } from './text-of.ts';

/** Reads a member; one that throws on being read becomes text that says so. */
export function readMember(object: object, key: string | number): unknown {
  try {
    return (object as Readonly<Record<string | number, unknown>>)[key]; // any object has members; Reflect.get is slower
  } catch (error) {
    return throwsText(error);
  }
}

/** What stands in place of a value that could not be read. */
export function throwsText(error: unknown): string {
  try {
    return `[Throws: ${toSafeErrorText(textOf(error instanceof Error ? error.message : error))}]`;
  } catch {
    return '[Throws]'; // What was thrown throws too when asked what it is.
  }
}
