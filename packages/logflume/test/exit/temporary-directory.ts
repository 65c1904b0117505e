import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of this test alone, deleted at its end. */
export function temporaryDirectory(): { readonly path: string } & Disposable {
  const path = join(mkdtempSync(join(tmpdir(), 'logflume-')), 'spool');
  return { path, [Symbol.dispose]: () => rmSync(join(path, '..'), { recursive: true, force: true }) };
}
