import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Our packages as they are published, and below it the programs of `fixtures` folders that run with them. */
export const publishedFolder: string = path.join(root, 'dist', 'as-published');

/**
 * The copy of a program that loads our packages as they are published, with their modules joined: what is tested is what
 * users get, and each process starts with 0.13 s of CPU less (decision 0019). `build-first.ts` makes it.
 *
 * @param program - an absolute path in a folder `fixtures`.
 */
export function asPublished(program: string): string {
  return path.join(publishedFolder, path.relative(root, program));
}
