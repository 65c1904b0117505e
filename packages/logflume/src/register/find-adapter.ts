import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { CaptureHost } from './host-capture.ts';

/** What came of looking for an adapter. */
export type FoundAdapter =
  | { readonly kind: 'found'; readonly capture: CaptureHost }
  | { readonly kind: 'missing' }
  /** It is installed and cannot be loaded. */
  | { readonly kind: 'broken'; readonly reason: string };

/**
 * Loads the adapter of a host from where the application has it, at once: the host is about to be used.
 *
 * It is asked for by name at run time, as an application may or may not have installed it, and as adapters stand above
 * this package: they import it, and it knows nothing of them but the name of their entry and {@link CaptureHost}.
 *
 * @param entry - name of the adapter's entry.
 * @param from - absolute paths to look from, before the application's own and ours.
 * @see docs/decisions for why a name may be asked for here that no import names.
 */
export function findAdapter(entry: string, from: readonly string[]): FoundAdapter {
  const [, program] = process.argv;
  const places = [...from, program, join(process.cwd(), 'package.json'), import.meta.url];
  for (const place of places) {
    if (place === undefined || place === '') continue;
    const requireFrom = createRequire(place);
    try {
      requireFrom.resolve(entry);
    } catch {
      continue;
    }
    try {
      const capture: unknown = Reflect.get(Object(requireFrom(entry)), 'captureHost');
      return isCapture(capture) ? { kind: 'found', capture } : { kind: 'broken', reason: 'it is of another version' };
    } catch (error) {
      return { kind: 'broken', reason: error instanceof Error ? error.message : 'it threw' };
    }
  }
  return { kind: 'missing' };
}

function isCapture(value: unknown): value is CaptureHost {
  return typeof value === 'function';
}
